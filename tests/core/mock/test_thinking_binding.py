"""Thoughts and the conversations that they belong to."""

import copy
from typing import Any

import pytest

from proxy_core.mock import MockProvider, MockSettings
from tests.core.mock.inprocess import Answer, ask

MODEL = "claude-opus-5-5"
TOOL = {"name": "get_time", "input_schema": {"type": "object", "properties": {}}}

Body = dict[str, Any]


def first_request() -> Body:
    return {
        "model": MODEL,
        "max_tokens": 4_000,
        "system": [
            {"type": "text", "text": "x-anthropic-billing-header: cch=1;"},
            {"type": "text", "text": "Be brief."},
        ],
        "tools": [dict(TOOL)],
        "thinking": {"type": "adaptive"},
        "messages": [{"role": "user", "content": "What time is it, and why?"}],
    }


async def continued(provider: MockProvider, rounds: int = 2) -> Body:
    """A conversation of so many replies, ready to be sent again."""
    body = first_request()
    for _ in range(rounds):
        reply = (await ask(provider, "/v1/messages", body)).json()
        body["messages"].append({"role": "assistant", "content": reply["content"]})
        used = [block for block in reply["content"] if block["type"] == "tool_use"]
        results = [{"type": "tool_result", "tool_use_id": block["id"], "content": "noon"} for block in used]
        body["messages"].append({"role": "user", "content": [*results, {"type": "text", "text": "go on"}]})
    return body


def refused_as_bound(answer: Answer) -> bool:
    return answer.status == 400 and "bound to a different conversation" in answer.json()["error"]["message"]


async def test_an_unchanged_conversation_goes_on() -> None:
    provider = MockProvider()
    body = await continued(provider)
    assert (await ask(provider, "/v1/messages", body)).status == 200
    assert (await ask(provider, "/v1/messages/count_tokens", body)).status == 200


def move_marks(body: Body) -> None:
    body["messages"][-1]["content"][-1]["cache_control"] = {"type": "ephemeral"}
    body["system"][-1]["cache_control"] = {"type": "ephemeral"}


def other_knobs(body: Body) -> None:
    body.update(max_tokens=9_000, tool_choice={"type": "none"}, output_config={"effort": "low"}, temperature=1)


def new_billing_line(body: Body) -> None:
    body["system"][0]["text"] = "x-anthropic-billing-header: cch=2; cc_prev_req=req_9;"


def string_instead_of_block(body: Body) -> None:
    body["messages"][0]["content"] = [{"type": "text", "text": body["messages"][0]["content"]}]


def drop_oldest_thought(body: Body) -> None:
    body["messages"][1]["content"] = [b for b in body["messages"][1]["content"] if b["type"] != "thinking"]


def drop_all_thoughts(body: Body) -> None:
    for message in body["messages"]:
        if isinstance(message["content"], list):
            message["content"] = [b for b in message["content"] if b["type"] != "thinking"]


@pytest.mark.parametrize(
    "change",
    [move_marks, other_knobs, new_billing_line, string_instead_of_block, drop_oldest_thought, drop_all_thoughts],
)
async def test_allowed_changes_pass(change: Any) -> None:  # noqa: ANN401
    provider = MockProvider()
    body = await continued(provider, 3)
    change(body)
    assert (await ask(provider, "/v1/messages", body)).status == 200


def edit_system(body: Body) -> None:
    body["system"][1]["text"] = "Be brief. It is 12:00."


def edit_tools(body: Body) -> None:
    body["tools"][0]["description"] = "Now described"


def add_tool(body: Body) -> None:
    body["tools"].append({"name": "other", "input_schema": {"type": "object"}})


def edit_question(body: Body) -> None:
    body["messages"][0]["content"] += " "


def edit_result(body: Body) -> None:
    body["messages"][2]["content"][0]["content"] = "half past"


def cut_history(body: Body) -> None:
    del body["messages"][1:3]


def drop_middle_thought(body: Body) -> None:
    body["messages"][3]["content"] = [b for b in body["messages"][3]["content"] if b["type"] != "thinking"]


@pytest.mark.parametrize("change", [edit_system, edit_tools, add_tool, edit_question, edit_result, drop_middle_thought])
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/count_tokens"])
async def test_edits_of_the_past_are_refused(change: Any, path: str) -> None:  # noqa: ANN401
    provider = MockProvider(MockSettings(check_history=False))
    body = await continued(provider, 3)
    change(body)
    assert refused_as_bound(await ask(provider, path, body))


async def test_a_cut_in_the_middle_is_refused() -> None:
    provider = MockProvider(MockSettings(check_history=False))
    body = await continued(provider, 3)
    cut_history(body)
    assert refused_as_bound(await ask(provider, "/v1/messages", body))


async def test_a_changed_or_foreign_thought_is_refused() -> None:
    provider = MockProvider()
    body = await continued(provider)
    for field, value in (("thinking", "something else"), ("signature", "Zm9yZWlnbg=="), ("signature", "ü")):
        changed = copy.deepcopy(body)
        thought = next(b for b in changed["messages"][1]["content"] if b["type"] == "thinking")
        thought[field] = value
        answer = await ask(provider, "/v1/messages", changed)
        assert answer.status == 400
        assert "Invalid `signature`" in answer.json()["error"]["message"]


async def test_another_process_with_the_same_key_knows_the_thought() -> None:
    body = await continued(MockProvider())
    assert (await ask(MockProvider(), "/v1/messages", body)).status == 200
    stranger = MockProvider(MockSettings(signing_key=b"another"))
    assert (await ask(stranger, "/v1/messages", body)).status == 400


@pytest.mark.parametrize(
    ("model", "setting", "refused"),
    [
        ("claude-sonnet-4-5", None, False),
        ("claude-sonnet-4-5", True, True),
        (MODEL, None, True),
        (MODEL, False, False),
    ],
)
async def test_the_model_decides_unless_the_setting_does(model: str, *, setting: bool | None, refused: bool) -> None:
    provider = MockProvider(MockSettings(bind_thinking=setting))
    body = await continued(provider)
    body["model"] = model
    edit_system(body)
    assert refused_as_bound(await ask(provider, "/v1/messages", body)) is refused


async def test_hidden_thoughts_are_signed_too() -> None:
    provider = MockProvider()
    body = first_request()
    body["thinking"] = {"type": "adaptive", "display": "omitted"}
    reply = (await ask(provider, "/v1/messages", body)).json()
    assert reply["content"][0]["thinking"] == ""
    assert reply["usage"]["output_tokens_details"]["thinking_tokens"] > 0
    body["tools"] = []
    body["messages"] += [
        {"role": "assistant", "content": reply["content"][:1]},
        {"role": "user", "content": "go on"},
    ]
    assert refused_as_bound(await ask(provider, "/v1/messages", body))
