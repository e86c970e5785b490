"""The results, for people and for programs."""

import os
import platform
import time
from collections.abc import Sequence
from statistics import median

from tests.bench.checks import Check
from tests.bench.figures import spread
from tests.bench.rounds import Result

_WORDS = {True: "reached", False: "MISSED", None: "not measured"}
_NAME_WIDTH = 19


def text(results: Sequence[Result]) -> str:
    """One block per row: a table of medians, the targets, whoever is missing; then one line over all."""
    return "\n\n".join((*(block(result) for result in results), closing_line(results)))


def block(result: Result) -> str:
    lines = [f"{result.row.title}  [{result.row.key}]", heading(result)]
    lines += [line(result, competitor) for competitor in result.row.competitors if competitor in result.samples]
    lines += [check_line(result, check) for check in result.row.checks]
    lines += [f"  ! {competitor}: {note}" for competitor, note in result.notes.items()]
    if quiet := others(result):
        lines.append(quiet)
    return "\n".join(lines)


def heading(result: Result) -> str:
    names = (f"{name:>{width(name)}}" for name in result.row.shown)
    return f"  {'medians':<{_NAME_WIDTH}}" + "".join(names)


def line(result: Result, competitor: str) -> str:
    return f"  {competitor:<{_NAME_WIDTH}}" + "".join(cell(result, competitor, name) for name in result.row.shown)


def cell(result: Result, competitor: str, figure: str) -> str:
    values = result.samples[competitor].get(figure, ())
    shown = number(sum(values) if figure == "errors" else median(values)) if values else "–"
    return f"{shown:>{width(figure)}}"


def width(figure: str) -> int:
    return max(10, len(figure) + 2)


def number(value: float) -> str:
    """Three significant digits or all digits before the point, whichever is more."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def check_line(result: Result, check: Check) -> str:
    value = check.value(result.samples)
    measured = "–" if value is None else number(value)
    return f"  {_WORDS[check.reached(result.samples)]:<13}{check.text}: {measured} (target {check.target})"


def others(result: Result) -> str:
    """How much of the cores somebody else used: above a few per cent the latencies are not to be trusted."""
    shares = [share for figures in result.samples.values() for share in figures.get("others_pct", ())]
    return f"  other programs used {median(shares):.0f} % of the cores meanwhile" if shares else ""


def closing_line(results: Sequence[Result]) -> str:
    verdicts = verdict_list(results)
    parts = (f"{verdicts.count(value)} {word}" for value, word in _WORDS.items())
    return f"{len(verdicts)} targets: " + ", ".join(parts)


def verdict_list(results: Sequence[Result]) -> list[bool | None]:
    return [check.reached(result.samples) for result in results for check in result.row.checks]


def document(results: Sequence[Result], arguments: Sequence[str]) -> dict[str, object]:
    """Everything, as JSON can hold it: the machine, all rounds' values, medians, spreads and verdicts."""
    machine = {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}
    return {
        "made_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "arguments": list(arguments),
        "machine": machine,
        "rows": [row_document(result) for result in results],
    }


def row_document(result: Result) -> dict[str, object]:
    return {
        "key": result.row.key,
        "title": result.row.title,
        "rounds": result.samples,
        "medians": {who: {n: median(v) for n, v in figures.items()} for who, figures in result.samples.items()},
        "spreads": {who: {n: spread(v) for n, v in figures.items()} for who, figures in result.samples.items()},
        "targets": [check_document(result, check) for check in result.row.checks],
        "notes": result.notes,
    }


def check_document(result: Result, check: Check) -> dict[str, object]:
    value, reached = check.value(result.samples), check.reached(result.samples)
    return {"text": check.text, "target": check.target, "value": value, "reached": reached}
