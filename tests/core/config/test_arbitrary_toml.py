"""Whatever stands in the file: a configuration or problems with places in the file, never another error."""

import string
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from proxy_core.config import ConfigError, Problem, load
from proxy_core.config.catalogue import entries

NAMES = sorted(
    {part for entry in entries() for part in entry.path} | {"anthropic", "My.LLM", "proxy_prt", "", "é", "[key]"}
)
VALUES = ["1", "0", "-1", "70000", "1e400", "nan", "true", '""', '"x"', '"http://x"', '"env:A"', "[]", '["a", 1]', "{}",
          "{ a = 1 }", "1979-05-27", "07:32:00", "[[1]]", "9999999999999999999999",
          '"\\u0000"', '"~nobody-here/x"']  # fmt: skip

keys = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(
    lambda parts: ".".join(f'"{part}"' for part in parts)
)
statements = st.one_of(
    keys.map(lambda key: f"[{key}]"),
    keys.map(lambda key: f"[[{key}]]"),
    st.builds("{} = {}".format, keys, st.sampled_from(VALUES)),
    st.sampled_from(NAMES[1:]).flatmap(lambda name: st.sampled_from(VALUES).map(lambda value: f'"{name}" = {value}')),
    st.text(string.printable, max_size=20),
)
texts = st.one_of(st.lists(statements, max_size=12).map("\n".join), st.text(max_size=200))


@settings(deadline=None, max_examples=300)
@given(text=texts)
@example(text="server.proxy_port = 1\n[server]")
@example(text="[providers.x.y]")
@example(text="providers = [{}]")
def test_any_text_is_a_configuration_or_problems(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_text(text, encoding="utf-8", newline="")
    lines = text.split("\n")
    for problem in problems(file):
        assert str(problem)
        assert problem.file == file
        assert problem.line is None or 1 <= problem.line <= len(lines)
        assert problem.column is None or 1 <= problem.column <= len(lines[(problem.line or 1) - 1]) + 2


def problems(file: Path) -> tuple[Problem, ...]:
    try:
        load(file, environ={"TOKENMAN_HOME": "/none"})
    except ConfigError as error:
        return error.problems or (Problem(""),)
    return ()
