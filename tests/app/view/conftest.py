"""What the tests of the window share: settings of their own, and apps that run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QSettings, SignalInstance
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot, SignalBlocker

from app.live.fakes import FakeSource, fake_tools
from app.tiny_models import follows_head
from gaze_demo import paths
from gaze_demo.calibration.sitting import Timing
from gaze_demo.desk.state import Theme
from gaze_demo.options import WindowOptions
from gaze_demo.view.app import App
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.qt import application, undo_opencv
from gaze_demo.view.shared.settings import Settings
from gaze_demo.view.shell import Shell
from gaze_demo.view.window.trouble import TroubleRelay

PATIENCE_MS = 60_000
QUICK = Timing(travel_s=0.0, settle_s=0.0, look_s=0.3, longest_s=0.9, repeats=1)

undo_opencv()  # other tests have imported OpenCV by now, and pytest-qt makes the application by itself


class PatientBot(QtBot):
    """Waits for what has to happen. The limits only end a test that would fail: a busy machine may take its time."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: SignalInstance, *, timeout: int = PATIENCE_MS, **how: Any) -> SignalBlocker:
        return super().waitSignal(signal, timeout=timeout, **how)

    def waitExposed(self, widget: QWidget, *, timeout: int = PATIENCE_MS) -> Any:
        """To be used by `with`: called alone it does not wait."""
        return super().waitExposed(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientBot:
    return PatientBot(request)


@pytest.fixture(autouse=True)
def file_dialogs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The titles of the file dialogs that a test opened: each is cancelled at once, because a real one would wait for
    ever. A test that expects dialogs clears the list, or replaces them itself.
    """
    titles: list[str] = []

    def of_file(_parent: object, title: str, *_rest: object) -> tuple[str, str]:
        titles.append(title)
        return "", ""

    def of_folder(_parent: object, title: str, *_rest: object) -> str:
        titles.append(title)
        return ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", of_file)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", of_file)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", of_folder)
    yield titles
    assert titles == []


@pytest.fixture
def store(tmp_path: Path) -> Callable[[], Settings]:
    """Opens the same settings again each time, like a restart of the app."""
    return lambda: Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def dark(qapp: QApplication) -> QApplication:
    app = application()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # widgets of earlier tests would be styled again
    theme.apply(app, Theme.DARK)
    return app


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of shipped models, with a teacher and a student."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setattr(paths, "models", lambda: folder)
    follows_head(folder / "big.onnx", role="teacher", parameters=11_000_000)
    follows_head(folder / "mobilenet25.onnx", role="student", parameters=350_000)
    return folder


@pytest.fixture
def sources() -> dict[str, FakeSource | Exception]:
    """What opening a spec gives; no camera is connected."""
    return {"cam": FakeSource()}


@pytest.fixture
def start(
    store: Callable[[], Settings], sources: dict[str, FakeSource | Exception], models: Path, qtbot: QtBot
) -> Iterator[Callable[..., App]]:
    running: list[App] = []

    def start(source: str | None = "cam", tools: dict[str, Any] | None = None, **options: Any) -> App:
        settings = store()
        shell = Shell(application(), settings, TroubleRelay(), full_screen=options.get("fullscreen", False))
        app = App(shell, WindowOptions(source=source, **options), settings, fake_tools(sources, **(tools or {})))
        running.append(app)
        app.desk.calibration.timing = QUICK
        app.window.resize(1280, 800)
        with qtbot.waitExposed(app.window):
            app.window.show()
        app.start()
        return app

    yield start
    for app in running:
        app.window.close()
        app.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
