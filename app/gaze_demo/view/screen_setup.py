"""What is in front of the person: the monitor with its true size, and the camera with its lens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QScreen

from gaze_demo.view.monitor import monitor_geometry
from gaze_demo.view.settings import Settings

if TYPE_CHECKING:
    from gaze_demo.calibration.sample import CameraKey
    from gaze_demo.screen import ScreenGeometry
    from gaze_demo.view.workers.engine import Engine
    from gaze_demo.view.workers.shot import Shot

_DEFAULT_HFOV_DEG = 60.0


def known_geometry(monitor: QScreen, settings: Settings) -> ScreenGeometry:
    """The monitor, with the width that was measured on it with a bank card, and the place of the camera, where they
    are known."""
    from gaze_demo.screen import CARD_WIDTH_MM

    found = monitor_geometry(monitor)
    width_mm = settings.number(_key(found), 0.0, 0.0, 20000.0)
    if width_mm:
        found = found.with_card(CARD_WIDTH_MM * found.width_px / width_mm)
    if settings.text(_lens_key(found, "x")):
        x, y = (
            settings.number(_lens_key(found, axis), usual, -20000.0, 20000.0)
            for axis, usual in (("x", found.lens_x_mm), ("y", found.lens_y_mm))
        )
        found = found.with_lens(x, y)
    return found


def keep_measured(measured: ScreenGeometry, settings: Settings) -> None:
    """Remember the width of a monitor and the place of the camera, where they were measured."""
    if measured.size_source == "bank card":
        settings.keep(_key(measured), measured.width_mm)
    if measured.lens_source == "given":
        settings.keep(_lens_key(measured, "x"), measured.lens_x_mm)
        settings.keep(_lens_key(measured, "y"), measured.lens_y_mm)


def camera_key(engine: Engine, spec: str, shot: Shot) -> CameraKey:
    """The camera behind a shot, and how well its lens is known."""
    from gaze_demo.calibration.sample import CameraKey, DistanceSource

    source, wishes, camera = engine.source, engine.wishes, shot.observation.camera
    how: DistanceSource = "assumed field of view"
    if (source is not None and source.intrinsics is not None) or (wishes.lens and wishes.lens.known):
        how = "measured intrinsics"
    elif wishes.lens or abs(wishes.hfov_deg - _DEFAULT_HFOV_DEG) > 0.01:
        how = "given field of view"
    name = (source.name if source is not None else "") or spec
    return CameraKey(
        name=name[:400], width=camera.width, height=camera.height, hfov_deg=camera.hfov_deg, distance_source=how
    )


def _key(screen: ScreenGeometry) -> str:
    return f"screen/{screen.name}/{screen.width_px}x{screen.height_px}"


def _lens_key(screen: ScreenGeometry, axis: str) -> str:
    return f"lens/{screen.name}/{screen.width_px}x{screen.height_px}/{axis}"
