"""Requests that two servers could read in two ways: refused, or left with one reading."""

import pytest

from tests.core.http1.door import door, echo
from tests.core.http1.recording import read

START = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = START + b"Transfer-Encoding: chunked\r\n\r\n"
REFUSED: dict[str, bytes] = {
    "length and coding": START + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "coding and length": START + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    "two lengths": START + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "the same length twice": START + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "a list of lengths": START + b"Content-Length: 3, 3\r\n\r\nabc",
    "negative length": START + b"Content-Length: -1\r\n\r\n",
    "signed length": START + b"Content-Length: +3\r\n\r\nabc",
    "hexadecimal length": START + b"Content-Length: 0x3\r\n\r\nabc",
    "length with a space inside": START + b"Content-Length: 1 1\r\n\r\nabc",
    "empty length": START + b"Content-Length:\r\n\r\n",
    "length past 64 bits": START + b"Content-Length: 18446744073709551616\r\n\r\n",
    "length in other digits": START + "Content-Length: ٣\r\n\r\nabc".encode(),
    "unknown coding": START + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two codings": START + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked is not last": START + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunked twice": START + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "two coding headers": START + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked in two headers": START + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "quoted coding": START + b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    "coding with a parameter": START + b"Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n",
    "coding behind a vertical tab": START + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "empty coding": START + b"Transfer-Encoding:\r\n\r\n0\r\n\r\n",
    "coding of identity": START + b"Transfer-Encoding: identity\r\n\r\n",
    "coding in HTTP/1.0": b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunk size with a prefix": CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n",
    "chunk size with a sign": CHUNKED + b"+3\r\nabc\r\n0\r\n\r\n",
    "chunk size past 64 bits": CHUNKED + b"10000000000000003\r\nabc\r\n0\r\n\r\n",
    "chunk size that is none": CHUNKED + b"g\r\nabc\r\n0\r\n\r\n",
    "no chunk size": CHUNKED + b"\r\nabc\r\n0\r\n\r\n",
    "space behind a chunk size": CHUNKED + b"3 \r\nabc\r\n0\r\n\r\n",
    "bare LF behind a chunk size": CHUNKED + b"3\nabc\r\n0\r\n\r\n",
    "bare LF in a chunk extension": CHUNKED + b"3;a\nabc\r\n0\r\n\r\n",
    "bare CR in a chunk extension": CHUNKED + b"3;a\rb\r\nabc\r\n0\r\n\r\n",
    "chunk longer than its size": CHUNKED + b"3\r\nabcd\r\n0\r\n\r\n",
    "bare LF behind a chunk": CHUNKED + b"3\r\nabc\n0\r\n\r\n",
    "length as a trailer": CHUNKED + b"0\r\nContent-Length: 3\r\n\r\nabc",
    "space before a trailer's colon": CHUNKED + b"0\r\nX : y\r\n\r\n",
    "space before a colon": START + b"Content-Length : 3\r\n\r\nabc",
    "tab before a colon": START + b"Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n",
    "folded header": START + b"X: a\r\n b\r\n\r\n",
    "folded coding": START + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "folded first header": b"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
    "NUL in a value": START + b"X: a\0b\r\n\r\n",
    "NUL in a name": START + b"X\0: a\r\n\r\n",
    "NUL in the target": b"GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n",
    "bell in a value": START + b"X: a\x07\r\n\r\n",
    "bare LF behind a header": START + b"X: a\nY: b\r\n\r\n",
    "bare LF behind the head": START + b"X: a\r\n\n",
    "bare LF everywhere": b"GET / HTTP/1.1\nHost: a\n\n",
    "bare CR behind a header": START + b"X: a\rContent-Length: 3\r\n\r\nabc",
    "two CRs": START + b"X: a\r\r\n\r\n",
    "name without a colon": START + b"X\r\n\r\n",
    "empty name": START + b": a\r\n\r\n",
    "name with a letter of its own": START + "Ünit: a\r\n\r\n".encode(),
    "name in brackets": START + b"(X): a\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "the same host twice": b"GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
    "another host in the target": b"GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "another scheme in the target": b"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "target without a slash": b"GET a HTTP/1.1\r\nHost: a\r\n\r\n",
    "the server itself without OPTIONS": b"GET * HTTP/1.1\r\nHost: a\r\n\r\n",
    "space before the method": b" GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "tab in the request line": b"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "space behind the version": b"GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
    "space in the target": b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
    "bytes past ASCII in the target": "GET /é HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
    "small letters for a method": b"get / HTTP/1.1\r\nHost: a\r\n\r\n",
    "unknown method": b"FETCH / HTTP/1.1\r\nHost: a\r\n\r\n",
    "unknown version": b"GET / HTTP/1.2\r\nHost: a\r\n\r\n",
    "small letters for the protocol": b"GET / http/1.1\r\nHost: a\r\n\r\n",
    "TLS on a plain port": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "HTTP/2 with prior knowledge": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "coding hidden by an upgrade": START
    + b"Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "bad chunk behind an upgrade": START
    + b"Connection: upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
}
OTHER_STATUS: dict[str, tuple[int, bytes]] = {
    "HTTP/0.9": (505, b"GET /\r\n\r\n"),
    "HTTP/0.9 by name": (505, b"GET / HTTP/0.9\r\nHost: a\r\n\r\n"),
    "HTTP/2 by name": (505, b"GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
    "a tunnel": (405, b"CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n"),
    "another expectation": (417, START + b"Expect: 200-ok\r\nContent-Length: 3\r\n\r\nabc"),
}
CASES = {name: (400, wire) for name, wire in REFUSED.items()} | OTHER_STATUS
FOLLOWER = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize("name", CASES)
def test_the_reader_refuses_however_it_is_cut(name: str) -> None:
    status, wire = CASES[name]
    for place in range(1, len(wire)):
        recording = read(wire[:place], wire[place:], FOLLOWER)
        assert recording.refused == status
        assert not any(heard.complete for heard in recording.requests)


async def test_the_door_answers_and_closes() -> None:
    async with door(echo) as served:
        for status, wire in CASES.values():
            client = await served.connect()
            await client.say(wire + FOLLOWER)
            heard = await client.hear_all()
            assert heard.startswith(b"HTTP/1.1 %d " % status)
            assert heard.count(b"\r\n\r\n") == 1
            assert b"\r\nconnection: close\r\n" in heard


ONE_READING: dict[str, tuple[bytes, list[bytes]]] = {
    "spaces around a length": (START + b"Content-Length:  3 \r\n\r\nabc", [b"abc", b""]),
    "leading zeros": (START + b"Content-Length: 0003\r\n\r\nabc", [b"abc", b""]),
    "an underscore is another header": (START + b"Content_Length: 3\r\n\r\n", [b"", b""]),
    "coding in capitals": (START + b"TRANSFER-ENCODING: CHUNKED\r\n\r\n3\r\nabc\r\n0\r\n\r\n", [b"abc", b""]),
    "leading zeros in a chunk size": (CHUNKED + b"0003\r\nabc\r\n000\r\n\r\n", [b"abc", b""]),
    "a last chunk with an extension": (CHUNKED + b"3\r\nabc\r\n0;a=b\r\n\r\n", [b"abc", b""]),
    "a body for GET": (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", [b"abc", b""]),
    "empty lines first": (b"\r\n\r\n" + START + b"Content-Length: 3\r\n\r\nabc", [b"abc", b""]),
    "two spaces in the request line": (b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", [b"", b""]),
    "no length": (START + b"\r\n", [b"", b""]),
    "an upgrade hides no body": (
        START + b"Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc",
        [b"abc", b""],
    ),
    "RTSP is read as HTTP/1.0 and ends the connection": (b"GET / RTSP/1.0\r\nHost: a\r\n\r\n", [b""]),
}


@pytest.mark.parametrize("name", ONE_READING)
def test_what_has_one_reading_has_it_however_it_is_cut(name: str) -> None:
    wire, bodies = ONE_READING[name]
    for place in range(1, len(wire)):
        recording = read(wire[:place], wire[place:], FOLLOWER)
        assert recording.refused is None
        assert [heard.body for heard in recording.requests] == bodies
        assert all(heard.complete for heard in recording.requests)
