"""Asking a provider about a key: what goes out, and what each answer means."""

import pytest

from proxy_core.config.providers import ProviderOptions
from proxy_core.config.root import Config
from proxy_core.config.secret import Secret
from proxy_core.exchange.reply import ReadyReply
from proxy_core.upstream.failures import ConnectFailed
from proxy_core.upstream.key_check import KeyVerdict, check_key
from proxy_core.upstream.provider import Provider, providers
from proxy_core.upstream.transport import Call, Timeouts

KEY = Secret("sk-hunter2", "env:X")


class Answering:
    """A transport that answers with a status, or fails."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.calls: list[Call] = []
        self.reply = ReadyReply(status, (), b"Incorrect API key provided: sk-hunter2")

    async def send(self, call: Call, timeouts: Timeouts) -> ReadyReply:
        self.calls.append(call)
        if not self.status:
            raise ConnectFailed("api.example.com:443 could not be reached.")
        return self.reply

    async def aclose(self) -> None:
        return


def provider(api_base: str, dialect: str = "openai") -> Provider:
    options = ProviderOptions(name="P", api_base=api_base, dialect=dialect)  # type: ignore[arg-type]
    return providers(Config().model_copy(update={"providers": {"p": options}}))["p"]


async def verdict(status: int, api_base: str = "https://api.example.com") -> KeyVerdict:
    return await check_key(provider(api_base), KEY, Answering(status))  # type: ignore[arg-type]


async def test_the_call_is_cheap_and_carries_the_key_in_the_vendors_header() -> None:
    for dialect, header in [("anthropic", (b"x-api-key", b"sk-hunter2")), ("openai", None)]:
        transport = Answering(200)
        await check_key(provider("https://h/v1", dialect), KEY, transport)  # type: ignore[arg-type]
        (call,) = transport.calls
        assert (call.method, call.target, call.body) == (b"GET", b"/v1/models", b"")
        assert (header or (b"authorization", b"Bearer sk-hunter2")) in call.headers
        assert ((b"anthropic-version", b"2023-06-01") in call.headers) == (dialect == "anthropic")


@pytest.mark.parametrize(
    ("status", "works", "words"),
    [
        (200, True, "The key for p works: api.example.com:443 answered 200 when asked for its models."),
        (401, False, "The key for p does not work: "),
        (403, False, "store another with `tokenman keys set p`."),
        (
            404,
            None,
            "is not known: api.example.com:443 answered 404 when asked for its models; check providers.p",
        ),
        (429, None, "try again later."),
        (302, None, "check providers.p.api_base."),
        (529, None, "try again later."),
        (0, None, "Whether the key for p works is not known: api.example.com:443 could not be reached."),
    ],
)
async def test_each_answer_becomes_one_sentence(status: int, works: bool | None, words: str) -> None:
    told = await verdict(status)
    assert told.works is works
    assert words in told.sentence
    assert "hunter2" not in told.sentence
