"""Pointing clients at the proxy: a file for each client, and how its own settings are edited and restored."""

from collections.abc import Mapping

from tokenman_tui.wiring.aider import AIDER
from tokenman_tui.wiring.claude_code import CLAUDE_CODE
from tokenman_tui.wiring.client import Client
from tokenman_tui.wiring.codex import CODEX
from tokenman_tui.wiring.continue_dev import CONTINUE
from tokenman_tui.wiring.cursor import CURSOR
from tokenman_tui.wiring.opencode import OPENCODE
from tokenman_tui.wiring.shell import SHELL

CLIENTS: Mapping[str, Client] = {
    client.key: client for client in (CLAUDE_CODE, CODEX, CURSOR, AIDER, CONTINUE, OPENCODE, SHELL)
}
"""Every client that `tokenman wire` knows."""
