"""What becomes of errors in verbs, whichever verb it is."""

from pathlib import Path

import pytest

from proxy_core.config import ConfigError, Problem
from tests.tui.commands.conftest import Run
from tokenman_tui.cli import VERBS
from tokenman_tui.commands.failure import Failed, failing_on, status_and_sentence
from tokenman_tui.start import CannotStart


def test_each_error_has_its_status() -> None:
    assert status_and_sentence(Failed("A."), in_a_verb=True) == (1, "A.")
    assert status_and_sentence(CannotStart("B."), in_a_verb=False) == (2, "B.")
    told = status_and_sentence(ConfigError([Problem("c is wrong")]), in_a_verb=True)
    assert told == (2, "The configuration cannot be used: c is wrong")


def test_a_file_that_cannot_be_used_is_told_in_a_verb_only() -> None:
    error = PermissionError(13, "Permission denied", "/f")
    assert status_and_sentence(error, in_a_verb=True) == (1, "/f cannot be used: Permission denied.")
    assert status_and_sentence(error, in_a_verb=False) is None
    assert status_and_sentence(OSError("no file"), in_a_verb=True) is None


def test_a_fault_of_the_programs_own_is_not_hidden() -> None:
    assert status_and_sentence(ZeroDivisionError(), in_a_verb=True) is None
    with pytest.raises(KeyError), failing_on(ValueError):
        raise KeyError("x")
    with pytest.raises(Failed, match=r"^x\.$"), failing_on(ValueError):
        raise ValueError("x.")


def test_a_log_that_is_a_directory(run: Run, home: Path) -> None:
    log = home / "tokenman.log"
    log.mkdir(parents=True)
    done = run("logs")
    assert (done.exit_code, done.stderr) == (1, f"{log} cannot be used: Is a directory.\n")


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_explains_itself(verb: str, run: Run) -> None:
    done = run(verb, "--help")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: root {verb}")


def test_the_list_of_verbs_is_whole_sentences(run: Run) -> None:
    lines = run("--help").stdout.split("Commands:\n")[1].splitlines()
    assert {line.split()[0] for line in lines} >= set(VERBS)
    assert all(line.endswith(".") and not line.endswith("...") for line in lines)


def test_a_verb_that_does_not_exist(run: Run) -> None:
    done = run("strat")
    assert done.exit_code == 2
    assert "No such command 'strat'. Did you mean 'start'" in done.stderr
