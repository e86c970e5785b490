"""Any program that reads its vendor's variables: SDKs, scripts, and clients that are not known here by name."""

import shlex

from tokenman_tui.wiring.client import Client, Environment, Gateway, Started


def variables(gateway: Gateway) -> dict[str, str]:
    return {
        "ANTHROPIC_BASE_URL": gateway.base_url,
        "OPENAI_BASE_URL": gateway.openai_url,
        "OPENAI_API_BASE": gateway.openai_url,
    }


def exports(gateway: Gateway, shell: str) -> list[str]:
    """Lines for `eval`, in the words of the shell."""
    fish = shell.endswith("fish")
    own = variables(gateway).items()
    return [f"set -gx {name} {value};" if fish else f"export {name}={shlex.quote(value)}" for name, value in own]


def removals(shell: str) -> list[str]:
    names = variables(Gateway(""))
    return [f"set -e {name};" if shell.endswith("fish") else f"unset {name}" for name in names]


def _start(gateway: Gateway, arguments: list[str], _: Environment) -> Started:
    return Started(arguments, variables(gateway))


SHELL = Client(key="env", title="The environment", start=_start)
