"""A fresh process that may not leave this machine: it runs the engine and some traffic, and tells what became of it.

Run by `test_offline.py` as `python -m tests.contract.offline DIRECTORY`.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

WATCHED = {"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
attempts: list[str] = []


def guard(event: str, details: tuple[Any, ...]) -> None:
    if event not in WATCHED:
        return
    target = details[1] if event in {"socket.connect", "socket.sendto"} else details[0]
    host = str(target[0] if isinstance(target, tuple) else target)
    if not host.startswith(("127.", "::1", "localhost")):
        attempts.append(f"{event} {host}")
        raise OSError(f"There is no network: {host} cannot be reached.")


async def main(home: Path) -> dict[str, object]:
    """Whatever is read or fetched at first use is so in here."""
    import httpx  # noqa: PLC0415

    from tests.contract.settlements import record_of  # noqa: PLC0415
    from tests.contract.talks import TALKS  # noqa: PLC0415
    from tests.contract.wire import ask  # noqa: PLC0415
    from tests.support.running import running  # noqa: PLC0415

    async with running(home) as proxy:
        records = []
        for talk in TALKS:
            for stream in (True, False):
                answer = await ask(proxy.url, talk.request(stream=stream))
                records.append(await record_of(proxy, answer.id))
        async with httpx.AsyncClient(base_url=proxy.api_url) as api:
            pages = [
                (await api.get(path)).status_code for path in ("/health", "/api/stats", "/api/requests", "/metrics")
            ]
    return {
        "endings": [record.outcome.ending for record in records],
        "costs_nanousd": [record.cost_nanousd for record in records],
        "output_tokens": [record.usage.output_tokens if record.usage else None for record in records],
        "pages": pages,
    }


if __name__ == "__main__":
    sys.addaudithook(guard)
    told = asyncio.run(main(Path(sys.argv[1])))
    sys.stdout.write(json.dumps({**told, "attempts": attempts}))
