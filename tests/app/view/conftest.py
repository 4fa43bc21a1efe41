"""What the tests of the window share: settings of their own, and sights made by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from gaze_demo.view import theme
from gaze_demo.view.qt import application, undo_opencv
from gaze_demo.view.settings import Settings

undo_opencv()  # other tests have imported OpenCV by now, and pytest-qt makes the application by itself


@pytest.fixture
def store(tmp_path: Path) -> Callable[[], Settings]:
    """Opens the same settings anew each time, as a restart of the app does."""
    return lambda: Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def dark(qapp: QApplication) -> QApplication:
    app = application()
    theme.apply(app, theme.Mode.DARK)
    return app
