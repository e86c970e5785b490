"""Run one load: ``python -m tests.bench.load < spec.json``."""

import asyncio
import gc
import sys

import msgspec
import uvloop

from tests.bench.figures import Figures
from tests.bench.load import closed_loop, conversation, fan_out, streams
from tests.bench.load.spec import ClosedLoop, Conversation, FanOut, Load, Streams, longest_s


async def run(load: Load) -> Figures:
    async with asyncio.timeout(longest_s(load)):
        match load:
            case ClosedLoop():
                return await closed_loop.run(load)
            case Streams():
                return await streams.run(load)
            case Conversation():
                return await conversation.run(load)
            case FanOut():
                return await fan_out.run(load)


def main() -> None:
    gc.disable()  # a collection here would be measured as somebody's latency
    load = msgspec.json.decode(sys.stdin.buffer.read(), type=Load)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(run(load))))


if __name__ == "__main__":
    main()
