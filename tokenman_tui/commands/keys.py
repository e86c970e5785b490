"""`tokenman keys …`: the providers' stored keys, which are read from a prompt or standard input and never shown."""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from proxy_core.config import Loaded, ProviderOptions
from proxy_core.config.digest_key import digest_key
from proxy_core.config.key_notes import note_key, stored_at
from proxy_core.config.key_store import NotKept, delete_key, store_key
from proxy_core.config.keys import KeyUnavailable, resolve_all
from proxy_core.config.problems import nearest
from proxy_core.config.secret import Secret
from tokenman_tui.commands.failure import Failed, failing_on
from tokenman_tui.commands.options import ConfigFile, DataDir, configured
from tokenman_tui.commands.verbs import verb
from tokenman_tui.instance import running

app = verb()
_MAX_BYTES = 64 * 1024
_LATER = "TokenMan runs, and takes it up with the next request that needs it."

ProviderKey = Annotated[str, typer.Argument(metavar="PROVIDER", help="Key of a provider, such as anthropic.")]


@app.callback()
def keys_() -> None:
    """List, set, delete and test the providers' stored keys."""


def chosen(loaded: Loaded, provider: str) -> ProviderOptions:
    known = loaded.config.providers
    if provider not in known:
        raise Failed(f"The configuration has no provider {provider!r}{nearest(provider, known) or '.'}")
    return known[provider]


@app.command("list")
def list_(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """Show each provider's key by source, age and fingerprint."""
    loaded = configured(context, config, data_dir)
    refs = {key: options.key_ref for key, options in loaded.config.providers.items()}
    found = asyncio.run(resolve_all(refs))
    rows = [_row(key, refs[key], found[key], loaded.config.server.data_dir) for key in refs]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    else:
        for row in rows:
            typer.echo(_line(row, width=max(map(len, refs))))


def _row(provider: str, key_ref: str, found: Secret | KeyUnavailable, data_dir: Path) -> dict[str, object]:
    if isinstance(found, KeyUnavailable):
        return {"provider": provider, "key_ref": key_ref, "missing": found.reason}
    fingerprint = found.fingerprint(digest_key(data_dir))
    since = stored_at(data_dir, found.source if found.source.startswith("env:") else key_ref, fingerprint)
    age_s = None if since is None else max(0, int(time.time() - since))
    return {"provider": provider, "source": found.source, "age_s": age_s, "fingerprint": fingerprint}


def _line(row: dict[str, object], width: int) -> str:
    if "missing" in row:
        return f"{row['provider']!s:<{width}}  no key: {row['missing']}"
    age = row["age_s"]
    told = f"  stored {_days(age)}" if isinstance(age, int) else ""
    return f"{row['provider']!s:<{width}}  {row['source']}  fingerprint {row['fingerprint']}{told}"


def _days(age_s: int) -> str:
    days = age_s // 86_400
    return "today" if days == 0 else f"{days} day{'' if days == 1 else 's'} ago"


@app.command("set")
def set_(
    context: typer.Context,
    provider: ProviderKey,
    surplus: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    config: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """Store a provider's key, read from a hidden prompt or from standard input."""
    if surplus:
        raise Failed(
            "A key is not taken from an argument, which other users and the shell's history see: leave it out, and "
            "you will be asked for it."
        )
    loaded = configured(context, config, data_dir)
    options = chosen(loaded, provider)
    typer.echo(keep(loaded, provider, options.key_ref, _read(provider)))


def keep(loaded: Loaded, provider: str, key_ref: str, text: str) -> str:
    """Stores the key, and returns the sentence for it."""
    with failing_on(NotKept):
        secret = store_key(key_ref, provider, text)
    place = loaded.config.server.data_dir
    fingerprint = secret.fingerprint(digest_key(place))
    note_key(place, key_ref, fingerprint)
    later = f" {_LATER}" if running(place) is not None else ""
    return f"The key for {provider} is stored at {key_ref}, fingerprint {fingerprint}.{later}"


def _read(provider: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(f"Key for {provider} (it is not shown)", hide_input=True, err=True))
    text = sys.stdin.read(_MAX_BYTES + 1)
    if len(text) > _MAX_BYTES:
        raise Failed(f"What standard input holds is too large for a key of {provider}.")
    return text


@app.command()
def delete(context: typer.Context, provider: ProviderKey, config: ConfigFile = None, data_dir: DataDir = None) -> None:
    """Delete a provider's stored key."""
    loaded = configured(context, config, data_dir)
    options = chosen(loaded, provider)
    with failing_on(NotKept):
        delete_key(options.key_ref, provider)
    note_key(loaded.config.server.data_dir, options.key_ref, None)
    later = f" {_LATER}" if running(loaded.config.server.data_dir) is not None else ""
    typer.echo(f"The key for {provider} is deleted from {options.key_ref}.{later}")


@app.command("test")
def check(context: typer.Context, provider: ProviderKey, config: ConfigFile = None, data_dir: DataDir = None) -> None:
    """Ask the provider for its models, once, and say whether its key works."""
    from tokenman_tui.commands.key_test import test_key  # noqa: PLC0415 - loads the whole upstream side

    loaded = configured(context, config, data_dir)
    chosen(loaded, provider)
    verdict = asyncio.run(test_key(loaded.config, provider))
    if not verdict.works:
        raise Failed(verdict.sentence)
    typer.echo(verdict.sentence)
