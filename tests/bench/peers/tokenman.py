"""The product, with everything switched on, without its terminal app or with it."""

import time
from collections.abc import Sequence

from tests.bench.peers.child import Child, Process
from tests.bench.peers.peer import Peer, Place, Start, free_port, when_ready
from tests.bench.peers.terminal import TerminalChild

_CONFIG = """
[server]
proxy_port = {port}
dashboard_port = {api_port}
bind_address = "127.0.0.1"
data_dir = "{folder}/data"

[providers.anthropic]
api_base = "http://127.0.0.1:{upstream}"

[providers.openai]
api_base = "http://127.0.0.1:{upstream}"
"""


def tokenman(command: Sequence[str], *, terminal: bool) -> Start:
    def start(place: Place) -> Peer:
        port, api_port = free_port(), free_port()
        config = place.folder / "tokenman.toml"
        config.write_text(
            _CONFIG.format(port=port, api_port=api_port, folder=place.folder, upstream=place.upstream_port)
        )
        ports = ("--proxy-port", str(port), "--api-port", str(api_port))
        argv = (*command, "--config", str(config), "--data-dir", str(place.folder / "data"), *ports)
        env = {"TOKENMAN_HOME": str(place.folder / "home")}
        began_s = time.monotonic()
        process: Process
        if terminal:
            process = TerminalChild(argv, place.cores, env)
        else:
            process = Child("tokenman", (*argv, "--no-ui"), place.folder, place.cores, env)
        return Peer(port, process, api_port, when_ready(process, api_port, "/health", 20, began_s))

    return start
