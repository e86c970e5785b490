"""Whether each provider's key can be had."""

from collections.abc import AsyncIterator

from proxy_core.config import Loaded
from proxy_core.config.keys import KeyUnavailable, resolve_all
from tokenman_tui.doctor.finding import Finding, note, ok


async def stored_keys(loaded: Loaded) -> AsyncIterator[Finding]:
    refs = {key: options.key_ref for key, options in loaded.config.providers.items() if options.enabled}
    sources = []
    for provider, found in (await resolve_all(refs)).items():
        if isinstance(found, KeyUnavailable):
            yield note(
                f"There is no stored key for {provider} ({found.reason}): clients have to send their own, or set one "
                f"with `tokenman keys set {provider}`."
            )
        else:
            sources.append(found.source)
            yield ok(f"The key for {provider} is at {found.source}; `tokenman keys test {provider}` tries it.")
    if any(source.startswith("key") for source in sources) and _is_plain():
        yield note("The keyring is a file without encryption: install one of your system's, such as Secret Service.")


def _is_plain() -> bool:
    import keyring  # noqa: PLC0415 - loaded by now

    return type(keyring.get_keyring()).__name__ == "PlaintextKeyring"
