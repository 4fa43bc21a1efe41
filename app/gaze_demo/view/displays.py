"""`python -m gaze_demo.view.displays`: the screens that Qt finds, as JSON, for `gaze-demo doctor`."""

from __future__ import annotations

import json

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication


def describe_screens() -> list[tuple[str, str]]:
    """A name and Qt's description, for the platform and each screen. Ends the process if there is no display."""
    app = QGuiApplication.instance() or QGuiApplication([])
    rows = [("platform", f"{QGuiApplication.platformName()}, Qt {qVersion()}")]
    for screen in QGuiApplication.screens():
        size, millimetres = screen.size(), screen.physicalSize()
        pixels = f"{size.width()} x {size.height()} at scale {screen.devicePixelRatio():g}"
        rows.append(
            (
                f"screen {screen.name()}",
                f"{pixels}, {millimetres.width():.0f} x {millimetres.height():.0f} mm, {screen.refreshRate():.0f} Hz",
            )
        )
    del app
    return rows


if __name__ == "__main__":
    print(json.dumps(describe_screens()))
