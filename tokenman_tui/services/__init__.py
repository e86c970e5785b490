"""Running as a service of the person's own: what the systems' service managers are told, and how."""

import sys
from collections.abc import Mapping

from tokenman_tui.services.launchd import LAUNCHD
from tokenman_tui.services.service import Manager
from tokenman_tui.services.systemd import SYSTEMD

MANAGERS: Mapping[str, Manager] = {manager.key: manager for manager in (SYSTEMD, LAUNCHD)}


def usual_manager() -> Manager | None:
    """The manager of this platform; None where none is known."""
    return {"linux": SYSTEMD, "darwin": LAUNCHD}.get(sys.platform)
