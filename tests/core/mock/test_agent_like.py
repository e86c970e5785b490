"""The mock behaves like a coding agent, always in the same way, and accepts what real agents send."""

from typing import Any

import pytest

from proxy_core.mock import MockProvider, MockSettings
from proxy_core.mock.arguments import COMMANDS
from proxy_core.mock.tool_choice import OfferedTool, choose_tool
from tests.core.mock.inprocess import ask

Body = dict[str, Any]

COMMAND = {"type": "object", "properties": {"command": {"type": "string"}}, "required": ["command"]}
FILE = {"type": "object", "properties": {"file_path": {"type": "string"}}, "required": ["file_path"]}


def tools(*names: str) -> tuple[OfferedTool, ...]:
    return tuple(OfferedTool(name, COMMAND if name in {"Bash", "exec_command"} else FILE) for name in names)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (("Write", "Read", "Bash"), "Bash"),
        (("write_stdin", "exec_command", "apply_patch"), "exec_command"),
        (("Task", "Edit", "Glob"), "Glob"),
        (("TodoWrite", "AskUserQuestion", "ExitPlanMode", "Skill"), None),
        (("get_weather",), "get_weather"),
        (("delete_everything", "mcp__jira__create_issue"), None),
        ((), None),
    ],
)
def test_only_harmless_tools_are_called(offered: tuple[str, ...], chosen: str | None) -> None:
    tool = choose_tool(tools(*offered), "auto")
    assert (tool.name if tool else None) == chosen


def test_a_demand_for_some_tool_is_met() -> None:
    assert choose_tool(tools("Write", "Edit"), "any") == tools("Write")[0]
    assert choose_tool(tools("Write", "Edit"), "Edit") == tools("Edit")[0]
    assert choose_tool(tools("Write"), "Unknown") is None


def claude(messages: list[Body], **more: object) -> Body:
    bash = {"name": "Bash", "input_schema": COMMAND}
    return {"model": "claude-sonnet-4-5", "max_tokens": 9_000, "messages": messages, "tools": [bash], **more}


async def test_the_commands_it_runs_change_nothing() -> None:
    provider = MockProvider()
    used = set()
    for number in range(20):
        reply = (await ask(provider, "/v1/messages", claude([{"role": "user", "content": f"task {number}"}]))).json()
        used |= {block["input"]["command"] for block in reply["content"] if block["type"] == "tool_use"}
    assert used <= set(COMMANDS)
    assert len(used) > 1


@pytest.mark.parametrize("most", [0, 1, 2, 3])
async def test_a_turn_ends_after_a_few_tool_calls(most: int) -> None:
    provider = MockProvider(MockSettings(tool_rounds=most))
    rounds_seen = set()
    for number in range(12):
        messages: list[Body] = [{"role": "user", "content": f"task {number}"}]
        rounds = 0
        while (reply := (await ask(provider, "/v1/messages", claude(messages))).json())["stop_reason"] == "tool_use":
            rounds += 1
            results = [
                {"type": "tool_result", "tool_use_id": block["id"], "content": "done"}
                for block in reply["content"]
                if block["type"] == "tool_use"
            ]
            messages += [{"role": "assistant", "content": reply["content"]}, {"role": "user", "content": results}]
        rounds_seen.add(rounds)
    assert rounds_seen == (set(range(1, most + 1)) if most else {0})


async def test_the_same_request_gets_the_same_words() -> None:
    body = claude([{"role": "user", "content": "hello"}], thinking={"type": "adaptive"})
    replies = [(await ask(MockProvider(), "/v1/messages", body)).body for _ in range(2)]
    assert replies[0] == replies[1]
    provider = MockProvider()
    one, two = [(await ask(provider, "/v1/messages", body)).json() for _ in range(2)]
    assert one["content"] == two["content"]
    assert one["id"] != two["id"]


async def test_different_requests_get_different_words() -> None:
    provider = MockProvider()
    texts = set()
    for number in range(30):
        body = {"model": "gpt-4o", "messages": [{"role": "user", "content": f"question {number}"}]}
        answer = await ask(provider, "/v1/chat/completions", body)
        texts.add(answer.json()["choices"][0]["message"]["content"])
    assert len(texts) > 15


async def test_spacing_and_key_order_of_the_json_do_not_matter() -> None:
    plain = b'{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}'
    spaced = b'{ "messages" : [ { "content":"\\u0068i", "role":"user" } ], "model":"gpt-4o" }'
    replies = [(await ask(MockProvider(), "/v1/chat/completions", body)).json() for body in (plain, spaced)]
    assert replies[0]["choices"] == replies[1]["choices"]


async def test_what_claude_code_sends_is_accepted() -> None:
    body = {
        "model": "claude-opus-5-5[1m]",
        "max_tokens": 64_000,
        "stream": True,
        "system": [
            {"type": "text", "text": "x-anthropic-billing-header: cc_version=2.1.329; cch=0a1b2;"},
            {"type": "text", "text": "You are an agent.", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
        ],
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "hi"}]},
            {"role": "system", "content": "A reminder.", "output_config": {"effort": "high"}},
            {
                "role": "assistant",
                "content": [{"type": "tool_use", "id": "toolu_1", "name": "ToolSearch", "input": {}}],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "toolu_1",
                        "content": [{"type": "tool_reference", "tool_name": "mcp__x"}],
                        "cache_control": {"type": "ephemeral"},
                    }
                ],
            },
        ],
        "tools": [
            {"name": "Bash", "input_schema": COMMAND, "eager_input_streaming": True},
            {"name": "mcp__x", "input_schema": COMMAND, "defer_loading": True},
            {"type": "web_search_20260209", "name": "web_search", "max_uses": 8},
            {"type": "tool_search_tool_regex_20251119"},
        ],
        "thinking": {"type": "adaptive"},
        "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
        "output_config": {"effort": "high"},
        "metadata": {"user_id": '{"device_id":"1"}'},
        "safeguards": {},
        "diagnostics": {"previous_message_id": None},
        "big": 2**70,
    }
    answer = await ask(MockProvider(), "/v1/messages?beta=true", body)
    assert answer.status == 200
    events = answer.events()
    assert events[-1] == {"type": "message_stop"}
    assert events[-2]["context_management"] == {"applied_edits": []}


def codex(items: list[Body], offered: list[Body]) -> Body:
    return {
        "model": "gpt-5.6-sol",
        "stream": True,
        "input": [{"type": "additional_tools", "role": "developer", "tools": offered}, *items],
        "tool_choice": "auto",
        "parallel_tool_calls": False,
        "reasoning": {"effort": "low", "context": "all_turns"},
        "store": False,
        "include": ["reasoning.encrypted_content"],
        "prompt_cache_key": "s",
        "client_metadata": {"turn_id": "1"},
    }


SCRIPTED = [
    {
        "type": "namespace",
        "name": "functions",
        "tools": [
            {"type": "custom", "name": "exec", "description": "tools: { exec_command(args: { cmd: string }) }"},
            {"type": "custom", "name": "apply_patch", "description": "A patch."},
            {"type": "web_search"},
        ],
    }
]


async def test_codex_is_given_a_script_to_run() -> None:
    provider = MockProvider()
    ask_item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "look around"}]}
    events = (await ask(provider, "/v1/responses", codex([ask_item], SCRIPTED))).events()
    output = events[-1]["response"]["output"]
    call = output[-1]
    assert [item["type"] for item in output] == ["reasoning", "message", "custom_tool_call"]
    assert (call["name"], call["namespace"]) == ("exec", "functions")
    assert call["input"].startswith("text(await tools.exec_command({cmd: ")
    assert output[0]["encrypted_content"]
    result = {"type": "custom_tool_call_output", "call_id": call["call_id"], "output": [{"type": "input_text"}]}
    again = await ask(provider, "/v1/responses", codex([ask_item, *output, result], SCRIPTED))
    assert again.status == 200


async def test_codex_can_ask_for_a_compaction_in_the_stream() -> None:
    items = [{"role": "user", "content": "hi"}, {"type": "compaction_trigger"}]
    events = (await ask(MockProvider(), "/v1/responses", codex(items, SCRIPTED))).events()
    assert [item["type"] for item in events[-1]["response"]["output"]] == ["compaction"]
    assert [event["type"] for event in events if "item" in event["type"]] == [
        "response.output_item.added",
        "response.output_item.done",
    ]


async def test_reasoning_that_was_tampered_with_is_refused() -> None:
    provider = MockProvider()
    first = (
        await ask(provider, "/v1/responses", {**codex([{"role": "user", "content": "x"}], []), "stream": False})
    ).json()
    reasoning = next(item for item in first["output"] if item["type"] == "reasoning")
    items = [{"role": "user", "content": "x"}, reasoning, {"role": "user", "content": "y"}]
    assert (await ask(provider, "/v1/responses", codex(items, []))).status == 200
    for other, status in (("mockenc.AAAA", 400), ("gAAAAAsomebody-elses", 200)):
        changed = [items[0], {**reasoning, "encrypted_content": other}, items[2]]
        assert (await ask(provider, "/v1/responses", codex(changed, []))).status == status
