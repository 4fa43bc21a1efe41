"""Heat map and scan path over an image of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.areas.areas import Area
from gaze_demo.camera.images import ImageFiles
from gaze_demo.errors import UserError
from gaze_demo.events.find import GazeEvent
from gaze_demo.screen import ScreenGeometry

Image = NDArray[np.uint8]
_WIDTH_PX = 960
_PAPER = 238
_STRONGEST = 0.75


def load_background(path: Path) -> Image:
    """An image that lay on the whole screen, BGR. Raises UserError if it cannot be read."""
    source = ImageFiles(path, None)
    source.open()
    try:
        frame = source.read()
    finally:
        source.close()
    if frame is None:
        raise UserError(f"{path} cannot be read as an image.")
    return frame.image


def fixations_on_screen(events: Sequence[GazeEvent]) -> list[GazeEvent]:
    return [event for event in events if event.kind == "fixation" and np.isfinite(event.x_px)]


def canvas(screen: ScreenGeometry, background: Image | None) -> Image:
    """The screen in small, BGR: the image that lay on it, faded, or grey paper."""
    size = (_WIDTH_PX, max(round(_WIDTH_PX * screen.height_px / screen.width_px), 1))
    if background is None:
        return np.full((size[1], size[0], 3), _PAPER, np.uint8)
    return np.asarray(cv2.resize(background, size, interpolation=cv2.INTER_AREA), np.uint8)


def heat_map(
    screen: ScreenGeometry, events: Sequence[GazeEvent], spread_px: float, background: Image | None = None
) -> Image:
    """How long each place was fixated, with each fixation spread by a normal distribution of `spread_px` (px of the
    screen); BGR."""
    image = canvas(screen, background)
    height, width = image.shape[:2]
    scale = width / screen.width_px
    heat = np.zeros((height, width), np.float32)
    for event in fixations_on_screen(events):
        x, y = int(np.floor(event.x_px * scale)), int(np.floor(event.y_px * scale))
        if 0 <= x < width and 0 <= y < height:
            heat[y, x] += event.duration_s
    if not heat.any():
        return image
    heat = np.asarray(cv2.GaussianBlur(heat, (0, 0), max(spread_px * scale, 2.0)), np.float32)
    heat /= heat.max()
    colours = np.asarray(cv2.applyColorMap((heat * 255).astype(np.uint8), cv2.COLORMAP_INFERNO), np.uint8)
    weight = (np.sqrt(heat) * _STRONGEST)[..., None]
    return np.asarray(image * (1 - weight) + colours * weight, np.uint8)


def scan_path_svg(
    screen: ScreenGeometry,
    events: Sequence[GazeEvent],
    areas: Sequence[Area] = (),
    background_png: str = "",
    most: int = 200,
) -> str:
    """The fixations as numbered circles whose area is their duration, joined in order; an SVG in px of the screen.

    A number that would lie over an earlier one is left out.
    `background_png`: a data URL. Of more than `most` fixations the first are drawn.
    """
    width, height = screen.width_px, screen.height_px
    unit = width / 1000
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">',
        f'<rect width="{width}" height="{height}" fill="#eee"/>',
    ]
    if background_png:
        parts.append(f'<image href="{background_png}" width="{width}" height="{height}" opacity="0.6"/>')
    for area in areas:
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in area.corners)
        x, y = area.corners.min(0)
        parts.append(
            f'<polygon points="{points}" fill="#2a7" fill-opacity="0.12" stroke="#2a7" stroke-width="{unit}"/>'
        )
        parts.append(f'<text x="{x + 4 * unit:.1f}" y="{y + 14 * unit:.1f}" font-size="{12 * unit:.1f}" fill="#164">')
        parts.append(f"{escape(area.name)}</text>")
    fixations = fixations_on_screen(events)[:most]
    line = " ".join(f"{event.x_px:.1f},{event.y_px:.1f}" for event in fixations)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#345" stroke-opacity="0.5" stroke-width="{unit}"/>')
    numbered: list[tuple[float, float]] = []
    for number, event in enumerate(fixations, 1):
        radius = 22 * unit * float(np.sqrt(min(event.duration_s, 4.0)))
        place = f'cx="{event.x_px:.1f}" cy="{event.y_px:.1f}"'
        parts.append(f'<circle {place} r="{radius:.1f}" fill="#27c" fill-opacity="0.35" stroke="#125"/>')
        apart = all(abs(event.x_px - x) > 20 * unit or abs(event.y_px - y) > 12 * unit for x, y in numbered)
        if apart:
            numbered.append((event.x_px, event.y_px))
            parts.append(
                f'<text x="{event.x_px:.1f}" y="{event.y_px + 4 * unit:.1f}" font-size="{11 * unit:.1f}" '
                f'text-anchor="middle" fill="#012">{number}</text>'
            )
    return "\n".join([*parts, "</svg>"])


def png_bytes(image: Image) -> bytes:
    return bytes(cv2.imencode(".png", image)[1])
