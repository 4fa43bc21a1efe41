"""Qt's monitors as screens of known size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication, QScreen

if TYPE_CHECKING:
    from gaze_demo.screen import ScreenGeometry


def monitor_named(name: str) -> QScreen | None:
    """The monitor that the desktop calls so, None where it is not connected."""
    return next((screen for screen in QGuiApplication.screens() if screen.name() == name), None)


def monitor_title(screen: QScreen) -> str:
    """A monitor as a person can tell it from another."""
    area, ratio = screen.geometry(), screen.devicePixelRatio()
    maker = " ".join(filter(None, (screen.manufacturer(), screen.model())))
    return f"{maker or screen.name()}, {round(area.width() * ratio)} × {round(area.height() * ratio)}"


def monitor_geometry(screen: QScreen) -> ScreenGeometry:
    """The monitor in its own pixels, with the size in mm that it reports."""
    from gaze_demo.screen import ScreenGeometry

    area, ratio, size = screen.geometry(), screen.devicePixelRatio(), screen.physicalSize()
    width_px, height_px = round(area.width() * ratio), round(area.height() * ratio)
    return ScreenGeometry.of_monitor(screen.name(), width_px, height_px, size.width(), size.height())


def px_on_monitor(screen: QScreen, position: QPoint) -> tuple[float, float]:
    """A place of Qt's desktop in the monitor's own pixels."""
    area, ratio = screen.geometry(), screen.devicePixelRatio()
    return (position.x() - area.x()) * ratio, (position.y() - area.y()) * ratio
