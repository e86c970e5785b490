"""Starts an installed `tokenman --demo --no-ui` on free ports; checks that it counts its traffic and ends well."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

DEADLINE_S = 30.0


def main(program: str) -> None:
    with tempfile.TemporaryDirectory() as home:
        command = [program, "--demo", "--no-ui", "--proxy-port", "0", "--api-port", "0"]
        environment = os.environ | {"TOKENMAN_HOME": home}
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
            try:
                check(process)
            finally:
                process.send_signal(signal.SIGTERM)
                status = process.wait(DEADLINE_S)
    if status:
        raise SystemExit(f"{program} ended with status {status} after SIGTERM.")


def check(process: "subprocess.Popen[str]") -> None:
    api_url = served_address(process)
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"{api_url}/api/stats", timeout=5) as reply:
            stats = json.load(reply)
        if stats["total_requests"] > 0:
            print(f"{api_url} has counted {stats['total_requests']} requests.")
            return
        time.sleep(0.2)
    raise SystemExit("The demo's traffic was not counted within half a minute.")


def served_address(process: "subprocess.Popen[str]") -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if '"api"' in line:
            address: str = json.loads(line)["api"]
            return address
    raise SystemExit("The program ended before it served.")


main(sys.argv[1])
