"""Copies are run for real: what the shell or Python makes of them arrives as the same request, with no credential in
the text."""

import ast
import json
import os
import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.tui.exchange.loopback import HEADERS, Asked, exchange, listening
from tokenman_tui.feeds.copying import FORMS, copied
from tokenman_tui.feeds.copying.curl import LONGEST_ARGUMENT_BYTES
from tokenman_tui.feeds.copying.exchange import Exchange
from tokenman_tui.feeds.copying.literal import literal
from tokenman_tui.feeds.kept import Headers

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "ANTHROPIC_API_KEY": "sk-ant-placeholder 'quoted' $HOME",
    "OPENAI_API_KEY": "sk-openai",
    "GEMINI_API_KEY": "g-key",
    "NO_PROXY": "*",
}
NASTY = 'it\'s "quoted" `id` $(id) $HOME \\ !! ; & | > < * ? [a] {b} # ~ %s \n next é 日本 👩‍👧'
BODY = json.dumps({"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": NASTY}]}).encode()


def shell(text: str) -> str:
    """Runs it as a person's shell would, and returns what it printed."""
    ran = subprocess.run(["bash"], input=text, env=ENVIRONMENT, capture_output=True, text=True, timeout=30, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def curled(body: bytes, *, path: str = "/v1/messages", headers: Headers = HEADERS) -> Asked:
    with listening(b"answered") as server:
        assert shell(copied("c", exchange(server.url, body, path=path, headers=headers))) == "answered"
        (asked,) = server.asked
        return asked


BODIES = {
    "nasty": BODY,
    "plain newlines": b'{"a":\n  1}\n',
    "at": b"@/etc/hostname",
    "percent": b"%s%d\\n",
    "empty": b"",
    "escapes": b"\x1b[201~ rm -rf\r\n",
    "binary": bytes(range(256)),
    "c1": "\x9b31m".encode(),
    "large": b'{"text": "' + b"it's " * (LONGEST_ARGUMENT_BYTES // 4) + b'"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_curl_sends_the_same_bytes(body: bytes) -> None:
    asked = curled(body)
    assert (asked.method, asked.path, asked.body) == ("POST", "/v1/messages", body)


@pytest.mark.parametrize("path", ["/v1/x?beta=true&a[]=1&b={c}", "/v1/$(id)/`id`/'q'/\"d\";ls", "/v1/é?q=ü&x=%20"])
def test_curl_asks_for_the_same_path(path: str) -> None:
    sent = curled(b"{}", path=path).path
    assert "id`" not in sent.replace("%60id%60", "")
    assert curled(b"{}", path=sent).path == sent


def test_curl_repeats_headers_and_fills_credentials_in_from_the_environment() -> None:
    headers = (
        ("host", "elsewhere"),
        ("content-length", "3"),
        ("accept-encoding", "br"),
        ("x-api-key", "****"),
        ("anthropic-beta", NASTY.partition("\n")[0]),
        ("x-empty", ""),
        ("cookie", "****"),
        ("x-vendor-token", "s3cret"),
        ("bad name", "x"),
        ("x-control", "a\x1bb"),
    )
    asked = curled(BODY, headers=headers).headers
    assert asked["x-api-key"] == ENVIRONMENT["ANTHROPIC_API_KEY"]
    assert asked["anthropic-beta"].encode("latin-1").decode().rstrip() == NASTY.partition("\n")[0].rstrip()
    assert asked["x-empty"] == ""
    assert asked["host"].startswith("127.0.0.1:")
    assert {"cookie", "x-vendor-token", "bad name", "x-control"}.isdisjoint(asked)


def test_a_credential_in_the_query_is_a_variable() -> None:
    assert curled(b"{}", path="/v1beta/models?key=AIzaSECRET&alt=sse").path == "/v1beta/models?key=g-key&alt=sse"


@pytest.mark.parametrize("form", FORMS)
def test_no_copy_holds_a_credential(form: str) -> None:
    headers = (("authorization", "Bearer sk-live-1"), ("x-api-key", "sk-live-2"), ("x-goog-api-key", "sk-live-3"))
    text = copied(form, exchange("http://127.0.0.1:1", BODY, path="/v1/x", headers=headers))
    assert "sk-live" not in text


@settings(max_examples=12, deadline=None)
@given(st.binary(max_size=60), st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20))
@example(b"\0", "-")
def test_curl_of_anything_is_one_request(body: bytes, value: str) -> None:
    headers = (("content-type", "application/json"), ("x-said", value))
    assert curled(body, headers=headers).body == body


def python(found: Exchange) -> str:
    command = [sys.executable, "-I", "-c", copied("p", found)]
    ran = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def test_python_with_httpx_sends_the_same_bytes() -> None:
    body = b'{"input": "' + NASTY.encode() + b"\xff\0"
    headers = (("content-type", "application/json"), ("authorization", "****"))
    with listening(b"answered") as server:
        found = exchange(server.url, body, path="/v1/embeddings?x=1", headers=headers, dialect="openai_chat")
        assert python(found) == "200 answered\n"
    (asked,) = server.asked
    assert (asked.path, asked.body) == ("/v1/embeddings?x=1", body)
    assert asked.headers["authorization"] == "Bearer sk-openai"


ANTHROPIC_REPLY = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [{"type": "text", "text": "hello from afar"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 1, "output_tokens": 1},
}


def test_python_with_the_anthropic_sdk_sends_the_same_request() -> None:
    body = {**json.loads(BODY), "future_field": {"a": [1, 2.5, None, True]}}
    headers = (("x-api-key", "****"), ("anthropic-beta", "ctx-1m"), ("anthropic-version", "2023-06-01"))
    with listening(json.dumps(ANTHROPIC_REPLY).encode()) as server:
        found = exchange(server.url, json.dumps(body).encode(), path="/v1/messages?beta=true", headers=headers)
        assert "import anthropic" in copied("p", found)
        assert "hello from afar" in python(found)
    (asked,) = server.asked
    assert (asked.path, json.loads(asked.body)) == ("/v1/messages?beta=true", body)
    sent = asked.headers.get("x-api-key") or asked.headers["authorization"].removeprefix("Bearer ")
    assert sent == ENVIRONMENT["ANTHROPIC_API_KEY"]
    assert (asked.headers["anthropic-beta"], asked.headers["anthropic-version"]) == ("ctx-1m", "2023-06-01")


@pytest.mark.parametrize(
    ("path", "dialect", "body"),
    [
        ("/v1/chat/completions", "openai_chat", {"model": "m", "messages": [], "seed": 3, "stream": True}),
        ("/v1/responses", "openai_responses", {"model": "m", "input": NASTY, "new": {"deep": []}, "stream": True}),
    ],
)
def test_python_with_the_openai_sdk_sends_the_same_request(path: str, dialect: str, body: dict[str, object]) -> None:
    with listening(b"data: [DONE]\n\n", "text/event-stream") as server:
        found = exchange(server.url, json.dumps(body).encode(), path=path, dialect=dialect)
        assert "import openai" in copied("p", found)
        python(found)
    (asked,) = server.asked
    assert (asked.path, json.loads(asked.body)) == (path, body)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=20,
)


@given(JSON)
def test_a_literal_evaluates_to_its_value(value: object) -> None:
    assert ast.literal_eval(literal(value)) == value


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=6), JSON), st.text(max_size=20), st.sampled_from(sorted(FORMS)))
def test_python_is_always_python_and_json_always_json(body: dict[str, object], path: str, form: str) -> None:
    for each in ("/v1/messages", "/v1/responses", path):
        text = copied(form, exchange("http://127.0.0.1:1", json.dumps(body).encode(), path=each))
        if form == "p":
            ast.parse(text)
        if form == "j":
            assert json.loads(text)["request"] == body


@pytest.mark.parametrize("body", [b"[" * 3_000, b'{"model": 1e999, "max_tokens": 1, "messages": []}', b"\xff"])
def test_what_has_no_literal_is_sent_as_bytes(body: bytes) -> None:
    text = copied("p", exchange("http://127.0.0.1:1", body))
    ast.parse(text)
    assert "import httpx" in text


def test_json_is_to_be_had_without_bodies() -> None:
    found = Exchange(exchange("http://127.0.0.1:1", b"").facts, None, "http://127.0.0.1:1")
    told = json.loads(copied("j", found))
    assert (told["status"], told["cost_usd"], "request" in told) == (200, "0.0306", False)
    with pytest.raises(ValueError, match="not stored"):
        copied("c", found)
