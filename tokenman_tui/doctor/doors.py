"""Whether the program runs, or could: its ports."""

import errno
import ipaddress
import socket
from collections.abc import Iterator

from proxy_core.config import Loaded
from tokenman_tui.api_call import NoAnswer, ask
from tokenman_tui.doctor.finding import Finding, note, ok, wrong
from tokenman_tui.instance import Instance, running


def doors(loaded: Loaded) -> Iterator[Finding]:
    server = loaded.config.server
    instance = running(server.data_dir)
    if instance is not None:
        yield _running(instance)
    else:
        yield from _port(server.bind_address, server.proxy_port, "server.proxy_port")
        yield from _port(server.bind_address, server.dashboard_port, "server.dashboard_port")
    if not _is_loopback(server.bind_address):
        yield note(
            f"TokenMan listens on {server.bind_address}, where other machines can reach it and spend what your keys "
            "pay for: set server.bind_address to 127.0.0.1 unless that is meant."
        )


def _running(instance: Instance) -> Finding:
    try:
        ask(instance.api_url, "/health")
    except NoAnswer as error:
        return wrong(
            f"TokenMan runs ({instance}), but {instance.api_url} does not answer ({error}): stop and start it."
        )
    return ok(f"TokenMan runs ({instance}), and answers.")


def _port(host: str, port: int, option: str) -> Iterator[Finding]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            yield wrong(f"Port {port} on {host} is in use by another program: stop that one, or set {option}.")
        else:
            yield wrong(f"Port {port} on {host} cannot be listened on ({error.strerror}): see server.bind_address.")
    else:
        yield ok(f"Port {port} on {host} is free." if port else f"{option} takes any free port.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
