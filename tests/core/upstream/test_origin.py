"""Addresses of upstreams, as people write them in a configuration."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy_core.upstream.origin import Origin


@pytest.mark.parametrize(
    ("url", "origin", "prefix"),
    [
        ("https://api.anthropic.com", Origin("https", "api.anthropic.com", 443), b""),
        ("https://api.openai.com/v1/", Origin("https", "api.openai.com", 443), b"/v1"),
        ("HTTP://LocalHost:11434//", Origin("http", "localhost", 11434), b""),
        ("http://[::1]:8080/a/b", Origin("http", "::1", 8080), b"/a/b"),
        ("https://example.com:443/a%2Fb", Origin("https", "example.com", 443), b"/a%2Fb"),
        ("https://bücher.example/é", Origin("https", "xn--bcher-kva.example", 443), b"/%C3%A9"),
    ],
)
def test_an_api_base_is_an_origin_and_a_prefix(url: str, origin: Origin, prefix: bytes) -> None:
    assert Origin.of(url) == (origin, prefix)


@pytest.mark.parametrize(
    ("origin", "host_header"),
    [
        (Origin("https", "a.example", 443), b"a.example"),
        (Origin("https", "a.example", 80), b"a.example:80"),
        (Origin("http", "a.example", 80), b"a.example"),
        (Origin("http", "::1", 80), b"[::1]"),
        (Origin("http", "::1", 8080), b"[::1]:8080"),
    ],
)
def test_the_host_header_leaves_the_default_port_out(origin: Origin, host_header: bytes) -> None:
    assert origin.host_header == host_header


def test_people_are_told_host_and_port() -> None:
    assert str(Origin("https", "a.example", 443)) == "a.example:443"
    assert str(Origin("http", "::1", 80)) == "[::1]:80"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.com",
        "ftp://a.example",
        "https://",
        "https:///v1",
        "http://a.example:0",
        "http://a.example:99999",
        "http://a.example:port",
        "http://[::1",
        "http://a.example/v1?x=1",
        "http://a.example/v1?",
        "http://a.example/#f",
        "http://user:sk-secret@a.example",
        "http://a.example/\r\nx: y",
        "http://a example",
        "http://a|b.example",
        " http://a.example",
    ],
)
def test_a_bad_api_base_is_one_sentence_without_secrets(url: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]*\.$") as caught:
        Origin.of(url)
    assert "sk-secret" not in str(caught.value)


@given(st.text(max_size=30))
def test_no_text_does_anything_else(text: str) -> None:
    try:
        origin, prefix = Origin.of("http://" + text)
    except ValueError:
        return
    assert origin.host_header
    assert not prefix.endswith(b"/")
    assert all(0x20 < byte < 0x7F for byte in prefix + origin.host_header)
