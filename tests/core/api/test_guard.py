from collections.abc import Mapping
from pathlib import Path

import pytest

from proxy_core.api.guard import objection
from tests.core.api.stand import stand


def judged(headers: Mapping[str, str], bind_address: str = "127.0.0.1") -> str | None:
    return objection(headers.get, bind_address)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:7678", "LOCALHOST:7678", "127.0.0.1:7678", "[::1]:7678", "[::1]", "localhost:1"]
)
def test_names_of_this_machine(host: str) -> None:
    assert judged({"Host": host}) is None


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:7678",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "evil.example@localhost",
        "localhost\n",
        "192.168.1.5:7678",
        "[::1",
        "[fe80::1]:7678",
        "localhost/../evil",
        " localhost evil.example",
    ],
)
def test_a_name_that_resolves_to_loopback_is_not_enough(host: str) -> None:
    sentence = judged({"Host": host})
    assert sentence is not None
    assert "call it as localhost" in sentence


def test_no_host_at_all() -> None:
    assert judged({}) is not None


@pytest.mark.parametrize("bind_address", ["0.0.0.0", "192.168.1.5", "::"])
@pytest.mark.parametrize("host", ["192.168.1.5:7678", "localhost:7678", "tokenman:7678", "box.local", "[fe80::1]:7678"])
def test_a_door_open_to_a_network_is_called_by_local_names(bind_address: str, host: str) -> None:
    assert judged({"Host": host}, bind_address) is None


@pytest.mark.parametrize("bind_address", ["0.0.0.0", "192.168.1.5", "::"])
def test_a_public_name_may_be_somebody_elses_page(bind_address: str) -> None:
    assert judged({"Host": "evil.example:7678"}, bind_address) is not None


def test_the_bound_name_is_a_name_of_this_machine() -> None:
    assert judged({"Host": "api.example.org:7678"}, "api.example.org") is None


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://localhost:3000",
        "http://127.0.0.1:7678",
        "http://localhost:7678.evil.example",
        "file://",
        "",
    ],
)
def test_a_foreign_origin(origin: str) -> None:
    sentence = judged({"Host": "localhost:7678", "Origin": origin})
    assert sentence is not None
    assert "another site" in sentence


@pytest.mark.parametrize("origin", ["http://localhost:7678", "https://localhost:7678", "HTTP://Localhost:7678"])
def test_its_own_origin(origin: str) -> None:
    assert judged({"Host": "localhost:7678", "Origin": origin}) is None


def test_what_another_page_embeds_is_refused_and_a_clicked_link_is_not() -> None:
    from_elsewhere = {"Host": "localhost:7678", "Sec-Fetch-Site": "cross-site"}
    assert judged({**from_elsewhere, "Sec-Fetch-Mode": "no-cors"}) is not None
    assert judged({**from_elsewhere, "Sec-Fetch-Mode": "navigate"}) is None
    assert judged({"Host": "localhost:7678", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}) is None


@pytest.mark.parametrize("path", ["/api/stats", "/metrics", "/api/events", "/nowhere"])
@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
async def test_strangers_get_403_everywhere(tmp_path: Path, path: str, headers: dict[str, str]) -> None:
    async with stand(tmp_path) as api:
        reply = await api.client.get(path, headers=headers)
    assert reply.status_code == 403
    assert set(reply.json()) == {"error"}
    assert "access-control-allow-origin" not in reply.headers
