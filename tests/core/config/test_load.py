"""The layers: what covers what, where each value is said to come from, and what a path is relative to."""

from pathlib import Path

import pytest

from proxy_core.config import ConfigError, Layer, Origin, load, override


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"TOKENMAN_HOME": str(tmp_path)}


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "tokenman.toml"
    file.write_text(text)
    return file


def test_without_a_file_everything_is_default(home: dict[str, str], tmp_path: Path) -> None:
    loaded = load(environ=home)
    assert loaded.path is None
    assert {origin.layer for origin in loaded.origins.values()} == {Layer.DEFAULT}
    assert loaded.config.server.data_dir == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_each_layer_covers_the_one_below(home: dict[str, str], tmp_path: Path) -> None:
    file = write(tmp_path, "[server]\nproxy_port = 1\ndashboard_port = 2\nheader_timeout = 3\n")
    variables = home | {"TOKENMAN_SERVER_PROXY_PORT": "11", "TOKENMAN_SERVER_DASHBOARD_PORT": "12"}
    loaded = load(environ=variables, overrides=[override("server.proxy_port", 21, "--proxy-port")])
    server = loaded.config.server
    assert (server.proxy_port, server.dashboard_port, server.header_timeout, server.read_timeout) == (21, 12, 3.0, 30.0)
    assert loaded.path == file
    assert [loaded.origins[f"server.{key}"] for key in ("proxy_port", "dashboard_port", "header_timeout")] == [
        Origin(Layer.COMMAND_LINE, "--proxy-port"),
        Origin(Layer.ENVIRONMENT, "TOKENMAN_SERVER_DASHBOARD_PORT"),
        Origin(Layer.FILE, f"{file}:4"),
    ]


def test_a_partial_provider_table_stays_enabled_with_its_address(home: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, '[providers.openai]\nkey_ref = "env:K"\n')
    loaded = load(environ=home)
    openai = loaded.config.providers["openai"]
    assert (openai.enabled, openai.api_base, openai.key_ref) == (True, "https://api.openai.com", "env:K")
    assert loaded.origins["providers.openai.key_ref"].layer is Layer.FILE
    assert loaded.origins["providers.openai.enabled"].layer is Layer.DEFAULT


def test_an_origin_keeps_a_dotted_key_apart(home: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, '[providers."My.LLM"]\napi_base = "http://x"\n[providers.My]\napi_base = "http://y"\n')
    origins = load(environ=home).origins
    assert origins['providers."My.LLM".api_base'].detail.endswith(":2")
    assert origins["providers.My.api_base"].detail.endswith(":4")


def test_a_variable_finds_a_key_with_dots_and_capitals(home: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, '[providers."My.LLM"]\napi_base = "http://x"\n')
    loaded = load(environ=home | {"TOKENMAN_PROVIDERS_MY_LLM_PRIORITY": "9"})
    assert loaded.config.providers["My.LLM"].priority == 9


def test_variables_alone_can_name_a_new_provider(home: dict[str, str]) -> None:
    new = {"TOKENMAN_PROVIDERS_LOCAL_API_BASE": "http://127.0.0.1:11434", "TOKENMAN_ROUTING_DEFAULT_PROVIDER": "local"}
    config = load(environ=home | new).config
    assert config.providers["local"].api_base == "http://127.0.0.1:11434"
    assert config.routing.default_provider == "local"


def test_a_relative_path_in_the_file_is_relative_to_the_file(home: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, '[server]\ndata_dir = "data"\n[providers.openai]\nca_file = "ca.pem"\n')
    config = load(environ=home).config
    assert (config.server.data_dir, config.providers["openai"].ca_file) == (tmp_path / "data", tmp_path / "ca.pem")


def test_a_relative_path_elsewhere_is_relative_to_the_working_directory(
    home: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = load(environ=home, overrides=[override("server.data_dir", "here", "--data-dir")]).config
    assert config.server.data_dir == tmp_path / "here"


def test_a_home_directory_is_expanded(home: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    write(tmp_path, '[server]\ndata_dir = "~/data"\n')
    assert load(environ=home).config.server.data_dir == tmp_path / "person" / "data"


def test_a_file_that_was_asked_for_must_exist(home: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load(tmp_path / "none.toml", environ=home)


def test_a_file_in_the_working_directory_is_not_read(
    home: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cloned repository must not be able to say where the keys are sent."""
    write(tmp_path, "[server]\nproxy_port = 1\n")
    monkeypatch.chdir(tmp_path)
    assert load(environ=home | {"TOKENMAN_HOME": str(tmp_path / "other")}).path is None
