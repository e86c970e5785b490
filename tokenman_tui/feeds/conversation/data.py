"""Images, documents and sounds in a message, named by their kind, format and size."""

from collections.abc import Mapping

from tokenman_tui.feeds import figures
from tokenman_tui.feeds.loose_json import as_object, as_text

URL_CHARACTERS = 120


def source_note(source: object) -> str:
    """What Anthropic's `source` object holds: `png, 12kB`, an address, or a file's id."""
    found = as_object(source)
    kind = as_text(found.get("media_type")).rpartition("/")[2]
    data = as_text(found.get("data"))
    if as_text(found.get("type")) == "text":
        return _joined("text", figures.octets(len(data)))
    if data:
        return _joined(kind, base64_size(data))
    return _joined(kind, shown_url(as_text(found.get("url"))), as_text(found.get("file_id")))


def url_note(url: str) -> str:
    """A `data:` address is named by its format and size, any other is shown."""
    if not url.startswith("data:"):
        return shown_url(url)
    head, _, data = url.partition(",")
    return _joined(head[5:].partition(";")[0].rpartition("/")[2], base64_size(data))


def file_note(found: Mapping[str, object]) -> str:
    """A file by name, id, address and size; OpenAI's form."""
    data = as_text(found.get("file_data"))
    return _joined(
        as_text(found.get("filename")),
        as_text(found.get("file_id")),
        shown_url(as_text(found.get("file_url"))),
        url_note(data) if data.startswith("data:") else base64_size(data),
    )


def base64_size(data: str) -> str:
    """Of the bytes that were encoded."""
    return figures.octets(len(data) * 3 // 4) if data else ""


def shown_url(url: str) -> str:
    return url[:URL_CHARACTERS]


def _joined(*notes: str) -> str:
    return ", ".join(filter(None, notes))
