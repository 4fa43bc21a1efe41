"""Qt's monitors in the desk's form."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication, QScreen

from gaze_demo.desk.monitors import Monitor


def monitor_of(screen: QScreen) -> Monitor:
    """The monitor in its own pixels, with the size in mm that it reports."""
    area, ratio, size = screen.geometry(), screen.devicePixelRatio(), screen.physicalSize()
    width_px, height_px = round(area.width() * ratio), round(area.height() * ratio)
    maker = " ".join(filter(None, (screen.manufacturer(), screen.model())))
    return Monitor(
        name=screen.name(),
        title=f"{maker or screen.name()}, {width_px} × {height_px}",
        width_px=width_px,
        height_px=height_px,
        width_mm=size.width(),
        height_mm=size.height(),
        left=area.x(),
        top=area.y(),
        ratio=ratio,
    )


def all_monitors() -> tuple[Monitor, ...]:
    return tuple(monitor_of(screen) for screen in QGuiApplication.screens())


def screen_of(monitor: Monitor) -> QScreen:
    """Qt's own screen; the primary one if the monitor is no longer connected."""
    known = (screen for screen in QGuiApplication.screens() if screen.name() == monitor.name)
    return next(known, None) or QGuiApplication.primaryScreen()
