from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PySide6.QtGui import QImage, QPainter, QPen

from gaze_demo.view.shared.qt import undo_opencv

_CV2_FIRST = "import cv2; from gaze_demo.view.shared.qt import application"
_CV2_LAST = "from gaze_demo.view.shared.qt import application; import PySide6.QtWidgets, cv2"
_REPORT = "app = application(); import os; print(app.platformName(), sorted(v for v in os.environ if 'QT_QPA' in v))"


@pytest.mark.parametrize("imports", [_CV2_FIRST, _CV2_LAST], ids=["OpenCV first", "Qt first"])
def test_qt_starts_with_its_own_plugins_whichever_is_imported_first(imports: str) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(
        [sys.executable, "-c", f"{imports}; {_REPORT}"], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.split(maxsplit=1) == ["offscreen", "['QT_QPA_PLATFORM']\n"]


@pytest.mark.fault("there is no display, or the one that is named does not answer", "one sentence, exit code 2")
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({}, "xvfb-run"),
        ({"DISPLAY": ":4711"}, "The display :4711 does not answer"),
        ({"WAYLAND_DISPLAY": "wayland-9"}, "The display wayland-9 does not answer"),
        ({"QT_QPA_PLATFORM": "nonsense"}, "offscreen"),
    ],
)
def test_without_a_display_the_remedy_is_named(named: dict[str, str], told: str) -> None:
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    run = subprocess.run(
        [sys.executable, "-c", "from gaze_demo.cli import main; raise SystemExit(main([]))"],
        env={**environment, **named},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 2
    assert told in run.stderr
    assert run.stderr.count("\n") == 1


def test_variables_of_opencv_are_dropped_and_those_of_the_user_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM_PLUGIN_PATH", "/site-packages/cv2/qt/plugins")
    monkeypatch.setenv("QT_QPA_FONTDIR", "/home/me/fonts")
    undo_opencv()
    assert "QT_QPA_PLATFORM_PLUGIN_PATH" not in os.environ
    assert os.environ["QT_QPA_FONTDIR"] == "/home/me/fonts"


def test_calls_into_qt_lose_no_reference_to_none() -> None:
    # PySide6 6.12.0 does: on Python 3.11 the app would die of it within seconds.
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter, pen = QPainter(image), QPen()
    before = sys.getrefcount(None)
    for _ in range(300):
        painter.setPen(pen)
    assert sys.getrefcount(None) > before - 100
    painter.end()
