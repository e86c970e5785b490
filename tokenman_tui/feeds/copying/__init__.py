"""An exchange as something to paste elsewhere. Credentials are never in it: their places name environment variables."""

from collections.abc import Callable
from dataclasses import dataclass

from tokenman_tui.feeds.copying.curl import curl
from tokenman_tui.feeds.copying.exchange import Exchange
from tokenman_tui.feeds.copying.json_copy import as_json
from tokenman_tui.feeds.copying.python_call import python

__all__ = ["FORMS", "Exchange", "Form", "copied"]


@dataclass(frozen=True, slots=True)
class Form:
    """One way to copy; `said` is what the person is told afterwards."""

    title: str
    said: str
    needs_body: bool
    write: Callable[[Exchange], str]


def _id(exchange: Exchange) -> str:
    return exchange.facts.arrival.id


FORMS: dict[str, Form] = {
    "c": Form("as curl, for the shell", "Copied as curl", needs_body=True, write=curl),
    "p": Form("as Python, with the vendor's SDK or httpx", "Copied as Python", needs_body=True, write=python),
    "j": Form("as JSON, all that is known of it", "Copied as JSON", needs_body=False, write=as_json),
    "i": Form("its id", "Copied the id", needs_body=False, write=_id),
}


def copied(key: str, exchange: Exchange) -> str:
    """The text for a key of `FORMS`. Takes time for a long conversation. Raises KeyError, and ValueError for a form
    that needs a body that is not stored."""
    form = FORMS[key]
    if form.needs_body and exchange.kept is None:
        raise ValueError(f"{form.title} needs the body of the request, which is not stored")
    return form.write(exchange)
