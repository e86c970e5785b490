"""All that is examined, in the order in which it is told."""

import os
from collections.abc import AsyncIterator

from proxy_core.config import Loaded
from tokenman_tui.commands.failure import Failed
from tokenman_tui.commands.gateway import gateway
from tokenman_tui.doctor.doors import doors
from tokenman_tui.doctor.files import ledger, permissions, space
from tokenman_tui.doctor.finding import Finding, ok, wrong
from tokenman_tui.doctor.network import proxies, reach
from tokenman_tui.doctor.prices import prices
from tokenman_tui.doctor.stored_keys import stored_keys
from tokenman_tui.doctor.wired import wired


async def examine(loaded: Loaded, *, offline: bool) -> AsyncIterator[Finding]:
    """`offline` leaves out what calls the providers."""
    yield ok(f"{loaded.path} is valid." if loaded.path else "There is no configuration file: the defaults hold.")
    for finding in (*permissions(loaded), *space(loaded), *_doors(loaded), *proxies(loaded)):
        yield finding
    async for finding in stored_keys(loaded):
        yield finding
    if not offline:
        async for finding in reach(loaded):
            yield finding
    for finding in prices():
        yield finding
    async for finding in ledger(loaded):
        yield finding


def _doors(loaded: Loaded) -> list[Finding]:
    try:
        found = list(doors(loaded))
        return [*found, *wired(gateway(loaded), os.environ)]
    except Failed:
        return found
    except OSError as error:
        return [wrong(str(error))]
