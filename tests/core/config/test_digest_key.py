"""The data directory's own random key."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from proxy_core.config.digest_key import digest_key


def test_it_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    key = digest_key(data_dir)
    assert len(key) == 32
    assert digest_key(data_dir) == key != digest_key(tmp_path / "other")
    assert [stat.S_IMODE(path.stat().st_mode) for path in data_dir.iterdir()] == [0o600]


def test_programs_that_ask_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(digest_key, [tmp_path] * 32))
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["digest.key"]


def test_a_damaged_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "digest.key").write_bytes(b"short")
    with pytest.raises(ValueError, match="is damaged: delete it"):
        digest_key(tmp_path)
