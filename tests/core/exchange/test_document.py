"""Bodies are read without being rewritten, and a change touches one value's bytes only."""

import asyncio
import json
import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy_core.exchange import large_document
from proxy_core.exchange.document import Document
from proxy_core.exchange.large_document import read_document

SPACES = st.text(alphabet=" \t\n\r", max_size=3)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
)
VALUES: st.SearchStrategy[object] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
)


@st.composite
def written_objects(draw: st.DrawFn) -> tuple[dict[str, object], bytes]:
    """An object and one of the many ways to write it down."""
    value: dict[str, object] = draw(st.dictionaries(st.text(max_size=8), VALUES, max_size=6))
    ascii_only = draw(st.booleans())
    members = []
    for key, item in value.items():
        name, text = json.dumps(key, ensure_ascii=ascii_only), json.dumps(item, ensure_ascii=ascii_only)
        members.append("".join((draw(SPACES), name, draw(SPACES), ":", draw(SPACES), text, draw(SPACES))))
    inside = ",".join(members) if members else draw(SPACES)
    written = draw(SPACES) + "{" + inside + "}" + draw(SPACES)
    return value, written.encode("utf-8", "surrogatepass")


def is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


@given(written_objects())
def test_every_value_is_found_at_its_exact_place(written: tuple[dict[str, object], bytes]) -> None:
    value, body = written
    document = Document.read(body)
    if not is_utf8(body):
        assert document is None
        return
    assert document is not None
    spans = document.spans()
    assert set(spans) == set(value)
    for key, (start, end) in spans.items():
        assert json.loads(body[start:end]) == value[key]
        assert body[start:end] == document.raw(key)


@given(written_objects(), st.text(max_size=8), VALUES)
def test_replacing_a_value_changes_nothing_else(
    written: tuple[dict[str, object], bytes], key: str, new: object
) -> None:
    value, body = written
    document = Document.read(body)
    if document is None:
        return
    changed = document.replaced(key, json.dumps(new).encode())
    assert json.loads(changed) == value | {key: new}
    if key in value:
        start, end = document.spans()[key]
        assert changed.startswith(body[:start])
        assert changed.endswith(body[end:])
    else:
        close = body.rindex(b"}")
        assert changed.startswith(body[:close])
        assert changed.endswith(body[close:])


@given(st.lists(VALUES, max_size=5), SPACES, st.data())
def test_replacing_an_element_changes_nothing_else(items: list[object], space: str, data: st.DataObject) -> None:
    text = "[" + ",".join(space + json.dumps(item) + space for item in items) + "]"
    body = ('{"a": 1, "messages":' + space + text + ', "z": 1.0}').encode()
    document = Document.read(body)
    assert document is not None
    assert [json.loads(raw) for raw in document.elements("messages")] == items
    if items:
        index = data.draw(st.integers(0, len(items) - 1))
        changed = json.loads(document.replaced_element("messages", index, b'"new"'))
        assert changed["messages"] == [*items[:index], "new", *items[index + 1 :]]


@given(written_objects())
def test_the_stepwise_reader_finds_what_the_parser_finds(written: tuple[dict[str, object], bytes]) -> None:
    _, body = written
    document = Document.read(body)
    if document is None:
        return
    spans: dict[str, tuple[int, int]] = {}
    for _ in large_document._members(body, spans):
        pass
    assert spans == document.spans()


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'{"a":}', b'{"a":1', b"\xff", b'{"a" 1}', b'{"a":[1}'])
def test_what_is_no_object_is_left_alone(body: bytes) -> None:
    assert Document.read(body) is None


@pytest.mark.parametrize("body", [b'{"a":1,"a":2}', b'{"a":1,"b":2,"a":[3]}', b'{"a":{"b":1},"a":1}'])
def test_a_key_that_occurs_twice_is_never_replaced(body: bytes) -> None:
    document = Document.read(body)
    assert document is not None
    with pytest.raises(ValueError, match="twice"):
        document.replaced("a", b"0")


def test_numbers_and_escapes_survive_a_change_elsewhere() -> None:
    body = b'{"n": 12345678901234567890, "f": 1.10, "u": "\\u003c\\/\xc3\xa9", "model" : "a"}'
    document = Document.read(body)
    assert document is not None
    assert document.replaced("model", b'"b"') == body[:-4] + b'"b"}'


def image_request(size_bytes: int) -> bytes:
    image = {"type": "image", "source": {"type": "base64", "data": "A" * size_bytes}}
    return json.dumps({"model": "m", "messages": [{"role": "user", "content": [image]}], "stream": True}).encode()


async def test_a_body_of_many_megabytes_never_holds_the_loop() -> None:
    words = {"role": "user", "content": [{"type": "text", "text": 'some "quoted" text ' * 8}] * 200}
    body = json.dumps({"model": "m", "messages": [words] * 450}).encode()
    assert len(body) > large_document.LARGE_BYTES
    stalls_s: list[float] = []

    async def watch() -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            stalls_s.append(time.thread_time() - before)

    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0)
    document = await read_document(body)
    watcher.cancel()
    assert document is not None
    assert document.text("model") == "m"
    assert len(stalls_s) > 5
    assert sorted(stalls_s)[-3] < 0.005


async def test_a_large_image_is_passed_over() -> None:
    document = await read_document(image_request(13_000_000))
    assert document is not None
    assert document.keys() == ("model", "messages", "stream")
    assert document.flag("stream")
    assert len(msgspec.json.decode(document.elements("messages")[0])["content"][0]["source"]["data"]) == 13_000_000


@pytest.mark.parametrize(
    "messages",
    [b'["cut in two: \\ud83d"]', b'["\\udc00 alone"]', b"[" * 5_000 + b"]" * 5_000],
    ids=["half a pair at the end", "half a pair in front", "deep"],
)
async def test_a_body_that_a_strict_parser_refuses_is_still_read(messages: bytes) -> None:
    body = b'{"model":"m","messages":' + messages + b',"stream":true}'
    assert Document.read(body) is None
    document = await read_document(body)
    assert document is not None
    assert (document.text("model"), document.flag("stream")) == ("m", True)
    assert document.raw("messages") == messages


@pytest.mark.parametrize("value", [b'"\xff\xfe"', b'"\\ud800"', b"tru", b"[" * 5_000 + b"]" * 5_000])
async def test_a_value_that_cannot_be_read_is_missing(value: bytes) -> None:
    document = await read_document(b'{"model":' + value + b"}")
    assert document is not None
    assert document.text("model") == ""
    assert document.elements("model") == ()


@pytest.mark.parametrize(
    "cut", [b"", b'"', b'{"model"', b'{"model":', b'{"model":"m","messages":[[', b'{"a":1,"a":2,"b":"']
)
async def test_a_large_body_that_is_no_object_is_left_alone(cut: bytes) -> None:
    assert await read_document(cut + b"x" * large_document.LARGE_BYTES) is None
