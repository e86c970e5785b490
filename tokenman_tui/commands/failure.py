"""What becomes of an error in a verb: an exit status, and one sentence on standard error."""

import contextlib
from collections.abc import Iterator


class Failed(Exception):
    """A verb could not do what it was asked to. `str()` is the sentence that says what happened, where, what to do."""

    status = 1


@contextlib.contextmanager
def failing_on(*kinds: type[Exception]) -> Iterator[None]:
    """Turns errors whose text is a sentence already into `Failed`."""
    try:
        yield
    except kinds as error:
        raise Failed(str(error)) from error


def status_and_sentence(error: Exception, *, in_a_verb: bool) -> tuple[int, str] | None:
    """None for what is a fault of the program's, or is told by the command line itself."""
    from proxy_core.config import ConfigError  # noqa: PLC0415 - only a failure pays for it
    from tokenman_tui.start import UNUSABLE, CannotStart  # noqa: PLC0415

    if isinstance(error, Failed):
        return error.status, str(error)
    if isinstance(error, CannotStart | ConfigError):
        return UNUSABLE, str(error)
    if isinstance(error, OSError) and in_a_verb and error.filename is not None:
        return Failed.status, f"{error.filename} cannot be used: {error.strerror}."
    return None
