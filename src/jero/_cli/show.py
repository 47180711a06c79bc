"""An explanation on the console: headings, aligned columns, and the text of an edge."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from jero._cli.explanation import Line, Section, summary_of
from jero._plan import OperationPlan

_INDENT = 2
_WIDEST = 44
"""Columns of the longest cell that its neighbours are aligned with; a longer one moves only its own line."""


def print_explanation(plan: OperationPlan, sections: Sequence[Section], console: Console) -> None:
    """Print what an operation is, section by section."""
    console.print(Text.assemble((plan.method, "bold green"), " ", (plan.template, "bold")), soft_wrap=True)
    summary = summary_of(plan)
    if summary:
        console.print(Text(f"  {summary}", style="italic"), soft_wrap=True)
    for section in sections:
        console.print(Text(f"\n{section.heading}", style="bold cyan"))
        for line in _aligned(section.lines):
            console.print(line, soft_wrap=True)


def print_source(text: str, edge: str, console: Console) -> None:
    """Print the text that an edge runs."""
    console.print(Text(f"\nSource of the {edge} edge", style="bold cyan"))
    if console.is_terminal and console.color_system is not None:
        from rich.syntax import Syntax  # noqa: PLC0415 - imports a highlighter

        console.print(Syntax(text, "python", background_color="default"))
        return
    console.print(text, soft_wrap=True)


def _aligned(lines: Sequence[Line]) -> list[Text]:
    """Set neighbours of one depth in columns."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and groups[-1][-1].depth == line.depth:
            groups[-1].append(line)
        else:
            groups.append([line])
    return [text for group in groups for text in _columns(group)]


def _columns(group: list[Line]) -> list[Text]:
    count = max(len(line.cells) for line in group)
    widths = [_width(line.cells[at] for line in group if at < len(line.cells)) for at in range(count)]
    texts: list[Text] = []
    for line in group:
        text = Text(" " * _INDENT * (line.depth + 1))
        for at, cell in enumerate(line.cells):
            is_last = at == len(line.cells) - 1
            text.append(cell if is_last else cell.ljust(widths[at]) + "  ", style=None if at else "bold")
        text.rstrip()
        texts.append(text)
    return texts


def _width(cells: Iterable[str]) -> int:
    return max((len(cell) for cell in cells if len(cell) <= _WIDEST), default=0)
