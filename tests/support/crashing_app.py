"""The program with a widget that fails while it draws."""

from typing import Never

from tokenman_tui.cli import main
from tokenman_tui.widgets.exchange_table import ExchangeTable


def fail(_: ExchangeTable, y: int) -> Never:
    raise RuntimeError(f"the widget crashed on purpose in line {y}")


if __name__ == "__main__":
    ExchangeTable.render_line = fail  # type: ignore[method-assign, assignment]
    main()
