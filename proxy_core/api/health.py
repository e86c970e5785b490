"""`/health` and `/health/ready`: whether the program runs, and whether it can do its work. No provider is called."""

from collections.abc import Iterator

from proxy_core.api.exchange_items import Item
from proxy_core.state import EngineState

OK: Item = {"status": "ok"}


def readiness(state: EngineState) -> tuple[bool, Item]:
    """Whether every check passes, and what each says."""
    checks = list(_checks(state))
    ready = all(problem is None for _, problem in checks)
    return ready, {
        "status": "ready" if ready else "not_ready",
        "checks": [_check(name, problem) for name, problem in checks],
    }


def _checks(state: EngineState) -> Iterator[tuple[str, str | None]]:
    writable = "The ledger cannot be written; the log says why. Traffic goes on, and its rows wait in memory."
    yield "database", None if state.ledger.healthy else writable
    enabled = any(options.enabled for options in state.config().providers.values())
    yield "providers", None if enabled else "No provider is enabled: enable one under [providers] in tokenman.toml."


def _check(name: str, problem: str | None) -> Item:
    return {"name": name, "status": "ok"} if problem is None else {"name": name, "status": "fail", "error": problem}
