"""Bodies are stored when that is asked for, and only then; what is stored is what was said."""

from pathlib import Path

import httpx

from tests.support.running import running

BODY = b'{"model": "claude-sonnet-4-5", "max_tokens": 9, "stream": true, "messages": [{"role":"user","content":"hi"}]}'
HEADERS = {"x-api-key": "sk-secret-1", "anthropic-version": "2023-06-01", "content-type": "application/json"}


async def test_nothing_is_stored_unless_asked_for(tmp_path: Path) -> None:
    async with running(tmp_path) as proxy, httpx.AsyncClient() as client:
        await client.post(f"{proxy.url}/v1/messages", content=BODY, headers=HEADERS)
        record = await proxy.record()
        assert await proxy.engine.state.bodies.get(record.id) is None
        assert not proxy.engine.state.bodies.path.exists()


async def test_what_was_said_is_stored(tmp_path: Path) -> None:
    async with running(tmp_path, server={"store_body": True}) as proxy, httpx.AsyncClient() as client:
        reply = await client.post(f"{proxy.url}/v1/messages", content=BODY, headers=HEADERS)
        record = await proxy.record()
        await proxy.engine.state.bodies.flush()
        stored = await proxy.engine.state.bodies.get(record.id)
        assert stored is not None
        assert stored.request_body == BODY
        assert stored.reply_body == reply.content
        assert sum(length for _, length in stored.chunks) == len(reply.content)
        assert dict(stored.request_headers)[b"x-api-key"] == b"****"
    assert files_with(tmp_path, b"sk-secret-1") == []


def files_with(folder: Path, text: bytes) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and text in file.read_bytes()]
