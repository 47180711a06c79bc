"""Results as an SVG: a panel of bars for each scenario, readable on light and on dark pages."""

from html import escape

from contestants import CONTESTANTS, Contestant
from results import Results
from scenarios import SCENARIOS, Scenario

TITLE = "Requests a second on one core"
_COLUMNS = 2
_PANEL = 470
_GAP = 30
_MARGIN = 24
_LABELS = 158
_NUMBERS = 62
_BAR, _STEP = 12, 18
_HEAD, _FOOT = 34, 20
_TOP = 64

_STYLE = """
  text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24292f }
  .title { font-size: 17px; font-weight: 600 } .head { font-size: 13px; font-weight: 600 }
  .note { fill: #57606a } .page { fill: #ffffff; stroke: #d0d7de }
  .edge { fill: #c2410c } .peer { fill: #6e7f94 } .floor { fill: #cfd6de; stroke: #8c96a3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .note { fill: #9aa4af } .page { fill: #0d1117; stroke: #30363d }
    .edge { fill: #fb923c } .peer { fill: #7d8ea3 } .floor { fill: #30363d; stroke: #6e7681 }
  }
"""


def draw(results: Results) -> str:
    """Give the chart."""
    panels = [panel for scenario in SCENARIOS if (panel := _rows(results, scenario))]
    heights = [
        max(_HEAD + len(rows) * _STEP + _FOOT for _, rows in panels[start : start + _COLUMNS])
        for start in range(0, len(panels), _COLUMNS)
    ]
    width = 2 * _MARGIN + _COLUMNS * _PANEL + (_COLUMNS - 1) * _GAP
    height = _TOP + sum(heights) + _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{TITLE}">',
        f"<style>{_STYLE}</style>",
        f'<rect class="page" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>',
        f'<text class="title" x="{_MARGIN}" y="32">{TITLE}</text>',
        *_legend(width),
    ]
    top = _TOP
    for number, (scenario, rows) in enumerate(panels):
        column = number % _COLUMNS
        parts += _panel(_MARGIN + column * (_PANEL + _GAP), top, scenario, rows)
        if column == _COLUMNS - 1:
            top += heights[number // _COLUMNS]
    return "\n".join([*parts, "</svg>", ""])


def _rows(results: Results, scenario: Scenario) -> tuple[Scenario, list[tuple[Contestant, float]]] | None:
    """Give what a panel shows, the fastest first; None where nothing was measured."""
    rows = [(each, cell.rate) for each in CONTESTANTS if (cell := results.cell(each.name, scenario.key))]
    return (scenario, sorted(rows, key=lambda row: -row[1])) if rows else None


def _legend(width: int) -> list[str]:
    parts: list[str] = []
    left = width - _MARGIN - 330
    for kind, text, room in (("edge", "jero", 60), ("peer", "peers", 66), ("floor", "floors, written by hand", 150)):
        parts.append(f'<rect class="{kind}" x="{left}" y="21" width="{_BAR}" height="{_BAR}" rx="2"/>')
        parts.append(f'<text x="{left + 18}" y="31">{text}</text>')
        left += room + 18
    return parts


def _panel(left: int, top: int, scenario: Scenario, rows: list[tuple[Contestant, float]]) -> list[str]:
    room = _PANEL - _LABELS - _NUMBERS
    best = rows[0][1]
    parts = [f'<text class="head" x="{left}" y="{top + 14}">{escape(f"{scenario.key}. {scenario.title}")}</text>']
    for number, (contestant, rate) in enumerate(rows):
        bar, y = left + _LABELS, top + _HEAD - 8 + number * _STEP
        length = max(1.0, room * rate / best)
        parts.append(
            f'<text x="{bar - 8}" y="{y + 10}" text-anchor="end">{escape(contestant.title)}</text>'
            f'<rect class="{contestant.kind}" x="{bar}" y="{y}" width="{length:.1f}" height="{_BAR}" rx="2"/>'
            f'<text class="note" x="{bar + length + 6:.1f}" y="{y + 10}">{rate:,.0f}</text>'
        )
    return parts
