"""Where commands print: with colours on a terminal, as plain text anywhere else and under NO_COLOR."""

import os
import sys
from typing import TextIO

from rich.console import Console
from rich.text import Text

from jero._cli.stops import Stop

_WIDE = 100_000
"""Columns where nobody looks: what reads a pipe wants each line whole."""


def standard_output() -> Console:
    """Give what a command tells."""
    return _console(sys.stdout)


def standard_error() -> Console:
    """Give what a command complains of, and what is not its result."""
    return _console(sys.stderr)


def print_stop(stop: Stop) -> None:
    """Tell why a command ended, in the layout of a wiring fault."""
    console = standard_error()
    console.print(Text.assemble(("error", "bold red"), ": ", (stop.subject, "bold")))
    print_lines(console, {"fault": stop.fault, "remedy": stop.remedy})
    if stop.details:
        console.print(Text(f"\n{stop.details.rstrip()}", style="dim"))


def print_lines(console: Console, words: dict[str, str]) -> None:
    """Print words under their headings, which are aligned."""
    width = max(map(len, words)) + 2
    for heading, text in words.items():
        console.print(Text.assemble(("  " + f"{heading}:".ljust(width), "dim"), text), soft_wrap=True)


def _console(file: TextIO) -> Console:
    is_terminal = file.isatty() or bool(os.environ.get("FORCE_COLOR"))
    return Console(
        file=file,
        highlight=False,
        markup=False,
        emoji=False,
        width=None if is_terminal else _WIDE,
        color_system="auto" if is_terminal and not os.environ.get("NO_COLOR") else None,
    )
