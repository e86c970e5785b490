"""The grammar of directives."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy_core.mock.directives import Directives, from_headers, parse, split_model


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Directives()),
        ("status=529", Directives(status=529)),
        ("status=529+retry-after=3", Directives(status=529, retry_after=3)),
        ("rate=20; stall-at=5", Directives(rate=20.0, stall_at=5)),
        ("crlf", Directives(crlf=True)),
        ("pings=off; think=no", Directives(pings=False, think=False)),
        ("say=hello%20%E2%80%A8there", Directives(say="hello \u2028there")),
        ("redirect=https://example.com/v1?a=b", Directives(redirect="https://example.com/v1?a=b")),
        ("encoding=zstd+chunk=1", Directives(encoding="zstd", chunk=1)),
    ],
)
def test_reads(text: str, expected: Directives) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "stauts=529",
        "status",
        "status=abc",
        "status=200",
        "chunk=0",
        "drop-at=-1",
        "crlf=maybe",
        "encoding=lzw",
        "rate=nan",
    ],
)
def test_a_wrong_directive_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=text.partition("=")[0]):
        parse(text)


def test_later_ones_win() -> None:
    assert parse("status=500", parse("status=529+rate=1")) == Directives(status=500, rate=1.0)


def test_the_model_keeps_its_own_name() -> None:
    assert split_model("claude-sonnet-4-5+status=529+rate=2") == ("claude-sonnet-4-5", "status=529+rate=2")
    assert split_model("gpt-5.1") == ("gpt-5.1", "")


def test_headers_are_read_in_both_forms() -> None:
    headers = [("accept", "*/*"), ("x-mock", "rate=3; crlf"), ("x-mock-status", "503"), ("x-mocking", "no")]
    assert from_headers(headers, Directives(events=2)) == Directives(rate=3.0, crlf=True, status=503, events=2)


@pytest.mark.parametrize("field", [field.name for field in fields(Directives)])
def test_every_field_can_be_said(field: str) -> None:
    name = field.replace("_", "-")
    value = "gzip" if field == "encoding" else "500" if field == "status" else "1"
    assert getattr(parse(f"{name}={value}"), field) in {1, 500, "1", "gzip"}


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    assert refusal(text) is None or str(refusal(text)).startswith("The mock ")


def refusal(text: str) -> ValueError | None:
    try:
        parse(text)
    except ValueError as error:
        return error
    return None
