"""The monitor as the window system reports it, with its true size and the camera's place if they are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaze_demo.desk.memory import Memory
from gaze_demo.geometry import Array
from gaze_demo.screen import CARD_WIDTH_MM, ScreenGeometry


@dataclass(frozen=True)
class Monitor:
    """One monitor: `width_px` by `height_px` of its own pixels, the size in mm that it reports.

    `left`, `top`: its place on the desktop, in the desktop's units; `ratio`: of its own pixels to such a unit.
    """

    name: str
    title: str
    width_px: int
    height_px: int
    width_mm: float
    height_mm: float
    left: float = 0.0
    top: float = 0.0
    ratio: float = 1.0

    @property
    def reported(self) -> ScreenGeometry:
        return ScreenGeometry.of_monitor(self.name, self.width_px, self.height_px, self.width_mm, self.height_mm)

    def px(self, x: float, y: float) -> Array:
        """A place (2,) of the desktop in the monitor's own pixels."""
        return np.array([(x - self.left) * self.ratio, (y - self.top) * self.ratio])


def known_geometry(monitor: Monitor, memory: Memory) -> ScreenGeometry:
    """The monitor, with the width that was measured on it with a bank card, and the place of the camera, where they
    are known."""
    found = monitor.reported
    width_mm = memory.number(_key(found), 0.0, 0.0, 20000.0)
    if width_mm:
        found = found.with_card(CARD_WIDTH_MM * found.width_px / width_mm)
    if memory.text(_lens_key(found, "x")):
        x, y = (
            memory.number(_lens_key(found, axis), usual, -20000.0, 20000.0)
            for axis, usual in (("x", found.lens_x_mm), ("y", found.lens_y_mm))
        )
        found = found.with_lens(x, y)
    return found


def keep_measured(measured: ScreenGeometry, memory: Memory) -> None:
    """Remember the width of a monitor and the place of the camera, where they were measured."""
    if measured.size_source == "bank card":
        memory.keep(_key(measured), measured.width_mm)
    if measured.lens_source == "given":
        memory.keep(_lens_key(measured, "x"), measured.lens_x_mm)
        memory.keep(_lens_key(measured, "y"), measured.lens_y_mm)


def _key(screen: ScreenGeometry) -> str:
    return f"screen/{screen.name}/{screen.width_px}x{screen.height_px}"


def _lens_key(screen: ScreenGeometry, axis: str) -> str:
    return f"lens/{screen.name}/{screen.width_px}x{screen.height_px}/{axis}"
