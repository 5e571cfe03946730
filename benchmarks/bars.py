"""A plot of a table: a bar for each row on a logarithmic axis, its quartiles as a line, in SVG of our own."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from html import escape

from benchmarks.harness import Kind, Spread

_COLOURS: dict[Kind, str] = {"ours": "#154273", "peer": "#8592a6", "yardstick": "#c9a227"}
_Scale = Callable[[float], float]
_LABELS, _WIDE, _ROW, _TOP = 400, 900, 24, 30

Row = tuple[str, Kind, Spread]


def bars(title: str, unit: str, rows: Sequence[Row]) -> str:
    """Return the plot of a table.

    Args:
        title: for who cannot see it.
        unit: of the spreads.
        rows: name, kind and spread of each bar.
    """
    low = math.floor(math.log10(min(spread.low for _, _, spread in rows)))
    high = math.log10(max(spread.high for _, _, spread in rows)) + 0.1
    high = max(high, low + 1)

    def x(value: float) -> float:
        return _LABELS + (math.log10(value) - low) / (high - low) * (_WIDE - _LABELS - 80)

    tall = _TOP + _ROW * len(rows) + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {tall}" font-family="sans-serif">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDE}" height="{tall}" fill="#ffffff"/>',
        *_axis(low, high, unit, tall, x),
    ]
    for place, row in enumerate(rows):
        parts += _bar(_TOP + _ROW * place, row, x)
    return "\n".join([*parts, "</svg>", ""])


def _axis(low: int, high: float, unit: str, tall: int, x: _Scale) -> Iterator[str]:
    for power in range(low, math.floor(high) + 1):
        value = 10.0**power
        yield _line((x(value), _TOP - 8), (x(value), tall - 20), "#e0e0e0", 1)
        yield _text(x(value), tall - 6, f"{value:,g} {unit}", "middle")


def _bar(y: float, row: Row, x: _Scale) -> Iterator[str]:
    name, kind, spread = row
    end, middle = x(spread.median), y + _ROW / 2
    yield _text(_LABELS - 8, middle + 4, name.replace("`", ""), "end")
    yield f'<rect x="{_LABELS}" y="{y + 4}" width="{end - _LABELS:.1f}" height="{_ROW - 8}" fill="{_COLOURS[kind]}"/>'
    yield _line((x(spread.low), middle), (x(spread.high), middle), "#000", 2)
    yield _text(max(end, x(spread.high)) + 6, middle + 4, number(spread.median), "start")


def number(value: float) -> str:
    """Return a figure with three digits that count, and as many more as it has before the point."""
    return f"{value:,.0f}" if value >= 99.95 else f"{value:.3g}"


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" text-anchor="{anchor}">{escape(words)}</text>'


def _line(start: tuple[float, float], end: tuple[float, float], colour: str, width: int) -> str:
    ends = f'x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"/>'
