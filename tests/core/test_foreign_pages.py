"""Who gets a stored key: programs of this machine and this network, not pages of other sites."""

import pytest

from proxy_core.foreign_pages import objection

KEYED = (b"Authorization", b"Bearer sk-x")


def asked(*headers: tuple[bytes, bytes], host: bytes = b"127.0.0.1:7677", method: str = "POST") -> str | None:
    return objection(method, ((b"Host", host), *headers), "gateway.example.org")


@pytest.mark.parametrize(
    "host",
    [
        b"127.0.0.1:7677",
        b"LOCALHOST:7677",
        b"[::1]:7677",
        b"192.168.1.5",
        b"tokenman:7677",
        b"host.docker.internal:7677",
        b"box.lan",
        b"gateway.example.org:7677",
        b"",
    ],
)
def test_a_program_that_calls_an_address_or_a_private_name_is_served(host: bytes) -> None:
    assert asked(host=host) is None


@pytest.mark.parametrize("host", [b"evil.example:7677", b"127.0.0.1.evil.example", b"localhost.evil.example", b"["])
def test_a_name_that_somebody_has_pointed_at_this_machine_is_not_served(host: bytes) -> None:
    assert "not served" in str(asked(host=host))


@pytest.mark.parametrize(
    "origin", [b"https://evil.example", b"null", b"http://127.0.0.1:3000", b"http://localhost:7677"]
)
def test_a_page_of_another_origin_is_not_served(origin: bytes) -> None:
    assert "not served" in str(asked((b"origin", origin)))


def test_a_page_of_the_same_origin_is_served() -> None:
    assert asked((b"Origin", b"http://127.0.0.1:7677")) is None


@pytest.mark.parametrize(("site", "served"), [(b"cross-site", False), (b"same-site", False), (b"same-origin", True)])
def test_a_picture_in_a_page_of_another_site_is_not_served(site: bytes, served: bool) -> None:
    assert (asked((b"Sec-Fetch-Site", site), method="GET") is None) is served


@pytest.mark.parametrize("header", [KEYED, (b"X-API-Key", b"sk-ant-x"), (b"api-key", b"x")])
def test_a_page_that_brings_a_key_is_served_as_the_provider_s_own_rules_say(header: tuple[bytes, bytes]) -> None:
    assert asked((b"Origin", b"https://app.example"), header, host=b"tunnel.example") is None


def test_a_browser_that_asks_before_it_sends_a_key_is_let_through() -> None:
    assert asked((b"Origin", b"https://app.example"), method="OPTIONS") is None


def test_a_long_name_is_not_repeated_in_full() -> None:
    assert len(str(asked(host=b"x" * 5_000 + b".example"))) < 250
