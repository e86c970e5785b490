"""Run the fake provider: ``python -m tests.bench.upstream PORT``."""

import asyncio
import gc
import sys

import uvloop

from tests.bench.upstream.server import Connection, Provider


async def serve(port: int) -> None:
    provider = Provider()
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(provider), "127.0.0.1", port, backlog=4096
    )
    provider.ticker.start()
    await server.serve_forever()


def main() -> None:
    gc.disable()  # a collection here would be measured as a proxy's latency
    uvloop.run(serve(int(sys.argv[1])))


if __name__ == "__main__":
    main()
