"""What clients and providers say in the tests and pictures of one exchange."""

import json

from proxy_core.bodies.packing import StoredExchange

MODEL = "claude-opus-4-5-20251101"
REQUEST_HEADERS = (
    (b"host", b"127.0.0.1:7677"),
    (b"user-agent", b"claude-cli/2.1.329 (external, cli)"),
    (b"content-type", b"application/json"),
    (b"x-api-key", b"****"),
    (b"anthropic-version", b"2023-06-01"),
    (b"anthropic-beta", b"interleaved-thinking-2025-05-14"),
    (b"accept-encoding", b"gzip, br"),
)
REPLY_HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"request-id", b"req_011CVQ2Fh4Xn8Yp"),
    (b"anthropic-ratelimit-tokens-remaining", b"1870000"),
)
SOURCE = """\
def total(cart: Cart) -> Decimal:
    subtotal = sum(line.price * line.count for line in cart.lines)
    return subtotal - cart.voucher.amount


class Cart:
    lines: list[Line]
    voucher: Voucher | None

    def add(self, line: Line) -> None:
        self.lines.append(line)

    def remove(self, sku: str) -> None:
        self.lines = [line for line in self.lines if line.sku != sku]

    def is_empty(self) -> bool:
        return not self.lines
"""
ANTHROPIC: dict[str, object] = {
    "model": MODEL,
    "max_tokens": 32_000,
    "stream": True,
    "thinking": {"type": "enabled", "budget_tokens": 8_000},
    "system": [
        {
            "type": "text",
            "text": "You are Claude Code, Anthropic's official CLI for Claude.",
            "cache_control": {"type": "ephemeral", "ttl": "1h"},
        },
        {
            "type": "text",
            "text": "Be brief.\n" + "Follow the conventions of the project you are in. " * 40,
            "cache_control": {"type": "ephemeral", "ttl": "1h"},
        },
    ],
    "tools": [
        {
            "name": name,
            "description": f"{does}\n\nUse it with absolute paths only.",
            "input_schema": {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
        }
        for name, does in (
            ("Read", "Reads a file from the disk."),
            ("Edit", "Replaces text in a file."),
            ("Bash", "Runs a command in a shell."),
            ("Grep", "Searches files for a pattern."),
        )
    ],
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Checkout fails when the cart has a voucher. Here is what the customer saw."},
                {
                    "type": "image",
                    "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo" * 9_000},
                },
            ],
        },
        {
            "role": "assistant",
            "content": [
                {
                    "type": "thinking",
                    "thinking": "The voucher may be missing when the total is taken.\nLet me look at the cart first.",
                    "signature": "EqoBCkgIBBAB",
                },
                {"type": "text", "text": "I'll look at how the total is taken."},
                {
                    "type": "tool_use",
                    "id": "toolu_01JmWv5k",
                    "name": "Read",
                    "input": {"path": "/home/ana/web-shop/cart.py", "limit": 200},
                },
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "toolu_01JmWv5k",
                    "content": [{"type": "text", "text": SOURCE}],
                    "cache_control": {"type": "ephemeral"},
                },
                {"type": "text", "text": "A voucher of more than the subtotal makes it negative, by the way."},
            ],
        },
    ],
}
EDIT = {
    "path": "/home/ana/web-shop/cart.py",
    "old": "    return subtotal - cart.voucher.amount",
    "new": "    rebate = cart.voucher.amount if cart.voucher else Decimal(0)\n    return max(Decimal(0), subtotal)",
}


def event(name: str, **data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n".encode()


def delta(index: int, kind: str, key: str, text: str) -> bytes:
    return event("content_block_delta", index=index, delta={"type": kind, key: text})


def anthropic_events() -> list[bytes]:
    """Thinking, text and a tool call whose arguments come in pieces."""
    arguments = json.dumps(EDIT)
    said = "Two faults: a cart without a voucher, and a voucher that is worth more than the cart. I'll mend both."
    words = [word + " " for word in said.split(" ")]
    usage = {"input_tokens": 1_204, "cache_read_input_tokens": 48_112, "output_tokens": 3}
    return [
        event("message_start", message={"id": "msg_01", "role": "assistant", "model": MODEL, "usage": usage}),
        event("content_block_start", index=0, content_block={"type": "thinking", "thinking": ""}),
        delta(0, "thinking_delta", "thinking", "`cart.voucher` is None for most carts, "),
        delta(0, "thinking_delta", "thinking", "so the attribute fails.\nThe total must not be negative either."),
        delta(0, "signature_delta", "signature", "ErUBCkYI"),
        event("content_block_stop", index=0),
        event("ping"),
        event("content_block_start", index=1, content_block={"type": "text", "text": ""}),
        *(delta(1, "text_delta", "text", word) for word in words),
        event("content_block_stop", index=1),
        event("content_block_start", index=2, content_block={"type": "tool_use", "id": "toolu_02", "name": "Edit"}),
        *(
            delta(2, "input_json_delta", "partial_json", arguments[start : start + 60])
            for start in range(0, len(arguments), 60)
        ),
        event("content_block_stop", index=2),
        event("message_delta", delta={"stop_reason": "tool_use"}, usage={"output_tokens": 431}),
        event("message_stop"),
    ]


def stored(
    body: object = ANTHROPIC,
    events: list[bytes] | None = None,
    *,
    reply: bytes | None = None,
    first_ms: float = 812.4,
    step_ms: float = 21.7,
    reply_headers: tuple[tuple[bytes, bytes], ...] = REPLY_HEADERS,
) -> StoredExchange:
    """As the store gives it back; each event in a chunk of its own, with a pause in the middle."""
    chunks = [reply] if reply is not None else anthropic_events() if events is None else events
    pauses = [1_450.0 if index == len(chunks) // 2 else step_ms for index in range(len(chunks))]
    times = [first_ms + sum(pauses[:index]) for index in range(len(chunks))]
    return StoredExchange(
        request_headers=REQUEST_HEADERS,
        request_body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        reply_headers=reply_headers,
        reply_body=b"".join(chunks),
        chunks=tuple((round(at_ms, 1), len(chunk)) for at_ms, chunk in zip(times, chunks, strict=True)),
        truncated=False,
    )
