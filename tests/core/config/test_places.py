"""Where files are, and with which permissions they appear."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest

from proxy_core.config.places import database_file, log_file, places, private_directory, private_file


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_tokenman_home_moves_everything(tmp_path: Path) -> None:
    where = places({"TOKENMAN_HOME": str(tmp_path / "t")})
    assert where.config_file == tmp_path / "t" / "tokenman.toml"
    assert database_file(where.data_dir) == tmp_path / "t" / "tokenman.db"
    assert log_file(where.data_dir) == tmp_path / "t" / "tokenman.log"
    assert not (tmp_path / "t").exists()


def test_the_process_own_environment_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKENMAN_HOME", str(tmp_path))
    assert places().data_dir == tmp_path


def test_a_relative_home_does_not_follow_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert places({"TOKENMAN_HOME": "t"}).data_dir == tmp_path / "t"


def test_an_existing_dot_directory_holds_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".tokenman").mkdir()
    assert places({}).config_dir == places({}).data_dir == tmp_path / ".tokenman"


def test_else_the_platform_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    where = places({"TOKENMAN_HOME": ""})
    assert where.config_dir == platformdirs.user_config_path("tokenman", appauthor=False)
    assert where.data_dir == platformdirs.user_data_path("tokenman", appauthor=False)
    assert list(tmp_path.iterdir()) == []


def test_directories_and_files_are_for_their_owner_alone(tmp_path: Path, umask: int) -> None:
    file = private_file(tmp_path / "a" / "b" / "tokenman.db")
    assert [mode(path) for path in (file, file.parent, file.parent.parent)] == [0o600, 0o700, 0o700]


def test_a_file_open_to_others_is_narrowed_and_keeps_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "tokenman.db"
    file.write_bytes(b"rows")
    file.chmod(0o644)
    assert private_file(file).read_bytes() == b"rows"
    assert mode(file) == 0o600


def test_a_device_is_left_as_it_is(tmp_path: Path) -> None:
    before = mode(Path(os.devnull))
    assert mode(private_file(Path(os.devnull))) == before


def test_an_existing_directory_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert mode(private_directory(tmp_path)) == 0o755
