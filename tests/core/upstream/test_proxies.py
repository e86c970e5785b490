"""HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY."""

import ssl

import httpx
import pytest

from proxy_core.upstream.origin import Origin
from proxy_core.upstream.proxies import ProxyTable

ORIGINS = [
    Origin("https", "api.example.com", 443),
    Origin("https", "example.com", 443),
    Origin("https", "notexample.com", 443),
    Origin("http", "example.com", 8080),
    Origin("http", "localhost", 11434),
    Origin("http", "127.0.0.1", 8000),
    Origin("http", "127.0.0.1", 80),
    Origin("https", "::1", 443),
]

TRUST = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # making one for each client would take most of the time

ENVIRONMENTS: list[dict[str, str]] = [
    {},
    {"HTTP_PROXY": "http://p:1"},
    {"HTTPS_PROXY": "http://p:1"},
    {"HTTPS_PROXY": "p:1"},
    {"ALL_PROXY": "http://p:1"},
    {"ALL_PROXY": "http://p:1", "HTTPS_PROXY": "http://q:2"},
    {"ALL_PROXY": "http://p:1", "NO_PROXY": "*"},
    {"ALL_PROXY": "http://p:1", "NO_PROXY": "x.example, *"},
    {"ALL_PROXY": "http://p:1", "NO_PROXY": "example.com"},
    {"ALL_PROXY": "http://p:1", "NO_PROXY": ".example.com"},
    {"ALL_PROXY": "http://p:1", "NO_PROXY": "EXAMPLE.com"},
    {"ALL_PROXY": "http://p:1", "NO_PROXY": "example.com:8080"},
    {"ALL_PROXY": "http://p:1", "NO_PROXY": "localhost,127.0.0.1"},
    {"ALL_PROXY": "http://p:1", "NO_PROXY": "127.0.0.1:8000"},
    {"ALL_PROXY": "http://p:1", "NO_PROXY": "::1"},
    {"ALL_PROXY": "http://p:1", "NO_PROXY": "https://example.com"},
    {"ALL_PROXY": "http://p:1", "NO_PROXY": "api.example.com , ,localhost"},
]


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=str)
def test_the_environment_means_what_it_means_to_httpx(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    table, theirs = ProxyTable.from_environment(), httpx.Client(verify=TRUST)
    direct = theirs._transport
    for origin in ORIGINS:
        host = f"[{origin.host}]" if ":" in origin.host else origin.host
        through = theirs._transport_for_url(httpx.URL(f"{origin.scheme}://{host}:{origin.port}/v1"))
        assert (table.proxy_for(origin) is None) is (through is direct), origin
    theirs.close()


def test_the_scheme_decides_which_proxy() -> None:
    table = ProxyTable({"all": "http://a:1", "https": "b:2"})
    assert table.proxy_for(Origin("https", "x.example", 443)) == "http://b:2"
    assert table.proxy_for(Origin("http", "x.example", 80)) == "http://a:1"


@pytest.mark.parametrize(
    ("entry", "direct"),
    [("10.0.0.0/8", True), ("10.1.2.3/8", True), ("192.168.0.0/16", False), ("fd00::/8", False), ("10/x", False)],
)
def test_networks_may_be_exempt(entry: str, *, direct: bool) -> None:
    table = ProxyTable({"all": "http://a:1", "no": entry})
    assert (table.proxy_for(Origin("http", "10.9.9.9", 80)) is None) is direct
    assert table.proxy_for(Origin("http", "ten.example", 80)) is not None


@pytest.mark.parametrize("entry", ["host:port", "[::1", "://", ":", "a:99999"])
def test_an_exemption_that_makes_no_sense_exempts_nothing(entry: str) -> None:
    table = ProxyTable({"all": "http://a:1", "no": entry})
    assert table.proxy_for(Origin("http", "x.example", 80)) == "http://a:1"
