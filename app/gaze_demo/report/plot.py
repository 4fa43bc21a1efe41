"""Plots as SVG, small enough to be embedded in a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from gaze_demo.geometry import Array

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 960, 200, 56, 34, 18
_MOST_POINTS = 4000
COLOURS = ("#1f6fb4", "#d2691e", "#2e8b57", "#8a4fa3")


@dataclass(frozen=True, eq=False)
class Line:
    """`x`, `y` (n,); a line is broken where y is NaN. `dots`: points with no line between them, for sparse values."""

    name: str
    x: Array
    y: Array
    dots: bool = False


def plot_svg(
    lines: Sequence[Line],
    x_title: str,
    y_title: str,
    spans: Sequence[tuple[float, float]] = (),
    marks: Sequence[tuple[float, str]] = (),
) -> str:
    """Lines over a common x; `spans` of x are grey, `marks` are named dashes."""
    x_all = np.concatenate([line.x for line in lines]) if lines else np.zeros(0)
    y_all = np.concatenate([line.y for line in lines]) if lines else np.zeros(0)
    x_all, y_all = x_all[np.isfinite(x_all)], y_all[np.isfinite(y_all)]
    x0, x1 = _range(x_all, 0.0)
    y0, y1 = _range(np.percentile(y_all, [0.5, 99.5]) if len(y_all) else y_all, 0.08)

    def px(x: float) -> float:
        return _LEFT + (x - x0) / (x1 - x0) * (_WIDTH - _LEFT - 8)

    def py(y: float) -> float:
        height = _HEIGHT - _BOTTOM - _TOP
        return float(np.clip(_HEIGHT - _BOTTOM - (y - y0) / (y1 - y0) * height, _TOP, _HEIGHT - _BOTTOM))

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" ']
    parts.append('font-size="11">')
    for start, end in spans:
        width = max(px(end) - px(start), 0.3)
        top, height = _TOP, _HEIGHT - _BOTTOM - _TOP
        parts.append(f'<rect x="{px(start):.1f}" y="{top}" width="{width:.1f}" height="{height}" fill="#ddd"/>')
    for value in _ticks(y0, y1):
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - 8}" y1="{py(value):.1f}" y2="{py(value):.1f}" stroke="#e4e4e4"/>'
        )
        parts.append(f'<text x="{_LEFT - 6}" y="{py(value) + 4:.1f}" text-anchor="end">{value:g}</text>')
    for value in _ticks(x0, x1):
        parts.append(f'<text x="{px(value):.1f}" y="{_HEIGHT - 18}" text-anchor="middle">{value:g}</text>')
    for x, name in marks:
        parts.append(f'<line x1="{px(x):.1f}" x2="{px(x):.1f}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}" stroke="#b33" ')
        parts.append(f'stroke-dasharray="3 3"><title>{escape(name)}</title></line>')
    for i, line in enumerate(lines):
        colour = COLOURS[i % len(COLOURS)]
        for x, y in zip(line.x, line.y, strict=True) if line.dots else ():
            if np.isfinite([x, y]).all():
                parts.append(f'<circle cx="{px(x):.1f}" cy="{py(y):.1f}" r="3" fill="{colour}"/>')
        for path in () if line.dots else _paths(line, px, py):
            parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1"/>')
        parts.append(f'<text x="{_WIDTH - 12 - 110 * i}" y="11" text-anchor="end" fill="{colour}">')
        parts.append(f"{escape(line.name)}</text>")
    parts.append(f'<text x="{(_LEFT + _WIDTH) / 2}" y="{_HEIGHT - 3}" text-anchor="middle">{escape(x_title)}</text>')
    middle = (_HEIGHT - _BOTTOM + _TOP) / 2
    parts.append(f'<text transform="translate(12 {middle}) rotate(-90)" text-anchor="middle">{escape(y_title)}</text>')
    return "".join([*parts, "</svg>"])


def _paths(line: Line, px: Callable[[float], float], py: Callable[[float], float]) -> list[str]:
    step = max(1, len(line.x) // _MOST_POINTS)
    x, y = line.x[::step], line.y[::step]
    known = np.isfinite(x) & np.isfinite(y)
    breaks = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(int), [0]])))
    return [
        " ".join(f"{px(float(a)):.1f},{py(float(b)):.1f}" for a, b in zip(x[i:j], y[i:j], strict=True))
        for i, j in zip(breaks[::2], breaks[1::2], strict=True)
    ]


def _range(values: Array, margin: float) -> tuple[float, float]:
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if high - low < 1e-9:
        return low - 0.5, high + 0.5
    return low - margin * (high - low), high + margin * (high - low)


def _ticks(low: float, high: float) -> list[float]:
    rough = (high - low) / 5
    size = 10.0 ** np.floor(np.log10(rough))
    step = next(size * k for k in (1, 2, 5, 10) if size * k >= rough)
    places = np.arange(np.ceil(low / step) * step, high + 1e-9, step)
    return [float(round(place, 10)) + 0.0 for place in places]  # -0.0 + 0.0 is 0.0
