"""Replacing files: whole, private, and never over what the writer has not seen."""

import os
import stat
from pathlib import Path

import pytest

from proxy_core.config.save import ABSENT, ChangedMeanwhile, back_up, digest, save


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_is_private_and_so_is_its_directory(tmp_path: Path) -> None:
    file = tmp_path / "new" / "tokenman.toml"
    save(file, "a = 1\n", ABSENT)
    assert (file.read_text(), mode(file), mode(file.parent)) == ("a = 1\n", 0o600, 0o700)
    assert [path.name for path in file.parent.iterdir()] == ["tokenman.toml"]


def test_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_text("old")
    file.chmod(0o640)
    save(file, "new", digest(file))
    assert (file.read_text(), mode(file)) == ("new", 0o640)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    real, link = tmp_path / "dotfiles" / "t.toml", tmp_path / "t.toml"
    real.write_text("old")
    link.symlink_to(real)
    save(link, "new", digest(link))
    assert (link.is_symlink(), real.read_text()) == (True, "new")


@pytest.mark.parametrize("now", ["theirs", None])
def test_a_change_by_somebody_else_is_not_covered(now: str | None, tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_text("old")
    seen = digest(file)
    file.unlink() if now is None else file.write_text(now)
    with pytest.raises(ChangedMeanwhile, match="nothing was saved"):
        save(file, "mine", seen)
    assert [path.read_text() for path in tmp_path.iterdir()] == ([] if now is None else [now])


@pytest.mark.parametrize("early", [True, False])
def test_a_file_that_appears_meanwhile_is_not_covered(
    early: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "f"
    file.write_text("theirs")
    if not early:
        monkeypatch.setattr("proxy_core.config.save.digest", lambda path: ABSENT)
    with pytest.raises(ChangedMeanwhile):
        save(file, "mine", ABSENT)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["theirs"]


def test_a_file_system_without_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    save(tmp_path / "f", "new", ABSENT)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["new"]


def test_a_failure_leaves_everything_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "f"
    file.write_text("old")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        save(file, "new", digest(file))
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_a_back_up_is_a_private_copy(tmp_path: Path) -> None:
    file = tmp_path / "f.toml"
    assert back_up(file) is None
    for text in ("one", "two"):
        file.write_text(text)
        assert back_up(file) == tmp_path / "f.toml.bak"
        assert (tmp_path / "f.toml.bak").read_text() == text
    assert mode(tmp_path / "f.toml.bak") == 0o600
