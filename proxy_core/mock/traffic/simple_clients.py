"""Clients that come and go: a pair programmer over chat completions, an indexer, a nightly script."""

from proxy_core.mock.traffic import material
from proxy_core.mock.traffic.accidents import accident
from proxy_core.mock.traffic.talk import JsonObject, Line

_HISTORY = 8


async def pair_program(line: Line, project: str, model: str) -> None:
    """Like aider: whole files in the prompt, no cache marks, every reply streamed."""
    history: list[JsonObject] = []
    while True:
        ask = line.rng.choice((*material.TASKS, *material.FOLLOW_UPS))
        path, text = line.rng.choice(material.FILES)
        history = [*history[-_HISTORY:], {"role": "user", "content": f"{path}\n```\n{text}```\n\n{ask}"}]
        system = {"role": "system", "content": material.instructions(project, 5_000)}
        body = {
            "model": model,
            "messages": [system, *history],
            "stream": True,
            "temperature": 0,
            # Some versions never ask what a stream cost.
            **({"stream_options": {"include_usage": True}} if line.rng.random() < 0.7 else {}),
        }
        headers = _headers(project, "aider/0.86.1 +https://aider.chat")
        events = await line.stream("/v1/chat/completions", body, headers, accident(line.rng))
        if said := "".join(_content(event) for event in events or ()):
            history.append({"role": "assistant", "content": said})
        await line.pause(3.0, 9.0)


async def index_documents(line: Line, project: str, model: str) -> None:
    """A search index that embeds what has changed, in batches."""
    headers = _headers(project, "AsyncOpenAI/Python 3.52.0")
    while True:
        batch = [material.file_listing(line.rng) for _ in range(line.rng.randint(2, 24))]
        await line.post("/v1/embeddings", {"model": model, "input": batch, "encoding_format": "base64"}, headers)
        await line.pause(1.5, 6.0)


async def run_scripts(line: Line, project: str, model: str) -> None:
    """Short questions without a stream."""
    headers = _headers(project, "OpenAI/Python 3.52.0")
    while True:
        ask = f"Sum up this log in a sentence:\n{line.rng.choice(material.OUTPUTS)}"
        body = {"model": model, "messages": [{"role": "user", "content": ask}], "max_tokens": 120}
        await line.post("/v1/chat/completions", body, headers, accident(line.rng))
        await line.pause(2.0, 6.0)


def _content(event: JsonObject) -> str:
    choices = event.get("choices") or [{}]
    return (choices[0].get("delta") or {}).get("content") or ""


def _headers(project: str, agent: str) -> dict[str, str]:
    return {"user-agent": agent, "authorization": "Bearer demo-key", "x-tokenman-project": project}
