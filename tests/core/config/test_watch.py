"""However an editor saves, the change is noticed once it is whole."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from proxy_core.config.source import digest_of
from proxy_core.config.watch import saved


@contextlib.asynccontextmanager
async def watching(path: Path) -> AsyncIterator["asyncio.Queue[str]"]:
    """A queue that gets the file's content each time a save is noticed."""
    seen: asyncio.Queue[str] = asyncio.Queue()
    stop, known = asyncio.Event(), digest_of(path)

    async def watch() -> None:
        async for _ in saved(path, known, stop):
            seen.put_nowait(await asyncio.to_thread(path.read_text))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(watch())
        try:
            yield seen
        finally:
            stop.set()


def in_place(path: Path, text: str) -> None:
    path.write_text(text)


def by_rename(path: Path, text: str) -> None:
    draft = path.with_suffix(".swp")
    draft.write_text(text)
    draft.replace(path)


def old_one_moved_away(path: Path, text: str) -> None:
    path.rename(path.with_suffix(".bak"))
    path.write_text(text)


def deleted_first(path: Path, text: str) -> None:
    path.unlink()
    path.write_text(text)


@pytest.mark.parametrize("save", [in_place, by_rename, old_one_moved_away, deleted_first])
async def test_every_way_of_saving_is_noticed(tmp_path: Path, save: Callable[[Path, str], None]) -> None:
    path = tmp_path / "tokenman.toml"
    path.write_text("a = 1")
    async with watching(path) as seen, asyncio.timeout(30):
        for text in ("a = 2", "a = 3"):
            save(path, text)
            assert await seen.get() == text


async def test_a_file_that_appears_later_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "not" / "yet" / "tokenman.toml"
    async with watching(path) as seen, asyncio.timeout(30):
        path.parent.mkdir(parents=True)
        path.write_text("a = 1")
        assert await seen.get() == "a = 1"


async def test_a_save_behind_a_symlink_is_noticed(tmp_path: Path) -> None:
    real, other, link = (tmp_path / name for name in ("real", "other", "link"))
    for folder in (real, other, link):
        folder.mkdir()
    (real / "config").write_text("a = 1")
    (other / "config").write_text("a = 3")
    path = link / "tokenman.toml"
    path.symlink_to(real / "config")
    async with watching(path) as seen, asyncio.timeout(30):
        (real / "config").write_text("a = 2")
        assert await seen.get() == "a = 2"
        path.unlink()
        path.symlink_to(other / "config")
        assert await seen.get() == "a = 3"
        (other / "config").write_text("a = 4")
        assert await seen.get() == "a = 4"


async def test_a_file_that_is_being_written_is_read_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "tokenman.toml"
    path.write_text("a = 1")
    async with watching(path) as seen, asyncio.timeout(30):
        with path.open("w") as file:
            for piece in ("[server]\n", "proxy_", "port = ", "8000\n"):
                file.write(piece)
                file.flush()
                await asyncio.sleep(0.03)
        assert await seen.get() == "[server]\nproxy_port = 8000\n"
        assert seen.empty()


async def test_saving_the_same_content_is_no_change(tmp_path: Path) -> None:
    path = tmp_path / "tokenman.toml"
    path.write_text("a = 1")
    async with watching(path) as seen, asyncio.timeout(30):
        by_rename(path, "a = 1")
        path.touch()
        by_rename(path, "a = 2")
        assert await seen.get() == "a = 2"
        assert seen.empty()
