"""Sending one request as a client would: with retries, and reading a stream to its end."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx

JsonObject = dict[str, Any]

_TRIES = 3
_MAX_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Line:
    """A sample client's connection: who it is, how fast it lives, and how many requests may be under way at once."""

    http: httpx.AsyncClient
    headers: Mapping[str, str]
    rng: Random
    pace: float
    slots: asyncio.Semaphore

    async def pause(self, shortest_s: float, longest_s: float) -> None:
        """Do nothing for a while."""
        await asyncio.sleep(self.rng.uniform(shortest_s, longest_s) / self.pace)

    async def post(self, path: str, body: JsonObject, headers: Mapping[str, str], mock: str = "") -> JsonObject | None:
        """The JSON of a reply, or None when it failed for good."""
        for attempt in range(_TRIES):
            try:
                async with self.slots:
                    reply = await self.http.post(path, json=body, headers=self._headers(headers, mock, attempt))
                if reply.status_code < 400:
                    return _object(reply.text)
                wait_s = _wait_s(reply, attempt)
            except httpx.HTTPError:
                wait_s = _backoff_s(attempt)
            await asyncio.sleep(wait_s / self.pace)
        return None

    async def stream(
        self, path: str, body: JsonObject, headers: Mapping[str, str], mock: str = ""
    ) -> list[JsonObject] | None:
        """Every event of a reply, or None when it failed for good; a stream that breaks is asked for again."""
        for attempt in range(_TRIES):
            try:
                async with (
                    self.slots,
                    self.http.stream("POST", path, json=body, headers=self._headers(headers, mock, attempt)) as reply,
                ):
                    if reply.status_code < 400:
                        return [event async for event in _events(reply)]
                    await reply.aread()
                    wait_s = _wait_s(reply, attempt)
            except httpx.HTTPError:
                wait_s = _backoff_s(attempt)
            await asyncio.sleep(wait_s / self.pace)
        return None

    def _headers(self, headers: Mapping[str, str], mock: str, attempt: int) -> dict[str, str]:
        # An accident befalls the first try only; the retry gets through at the usual speed.
        directives = f"{self._speed()}; {mock}" if mock and attempt == 0 else self._speed()
        return {**self.headers, **headers, "x-mock": directives}

    def _speed(self) -> str:
        rate = self.rng.choice((15, 25, 40, 60, 90)) * self.pace
        latency_ms = self.rng.choice((120, 250, 400, 700, 1_100)) / self.pace
        return f"rate={rate:g}; latency-ms={latency_ms:.0f}"


async def _events(reply: httpx.Response) -> AsyncIterator[JsonObject]:
    rest = b""
    async for chunk in reply.aiter_bytes():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line.startswith(b"data: {"):
                yield _object(line[6:])


def _object(text: str | bytes) -> JsonObject:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _wait_s(reply: httpx.Response, attempt: int) -> float:
    asked = reply.headers.get("retry-after", "")
    return min(float(asked), _MAX_WAIT_S) if asked.isdecimal() else _backoff_s(attempt)


def _backoff_s(attempt: int) -> float:
    return 0.5 * 2.0**attempt
