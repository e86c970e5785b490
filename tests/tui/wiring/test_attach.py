"""Each client's own file: wired, restored byte for byte, and not robbed of what changed in between."""

import json
import stat
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.wiring.files import CLAUDE, CODEX, CONTINUE, FILES, HERE, OTHER_PORT, written
from tokenman_tui.wiring import CLIENTS
from tokenman_tui.wiring.attach import SUFFIX, NotWired, file_of, is_wired, unwire, wire


@pytest.mark.parametrize("key", FILES)
@pytest.mark.parametrize("times", [1, 2])
def test_a_file_is_restored_byte_for_byte(key: str, times: int, environ: dict[str, str], tmp_path: Path) -> None:
    file = written(key, tmp_path)
    file.chmod(0o640)
    assert not is_wired(CLIENTS[key], HERE, environ)
    for gateway in [HERE, OTHER_PORT][:times]:
        wire(CLIENTS[key], gateway, environ)
    assert is_wired(CLIENTS[key], HERE, environ)
    assert Path(f"{file}{SUFFIX}").read_text() == FILES[key][1]
    assert unwire(CLIENTS[key], HERE, environ) == file
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == (FILES[key][1], 0o640)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert unwire(CLIENTS[key], HERE, environ) is None


@pytest.mark.parametrize("key", sorted(FILES.keys() - {"continue"}))
def test_a_file_that_did_not_exist_is_gone_again(key: str, environ: dict[str, str]) -> None:
    wire(CLIENTS[key], HERE, environ)
    file = file_of(CLIENTS[key], environ)
    assert file is not None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    unwire(CLIENTS[key], HERE, environ)
    assert list(file.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("claude-code", '"X": "1"', '"X": "2"'),
        ("codex", '"trusted"', '"trusted"\n[projects."/y"]\ntrust_level = "trusted"'),
        ("aider", "model: opus", "model: sonnet"),
        ("continue", "claude-opus", "claude-sonnet"),
        ("opencode", '"timeout": 5', '"timeout": 6'),
    ],
)
def test_what_changed_in_between_is_kept(
    key: str, before: str, after: str, environ: dict[str, str], tmp_path: Path
) -> None:
    file = written(key, tmp_path)
    wire(CLIENTS[key], HERE, environ)
    file.write_text(file.read_text().replace(before, after))
    unwire(CLIENTS[key], HERE, environ)
    settings = CLIENTS[key].file
    assert settings is not None
    parse = settings.format.parse
    assert parse(file.read_text()) == parse(FILES[key][1].replace(before, after))
    assert not is_wired(CLIENTS[key], HERE, environ)


def test_a_variable_that_was_added_to_aiders_is_kept(environ: dict[str, str], tmp_path: Path) -> None:
    file = written("aider", tmp_path)
    wire(CLIENTS["aider"], HERE, environ)
    file.write_text(file.read_text().replace('"A=1"', '"A=1", "B=2"'))
    unwire(CLIENTS["aider"], HERE, environ)
    assert yaml.safe_load(file.read_text())["set-env"] == ["A=1", "B=2"]


def test_an_address_that_was_set_to_another_gateway_is_left(environ: dict[str, str], tmp_path: Path) -> None:
    file = written("opencode", tmp_path)
    wire(CLIENTS["opencode"], HERE, environ)
    theirs = '"openai": {"options": {"baseURL": "https://theirs.example.com"'
    file.write_text(file.read_text().replace('"openai": {"options": {"baseURL": "http://127.0.0.1:7677/v1"', theirs))
    unwire(CLIENTS["opencode"], HERE, environ)
    assert theirs in file.read_text()
    assert '"anthropic"' not in file.read_text()
    text = file.read_text()
    assert unwire(CLIENTS["opencode"], HERE, environ) is None
    assert file.read_text() == text


def test_another_local_gateway_is_not_taken_for_this_one(environ: dict[str, str], tmp_path: Path) -> None:
    file = written("claude-code", tmp_path)
    text = CLAUDE.replace("https://gw.example.com", "http://127.0.0.1:4000")
    file.write_text(text)
    assert not is_wired(CLIENTS["claude-code"], HERE, environ)
    assert unwire(CLIENTS["claude-code"], HERE, environ) is None
    wire(CLIENTS["claude-code"], HERE, environ)
    unwire(CLIENTS["claude-code"], HERE, environ)
    assert file.read_text() == text


def test_a_local_server_of_continues_own_is_not_redirected(environ: dict[str, str], tmp_path: Path) -> None:
    file = written("continue", tmp_path)
    file.write_text(CONTINUE.replace("https://llm.example.com/v1", "http://127.0.0.1:1234/v1"))
    wire(CLIENTS["continue"], HERE, environ)
    assert yaml.safe_load(file.read_text())["models"][2]["apiBase"] == "http://127.0.0.1:1234/v1"


@pytest.mark.parametrize("key", FILES)
def test_what_was_wired_at_an_earlier_port_and_changed_since_is_still_taken_back(
    key: str, environ: dict[str, str], tmp_path: Path
) -> None:
    file = written(key, tmp_path)
    wire(CLIENTS[key], OTHER_PORT, environ)
    settings = CLIENTS[key].file
    assert settings is not None
    file.write_text(settings.format.put(file.read_text(), ("added",), "x"))
    unwire(CLIENTS[key], HERE, environ)
    said = settings.format.parse(file.read_text())
    assert said == settings.format.parse(FILES[key][1]) | {"added": "x"}


def test_a_setting_that_somebody_made_by_hand_is_taken_out(environ: dict[str, str], tmp_path: Path) -> None:
    file = written("claude-code", tmp_path)
    file.write_text('{"env": {"ANTHROPIC_BASE_URL": "http://127.0.0.1:7677", "X": "1"}}')
    assert is_wired(CLIENTS["claude-code"], HERE, environ)
    unwire(CLIENTS["claude-code"], HERE, environ)
    assert file.read_text() == '{"env": {"X": "1"}}'


def test_a_link_to_a_dotfile_stays_a_link(environ: dict[str, str], tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.json"
    real.write_text(CLAUDE)
    link = tmp_path / ".claude" / "settings.json"
    link.parent.mkdir()
    link.symlink_to(real)
    wire(CLIENTS["claude-code"], HERE, environ)
    assert (link.is_symlink(), "7677" in real.read_text()) == (True, True)
    unwire(CLIENTS["claude-code"], HERE, environ)
    assert (link.is_symlink(), real.read_text()) == (True, CLAUDE)


def test_nothing_is_written_on_a_dry_run(environ: dict[str, str], tmp_path: Path) -> None:
    file = written("codex", tmp_path)
    wire(CLIENTS["codex"], HERE, environ, dry=True)
    assert (file.read_text(), [path.name for path in file.parent.iterdir()]) == (CODEX, [file.name])


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("claude-code", "{", "it is not JSON"),
        ("claude-code", '{"env": []}', "it holds something else where a table belongs"),
        ("codex", "[", "it is not TOML"),
        ("aider", "a: [", "it is not YAML"),
        ("aider", "set-env: {a: b}\n", "set-env in it is neither text nor a list"),
        ("continue", "models: []\n", "it lists no model that calls Anthropic or OpenAI"),
        ("opencode", "\xff", "it is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_edited_is_left(
    key: str, text: str, why: str, environ: dict[str, str], tmp_path: Path
) -> None:
    file = written(key, tmp_path)
    file.write_text(text, encoding="latin-1")
    with pytest.raises(NotWired, match=f"was left as it is: {file} cannot be changed, because {why}"):
        wire(CLIENTS[key], HERE, environ)
    assert file.read_text(encoding="latin-1") == text
    assert not is_wired(CLIENTS[key], HERE, environ)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize(
    ("key", "variables", "place"),
    [
        ("claude-code", {"CLAUDE_CONFIG_DIR": "{}/c"}, "c/settings.json"),
        ("codex", {"CODEX_HOME": "{}/c"}, "c/config.toml"),
        ("continue", {"CONTINUE_GLOBAL_DIR": "{}/c"}, "c/config.yaml"),
        ("opencode", {"XDG_CONFIG_HOME": "{}/c"}, "c/opencode/opencode.json"),
        ("opencode", {"OPENCODE_CONFIG": "{}/c.json"}, "c.json"),
    ],
)
def test_the_clients_own_variables_say_where_its_file_is(
    key: str, variables: dict[str, str], place: str, environ: dict[str, str], tmp_path: Path
) -> None:
    environ |= {name: value.format(tmp_path) for name, value in variables.items()}
    assert file_of(CLIENTS[key], environ) == tmp_path / place


def test_a_commented_configuration_of_opencode_is_preferred(environ: dict[str, str], tmp_path: Path) -> None:
    commented = tmp_path / ".config" / "opencode" / "opencode.jsonc"
    commented.parent.mkdir(parents=True)
    commented.write_text("{}")
    assert file_of(CLIENTS["opencode"], environ) == commented


json_values = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(
    settings=st.dictionaries(st.text(max_size=5), json_values, max_size=3),
    own=st.dictionaries(st.sampled_from(["ANTHROPIC_BASE_URL", "X", "ENABLE_TOOL_SEARCH"]), st.text(max_size=5)),
    indent=st.sampled_from([None, 2, 4, "\t"]),
)
def test_any_settings_come_back_byte_for_byte(
    settings: dict[str, object], own: dict[str, str], indent: int | str | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    file = home / ".claude" / "settings.json"
    file.parent.mkdir()
    text = json.dumps({**settings, "env": own}, indent=indent)
    file.write_text(text)
    environ = {"HOME": str(home)}
    wire(CLIENTS["claude-code"], HERE, environ)
    assert {**json.loads(file.read_text()), "env": 0} == {**settings, "env": 0}
    unwire(CLIENTS["claude-code"], OTHER_PORT, environ)
    assert file.read_text() == text
