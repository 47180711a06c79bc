"""What a soak came to: a table, and a chart of the memory over the requests, for the terminal and for the docs."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pages import fill

if TYPE_CHECKING:
    from soak import Soaked

_DOCS = Path(__file__).resolve().parent.parent / "docs"
_PAGE = _DOCS / "security.md"
_CHART = _DOCS / "soak.svg"
_MARKERS = "<!-- soak:begin -->", "<!-- soak:end -->"
_HEADS = (
    "Edge",
    "Requests",
    "Memory at first",
    "after the good",
    "the bad",
    "the left",
    "the good again",
    "Growth",
    "Tasks",
    "Descriptors",
    "Files",
    "Time",
    "",
)
_PHASES = ("good", "bad", "left", "again")
_WIDTH, _HEIGHT, _LEFT, _TOP = 760, 320, 56, 56
_COLOURS = ("#c2410c", "#2563eb", "#059669", "#9333ea", "#6b7280")
_STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f } .title { font-size: 16px; font-weight: 600 }
  .page { fill: #ffffff; stroke: #d0d7de } .grid { stroke: #d0d7de } .line { fill: none; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .page { fill: #0d1117; stroke: #30363d } .grid { stroke: #30363d }
  }
"""


def table(results: "Sequence[Soaked]") -> str:
    """Give a row for each edge, in Markdown; memory in MiB, tasks and descriptors before and after."""
    lines = [f"| {' | '.join(_HEADS)} |", "|---" * len(_HEADS) + "|"]
    for it in results:
        first, last = it.samples[0], it.samples[-1]
        after = {phase: [s.memory for s in it.samples if s.phase == phase][-1:] for phase in _PHASES}
        cells = [
            it.edge,
            f"{last.requests:,}",
            f"{first.memory:.1f}",
            *(f"{memory[0]:.1f}" if memory else "-" for memory in after.values()),
            f"{it.growth:+.1f}",
            f"{first.left.tasks} → {last.left.tasks}",
            f"{first.left.descriptors} → {last.left.descriptors}",
            str(it.files),
            f"{it.seconds:,.0f} s",
            "held" if it.is_clean else it.fault or "did not hold",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def chart(results: "Sequence[Soaked]") -> str:
    """Give the memory of each edge over its requests, from its own beginning on, as an SVG."""
    most = max(sample.requests for it in results for sample in it.samples) or 1
    top = max(8.0, *(abs(sample.memory - it.samples[0].memory) for it in results for sample in it.samples))
    width, height = _WIDTH - 2 * _LEFT, _HEIGHT - 2 * _TOP

    def place(requests: int, memory: float) -> str:
        return f"{_LEFT + width * requests / most:.1f},{_TOP + height * (1 - memory / top):.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
        f"<style>{_STYLE}</style>",
        f'<rect class="page" x="0.5" y="0.5" width="{_WIDTH - 1}" height="{_HEIGHT - 1}" rx="8"/>',
        f'<text class="title" x="{_LEFT}" y="28">Memory added while soaked, MiB</text>',
    ]
    for step in range(5):
        y = _TOP + height * (1 - step / 4)
        parts.append(f'<path class="grid" d="M{_LEFT} {y:.1f}H{_LEFT + width}"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{top * step / 4:.0f}</text>')
    parts.append(f'<text x="{_LEFT + width}" y="{_HEIGHT - 34}" text-anchor="end">{most:,} requests</text>')
    for number, it in enumerate(results):
        colour = _COLOURS[number % len(_COLOURS)]
        points = " ".join(place(s.requests, max(0.0, s.memory - it.samples[0].memory)) for s in it.samples)
        parts.append(f'<polyline class="line" stroke="{colour}" points="{points}"/>')
        x = _LEFT + number * 130
        parts.append(f'<rect x="{x}" y="{_HEIGHT - 24}" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{x + 18}" y="{_HEIGHT - 14}">{it.edge}</text>')
    return "\n".join([*parts, "</svg>", ""])


def write(results: "Sequence[Soaked]", conditions: str) -> None:
    """Put the table between the page's markers, and the chart beside the page. Raises SystemExit without markers."""
    fill(_PAGE, _MARKERS, f"{conditions}.\n\n{table(results)}\n\n![Memory over the requests]({_CHART.name})")
    _CHART.write_text(chart(results))
