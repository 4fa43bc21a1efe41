"""The only place that creates the QApplication, and that undoes what opencv-python does to Qt's environment.

The app depends on opencv-python-headless, which has no Qt. Where opencv-python is installed too, `import cv2` on Linux
points Qt at the plugins and fonts of OpenCV's own Qt 5. With them PySide6 finds no platform plugin, or the wrong fonts.
OpenCV may be imported before or after PySide6, so the variables are dropped right before Qt reads them: when the
application is created.
"""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

from PySide6.QtCore import QLibraryInfo, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from gaze_demo.errors import UserError

_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")  # one of them determines where windows appear


def undo_opencv() -> None:
    """Drop the variables that point into OpenCV's package; variables set by the user stay."""
    for name in _VARIABLES:
        if PurePath(os.environ.get(name, "")).parts[-3:-1] == ("cv2", "qt"):
            del os.environ[name]


def application() -> QApplication:
    """The one QApplication, made on the first call. Raises UserError if there is no display to show it on."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    undo_opencv()
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    with required_display():
        app = QApplication(["gaze-demo"])
    app.setApplicationName("gaze-demo")
    app.setApplicationDisplayName("Gaze Demo")
    app.setDesktopFileName("gaze-demo")
    return app


@contextmanager
def required_display() -> Iterator[None]:
    """Raises UserError if Qt would abort: no display, one that does not answer, or no plugin for it.

    An X server may restart when its last client disconnects, so the test connection stays open in the block.
    """
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if sys.platform != "linux":
        yield
        return
    if not any(os.environ.get(name) for name in _DISPLAYS):
        raise UserError("There is no display for the window: use `gaze-demo track`, or start it with `xvfb-run`.")
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath), "platforms")
    if platform and not os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH"):
        known = sorted(path.stem.removeprefix("libq") for path in folder.glob("libq*.so"))
        if known and platform not in known:
            raise UserError(f"QT_QPA_PLATFORM is {platform!r}, which this Qt does not have; it has {', '.join(known)}.")
    if platform not in ("", "xcb") or (not platform and _wayland_answers()):
        yield
        return
    with _x11_connection():
        try:
            ctypes.CDLL(str(folder / "libqxcb.so"))
        except OSError as error:
            missing = str(error).partition(":")[0]
            text = f"The window needs {missing}, which is missing: install it, or use `gaze-demo track`."
            raise UserError(text) from None
        yield


@contextmanager
def _x11_connection() -> Iterator[None]:
    """Raises UserError if the X server does not answer, unless the library for this test is missing."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        yield
        return
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    for call in (xcb.xcb_connection_has_error, xcb.xcb_disconnect):
        call.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    try:
        if xcb.xcb_connection_has_error(connection):
            name = "DISPLAY" if os.environ.get("DISPLAY") else "WAYLAND_DISPLAY"
            display = os.environ.get(name, "")
            raise UserError(f"The display {display} does not answer: check {name}, or use `gaze-demo track`.")
        yield
    finally:
        xcb.xcb_disconnect(connection)


def _wayland_answers() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY")
    if not name:
        return False
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "/"), name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
        try:
            one.connect(str(path))
        except OSError:
            return False
    return True
