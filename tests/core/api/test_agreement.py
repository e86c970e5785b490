"""One set of figures: every view of them adds up to the same, before a restart and after it."""

import asyncio
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy_core.exchange.outcome import Ending
from tests.core.api import samples
from tests.core.api.stand import engine_state, get, served, stand


@pytest.mark.parametrize("path", ["/api/stats", "/api/projects", "/api/providers", "/api/requests"])
async def test_a_restart_changes_no_figure(tmp_path: Path, path: str) -> None:
    said = []
    for first in (True, False):
        async with engine_state(tmp_path) as state, served(state) as api:
            if first:
                api.settle(samples.record())
                api.settle(samples.record(samples.arrival(started_at_ns=time.time_ns()), cost_nanousd=777_000))
                api.settle(samples.record(upstream="openai", status=500, ending=Ending.UPSTREAM_ERROR))
            said.append(without_clocks(await get(api, path)))
    assert said[0] == said[1]


def without_clocks(body: Any) -> Any:  # noqa: ANN401 - whatever JSON there is
    """What does not change while nothing happens."""
    if not isinstance(body, dict) or "uptime" not in body:
        return body
    spend = {name: spent for name, spent in body["spend"].items() if not name.startswith("burn")}
    assert spend["hour"]["cost_nanousd"] == 777_000
    return {**body, "uptime": "", "uptime_s": 0, "spend": spend}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(Ending)),
            st.none() | st.integers(min_value=300_000, max_value=10**13),
            st.sampled_from(["anthropic", "openai", ""]),
            st.sampled_from(["shop", "blog"]),
        ),
        max_size=8,
    )
)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_view_adds_up_to_the_same(tmp_path: Path, exchanges: list[tuple[Ending, int | None, str, str]]) -> None:
    async def sums() -> dict[str, list[int]]:
        async with stand(tmp_path / uuid4().hex) as api:
            for ending, cost_nanousd, upstream, project in exchanges:
                arrived = samples.arrival(project=project)
                api.settle(samples.record(arrived, ending=ending, cost_nanousd=cost_nanousd, upstream=upstream))
            stats = await get(api, "/api/stats")
            views = {
                "requests": (await get(api, "/api/requests"))["requests"],
                "projects": await get(api, "/api/projects"),
            }
            scraped = (await api.client.get("/metrics")).text
        assert f"\ntokenman_cost_usd_total {float(stats['cost_usd'])}\n" in f"\n{plain(scraped)}"
        added = {view: [sum(line[name] or 0 for line in lines) for name in SHARED] for view, lines in views.items()}
        return {**added, "stats": [stats[name] for name in SHARED]}

    said = asyncio.run(sums())
    assert said["requests"] == said["projects"] == said["stats"]


SHARED = ("cost_nanousd", "tokens_in", "tokens_out", "tokens_cache_read", "request_bytes", "reply_bytes")


def plain(exposition: str) -> str:
    """With each number as Python writes it."""
    lines = (line.rpartition(" ") for line in exposition.splitlines() if not line.startswith("#"))
    return "\n".join(f"{name} {float(number)}" for name, _, number in lines)
