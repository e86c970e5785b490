"""launchd: an agent of the person who is logged in."""

import os
import plistlib
from collections.abc import Mapping
from pathlib import Path

from tokenman_tui.services.service import Commands, Manager, Service, one_line

LABEL = "local.tokenman"


def _file(_: Mapping[str, str]) -> Path:
    return Path("~/Library/LaunchAgents").expanduser() / f"{LABEL}.plist"


def _text(service: Service) -> str:
    """Started again when it ends badly, not when it is stopped."""
    description = {
        "Label": LABEL,
        "ProgramArguments": [one_line(part) for part in service.command],
        "EnvironmentVariables": {name: one_line(value) for name, value in service.variables.items()},
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 10,
        "ProcessType": "Interactive",
        "ExitTimeOut": service.stop_s,
        "Umask": 0o077,
        "StandardOutPath": str(service.errors),
        "StandardErrorPath": str(service.errors),
    }
    return plistlib.dumps(description, sort_keys=False).decode()


def _domain() -> str:
    return f"gui/{os.getuid()}"


def _begin(file: Path) -> Commands:
    return [["launchctl", "bootstrap", _domain(), str(file)]]


def _end(_: Path) -> Commands:
    return [["launchctl", "bootout", f"{_domain()}/{LABEL}"]]


LAUNCHD = Manager(
    key="launchd", title="launchd", file=_file, text=_text, begin=_begin, end=_end, after_end=lambda _: []
)
