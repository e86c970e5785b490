"""systemd: a unit of the user's own manager."""

import re
from collections.abc import Mapping
from pathlib import Path

from tokenman_tui.services.service import Commands, Manager, Service, one_line

UNIT = "tokenman.service"
_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")


def _file(environ: Mapping[str, str]) -> Path:
    folder = environ.get("XDG_CONFIG_HOME")
    return (Path(folder) if folder else Path("~/.config").expanduser()) / "systemd" / "user" / UNIT


def _text(service: Service) -> str:
    """Starting is given up after five failures in a minute, and at once for arguments or a file that cannot be used."""
    command = " ".join(_word(part).replace("$", "$$") for part in service.command)
    variables = [f"Environment={_word(f'{name}={value}')}" for name, value in service.variables.items()]
    return "\n".join(
        [
            "[Unit]",
            "Description=TokenMan: watches and controls what LLM clients send, spend and receive",
            "StartLimitIntervalSec=60",
            "StartLimitBurst=5",
            "",
            "[Service]",
            "Type=exec",
            f"ExecStart={command}",
            *variables,
            "Restart=on-failure",
            "RestartSec=2",
            "RestartPreventExitStatus=2",
            "KillMode=mixed",
            f"TimeoutStopSec={service.stop_s}",
            "UMask=0077",
            "NoNewPrivileges=yes",
            "",
            "[Install]",
            "WantedBy=default.target",
            "",
        ]
    )


def _word(text: str) -> str:
    """One word of a unit file, in which % begins a specifier."""
    escaped = one_line(text).replace("%", "%%")
    if _PLAIN.fullmatch(escaped):
        return escaped
    return '"' + escaped.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _user(*words: str) -> list[str]:
    return ["systemctl", "--user", *words]


def _begin(_: Path) -> Commands:
    return [_user("daemon-reload"), _user("enable", "--now", UNIT)]


def _end(_: Path) -> Commands:
    return [_user("disable", "--now", UNIT)]


def _after_end(_: Path) -> Commands:
    return [_user("daemon-reload")]


SYSTEMD = Manager(
    key="systemd",
    title="systemd",
    file=_file,
    text=_text,
    begin=_begin,
    end=_end,
    after_end=_after_end,
    hint="It runs while you are logged in; `loginctl enable-linger` lets it run always.",
)
