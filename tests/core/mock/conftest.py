"""A provider behind a real server, for tests that want the network between."""

from collections.abc import AsyncIterator

import pytest

from proxy_core.mock import MockProvider
from tests.core.mock.serving import served


@pytest.fixture
def provider() -> MockProvider:
    return MockProvider()


@pytest.fixture
async def base_url(provider: MockProvider) -> AsyncIterator[str]:
    async with served(provider) as url:
        yield url
