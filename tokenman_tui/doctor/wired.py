"""Whether clients that were wired still find the proxy."""

from collections.abc import Iterator, Mapping

from tokenman_tui.doctor.finding import Finding, ok, wrong
from tokenman_tui.wiring import CLIENTS
from tokenman_tui.wiring.attach import wired_to
from tokenman_tui.wiring.client import Gateway


def wired(gateway: Gateway, environ: Mapping[str, str]) -> Iterator[Finding]:
    for client in CLIENTS.values():
        address = wired_to(client, gateway, environ)
        if address == gateway.base_url:
            yield ok(f"{client.title} is wired to {address}.")
        elif address is not None:
            yield wrong(
                f"{client.title} is wired to {address}, but the proxy is at {gateway.base_url}: "
                f"`tokenman wire {client.key}`."
            )
