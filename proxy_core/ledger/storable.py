"""Text that a database can hold."""


def storable(told: str) -> str:
    """JSON and header lines can carry lone surrogates, which UTF-8 cannot; they become question marks."""
    return told if told.isascii() else told.encode("utf-8", "replace").decode()
