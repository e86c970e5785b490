"""Whether a price entry really means a model, or only shares its first letters.

genai-prices matches many models by prefix or substring (`gemini-3.6-flash` also takes `gemini-3.6-flash-lite`,
`o4-mini` on Azure also takes `o4-mini-deep-research`). Here such a match counts only when what is left over is
a date, a version or an alias of the same model; otherwise the model is unknown, which is never wrong by a factor.
"""

import re

from genai_prices.types import (
    ClauseAnd,
    ClauseContains,
    ClauseEndsWith,
    ClauseEquals,
    ClauseOr,
    ClauseRegex,
    ClauseStartsWith,
    MatchLogic,
)

_DATE = r"\d{4}-\d{2}-\d{2}|\d{2}-\d{2}(?:-\d{4})?|\d{2}-\d{4}|20\d{6}|\d{6}|\d{4}|\d{3}"
_VERSION = r"v\d+(?:\.\d+)?(?::\d+)?(?::\d+k)?"
_ALIAS = r"latest|default|preview|exp|experimental|stable"
_SUFFIX = re.compile(rf"(?:[-@:.](?:{_DATE}|{_VERSION}|{_ALIAS}))*")
_FINE_TUNE_SUFFIX = re.compile(rf"(?:-(?:{_DATE}))?(?::.*)?")
_OPEN_DATE = re.compile(r"[-@]\d{1,4}$")
_OPEN_SEPARATOR = re.compile(r"[-@:.]$")


def is_exact(logic: MatchLogic, model: str) -> bool:
    """Whether `logic` matches `model` (lower case) by more than a shared prefix, suffix or substring."""
    if isinstance(logic, ClauseOr):
        return any(is_exact(clause, model) for clause in logic.or_)
    if isinstance(logic, ClauseAnd):
        return logic.is_match(model) and all(is_exact(clause, model) for clause in logic.and_)
    if isinstance(logic, ClauseEquals | ClauseRegex):
        return logic.is_match(model)
    return logic.is_match(model) and _leftover_is_harmless(logic, model)


def _leftover_is_harmless(logic: ClauseStartsWith | ClauseEndsWith | ClauseContains, model: str) -> bool:
    if isinstance(logic, ClauseStartsWith):
        stem, start = logic.starts_with.lower(), 0
    elif isinstance(logic, ClauseEndsWith):
        stem = logic.ends_with.lower()
        start = len(model) - len(stem)
    else:
        stem = logic.contains.lower()
        start = model.index(stem)
    return _is_path(model[:start]) and _is_suffix(stem, model[start:])


def _is_path(head: str) -> bool:
    """A region, vendor, ARN or resource path in front of a model's own name."""
    return not head or head[-1] in "./:"


def _is_suffix(stem: str, model: str) -> bool:
    tail = model[len(stem) :]
    if not tail:
        return True
    pattern = _FINE_TUNE_SUFFIX if stem.startswith("ft:") or ".ft-" in stem else _SUFFIX
    if _OPEN_SEPARATOR.search(stem):
        return bool(pattern.fullmatch(stem[-1] + tail)) or ".ft-" in stem
    if tail[0].isdigit():
        cut = _OPEN_DATE.search(stem)
        return cut is not None and bool(pattern.fullmatch(cut.group() + tail))
    return bool(pattern.fullmatch(tail))
