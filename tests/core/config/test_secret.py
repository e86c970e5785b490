"""A secret leaves the process through `reveal()` or not at all."""

import copy
import json
import logging
import pickle

import pytest

from proxy_core.config.secret import Secret

SECRET = Secret("sk-hunter2", "env:KEY")


def test_every_way_of_printing_it_is_masked() -> None:
    shown = [repr(SECRET), str(SECRET), f"{SECRET}", "%s" % SECRET, repr([SECRET]), repr({"k": SECRET})]  # noqa: UP031
    shown.append(logging.makeLogRecord({"msg": "%s %r", "args": (SECRET, SECRET)}).getMessage())
    assert {"hunter2" in text for text in shown} == {False}
    assert repr(SECRET) == "Secret(****, env:KEY)"
    assert SECRET.reveal() == "sk-hunter2"


def test_it_is_neither_serialised_nor_pickled() -> None:
    with pytest.raises(TypeError):
        json.dumps(SECRET)
    with pytest.raises(TypeError):
        pickle.dumps(SECRET)
    with pytest.raises(TypeError):
        vars(SECRET)
    assert "hunter2" not in json.dumps({"key": SECRET}, default=str)


def test_copies_are_itself() -> None:
    assert copy.copy(SECRET) is copy.deepcopy([SECRET])[0] is SECRET


def test_equality_is_that_of_the_text() -> None:
    assert Secret("sk-hunter2", "elsewhere") == SECRET
    assert Secret("other", "env:KEY") != SECRET
    assert SECRET != "sk-hunter2"


def test_a_fingerprint_depends_on_the_key_and_the_data_directory() -> None:
    one = SECRET.fingerprint(b"a" * 32)
    assert len(one) == 8
    assert one == Secret("sk-hunter2", "").fingerprint(b"a" * 32)
    assert one != SECRET.fingerprint(b"b" * 32) != Secret("other", "").fingerprint(b"a" * 32)
    with pytest.raises(ValueError, match="at least 16 bytes"):
        SECRET.fingerprint(b"short")
