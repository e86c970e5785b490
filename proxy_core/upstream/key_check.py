"""Whether a provider takes a key, found out by the cheapest request there is: its list of models."""

from dataclasses import dataclass

from proxy_core.config.problems import dotted
from proxy_core.config.secret import Secret
from proxy_core.upstream.credentials import authorised
from proxy_core.upstream.failures import UpstreamFailure
from proxy_core.upstream.provider import Provider
from proxy_core.upstream.transport import Call, Timeouts, Transport

TIMEOUT_S = 10.0
_TIMEOUTS = Timeouts(TIMEOUT_S, TIMEOUT_S, TIMEOUT_S, TIMEOUT_S, TIMEOUT_S)
_ANTHROPIC_VERSION = (b"anthropic-version", b"2023-06-01")


@dataclass(frozen=True, slots=True)
class KeyVerdict:
    """`works` is None when the answer says nothing about the key. `sentence` says it all, and holds no key."""

    works: bool | None
    sentence: str


class _Held:
    """The keyring of one call."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    async def key(self, provider: Provider) -> str:  # noqa: ARG002 - it holds one
        return self._secret.reveal()


async def check_key(provider: Provider, secret: Secret, transport: Transport) -> KeyVerdict:
    """Asks the provider once. Never raises for what the provider, or the way to it, does."""
    own = (_ANTHROPIC_VERSION,) if provider.family == "anthropic" else ()
    headers = await authorised(((b"accept", b"application/json"), *own), provider, _Held(secret))
    call = Call(provider.origin, b"GET", provider.target(b"/v1/models"), headers, b"")
    try:
        reply = await transport.send(call, _TIMEOUTS)
    except UpstreamFailure as failure:
        return KeyVerdict(works=None, sentence=f"Whether the key for {provider.key} works is not known: {failure}")
    await reply.aclose()
    return _verdict(provider, reply.status)


def _verdict(provider: Provider, status: int) -> KeyVerdict:
    told = f"{provider.origin} answered {status} when asked for its models"
    if 200 <= status < 300:
        return KeyVerdict(works=True, sentence=f"The key for {provider.key} works: {told}.")
    if status in {401, 403}:
        way = f"store another with `tokenman keys set {provider.key}`"
        return KeyVerdict(works=False, sentence=f"The key for {provider.key} does not work: {told}; {way}.")
    way = (
        "try again later"
        if status == 429 or status >= 500
        else f"check {dotted(('providers', provider.key, 'api_base'))}"
    )
    return KeyVerdict(works=None, sentence=f"Whether the key for {provider.key} works is not known: {told}; {way}.")
