"""The one place that makes the QApplication, and that undoes what opencv-python does to Qt's environment.

On Linux `import cv2` points Qt at the plugins and fonts of OpenCV's own Qt 5. With them PySide6 finds no platform
plugin, or the wrong fonts. OpenCV may be imported before or after PySide6, so the variables are dropped right before
Qt reads them: when the application is made.
"""

from __future__ import annotations

import os
import sys
from pathlib import PurePath

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from gaze_demo.errors import UserError

_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
"""One of them says where windows go."""


def undo_opencv() -> None:
    """Drop the variables that point into OpenCV's package; what the user has set stays."""
    for name in _VARIABLES:
        if PurePath(os.environ.get(name, "")).parts[-3:-1] == ("cv2", "qt"):
            del os.environ[name]


def application() -> QApplication:
    """The one QApplication, made on the first call. Raises UserError where there is no display to show it on."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    if sys.platform == "linux" and not any(os.environ.get(name) for name in _DISPLAYS):
        raise UserError("There is no display for the window: use `gaze-demo track`, or start it by `xvfb-run`.")
    undo_opencv()
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication(["gaze-demo"])
    app.setApplicationName("gaze-demo")
    app.setApplicationDisplayName("Gaze Demo")
    app.setDesktopFileName("gaze-demo")
    return app
