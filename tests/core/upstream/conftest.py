from collections.abc import AsyncIterator

import pytest_asyncio

from proxy_core.upstream.http1_transport import Http1Transport


@pytest_asyncio.fixture
async def transport() -> AsyncIterator[Http1Transport]:
    fast = Http1Transport()
    yield fast
    await fast.aclose()
