"""How to start this very program again: with the same interpreter and code, whatever directory it happens in."""

import os
import site
import sys
import sysconfig
from pathlib import Path

import tokenman_tui


def command() -> list[str]:
    """The program without arguments. Modules in the working directory do not stand in for the program's own."""
    return [sys.executable, "-P", "-m", "tokenman_tui"]


def variables() -> dict[str, str]:
    """The environment variables that `command` needs: none when the program is installed."""
    root = str(Path(tokenman_tui.__file__).parent.parent)
    if root in {*sysconfig.get_paths().values(), site.getusersitepackages()}:
        return {}
    return {"PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))}
