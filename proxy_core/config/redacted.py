"""The configuration as it may be shown: to the API, the screen, a bug report."""

from pydantic import JsonValue

from proxy_core.config.option import Section


def redacted(section: Section) -> dict[str, JsonValue]:
    """`section` as a JSON object, keys as in the file. An option that holds a secret is declared `SecretStr`, and it is
    that type, not the option's name, that turns its value into asterisks. A `key_ref` holds no key and is shown.
    """
    return section.model_dump(mode="json")
