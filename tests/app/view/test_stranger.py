"""What a new user can do within a minute without reading anything: only with keys and clicks, in the real window with
the real models and landmarks. The test reads only what the app shows."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from app.profiles import profile
from app.tiny_models import follows_head
from app.view.hands import Hands, press
from gaze_demo import paths
from gaze_demo.calibration.mapping import Mapping
from gaze_demo.calibration.profile import save_profile
from gaze_demo.calibration.sitting import Timing
from gaze_demo.options import WindowOptions
from gaze_demo.view.app import App
from gaze_demo.view.shared.qt import application
from gaze_demo.view.shared.settings import Settings
from gaze_demo.view.shell import Shell
from gaze_demo.view.window.trouble import TroubleRelay

# The virtual participant looks at once; a person needs the time that the app gives.
BRISK = Timing(travel_s=0.2, settle_s=0.4, look_s=0.5, longest_s=2.5, repeats=1)


@pytest.fixture(autouse=True)
def file_dialogs() -> None:
    """Here they are real, and each is answered."""


@pytest.fixture
def hands(qtbot: QtBot) -> Hands:
    return Hands(qtbot)


@pytest.fixture
def window(
    store: Callable[[], Settings], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], App]]:
    """The window as `gaze-demo --source SOURCE` shows it, with three of the shipped models: to fit them all takes long
    on a busy machine."""
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("teacher", "mobilenet25", "mobilenet12"):
        for path in paths.models().glob(f"{name}.*"):
            shutil.copy(path, folder)
    monkeypatch.setattr(paths, "models", lambda: folder)
    running: list[App] = []
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)

    def window(source: str) -> App:
        shell = Shell(application(), store(), TroubleRelay())
        app = App(shell, WindowOptions(source=source), store())
        running.append(app)
        app.desk.calibration.timing = BRISK
        app.window.resize(1280, 800)
        with qtbot.waitExposed(app.window):
            app.window.show()
        app.start()
        return app

    yield window
    for app in running:
        app.window.close()
        app.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Half a minute of somebody."""
    path = tmp_path / "somebody.mp4"
    image = cv2.resize(cv2.imread(str(paths.assets() / "portrait.jpg")), (480, 480))
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for i in range(300):
            frame = np.full((480, 640, 3), 110, np.uint8)
            left = 80 + round(20 * np.sin(i / 5))
            frame[:, left : left + 480] = image
            out.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        out.mux(stream.encode())
    return path


def test_two_models_are_compared_on_a_recorded_film(window: Callable[[str], App], hands: Hands, film: Path) -> None:
    window("virtual")
    hands.wait(lambda: "true error" in hands.texts())
    hands.in_dialog(hands.open_path(film))
    hands.menu("File", "Open video or image")
    hands.wait(lambda: "/ 0:30.0" in hands.texts())
    for pane, model in (("left", "mobilenet12"), ("right", "teacher")):
        hands.choose(f"Model of the {pane} pane", model)
    hands.wait(lambda: hands.texts().count("yaw") >= 2)
    hands.wait(lambda: re.fullmatch(r"\d+\.\d°", hands.figure("Now")) and hands.figure("Model latency")[0].isdigit())
    assert float(hands.figure("Median").rstrip("°")) < 15
    assert "true error" not in hands.texts()  # the truth of a film is unknown


def test_a_calibration_tells_how_good_it_is(window: Callable[[str], App], hands: Hands) -> None:
    window("virtual")
    hands.click("Calibrate")
    hands.choose("Number of dots", "5 dots and 5 for validation, 20 seconds")
    hands.type(hands.find(QLineEdit, "Name of the profile"), "Ada", enter=False)
    hands.click("Start")
    hands.wait(lambda: "follows the virtual participant's eyes to" in hands.texts())
    best = re.search(r"(\S+) follows the virtual participant's eyes to (\d+\.\d)°", hands.texts())
    assert best is not None
    assert float(best.group(2)) < 5
    hands.click("Close")
    hands.wait(lambda: re.search(r"x \d+  y \d+ px .*\d\.\d° off  (good|fair|poor)", hands.texts()))
    assert hands.find(QPushButton, "Calibrate again").isEnabled()


def test_why_there_is_no_gaze_is_said_where_the_picture_is(
    window: Callable[[str], App], hands: Hands, tmp_path: Path, film: Path
) -> None:
    cv2.imwrite(str(tmp_path / "night.png"), np.full((480, 640, 3), 4, np.uint8))
    cv2.imwrite(str(tmp_path / "empty.png"), np.full((480, 640, 3), 120, np.uint8))
    (tmp_path / "broken.mp4").write_text("no film")
    window(str(tmp_path / "night.png"))
    hands.wait(lambda: "Too dark. Turn on a light" in hands.texts())
    for name, said in (("empty.png", "No face found"), ("broken.mp4", "This cannot be shown"), (film.name, "yaw")):
        hands.in_dialog(hands.open_path(tmp_path / name))
        hands.menu("File", "Open video or image")
        hands.wait(lambda said=said: said in hands.texts())


def test_a_model_is_added_and_shown_in_the_pane_that_one_chooses(
    window: Callable[[str], App], hands: Hands, tmp_path: Path
) -> None:
    follows_head(tmp_path / "mine.onnx")
    window("virtual")
    hands.wait(lambda: "true error" in hands.texts())
    hands.in_dialog(
        hands.open_path(tmp_path / "mine.onnx"),
        lambda dialog: press(dialog, Qt.Key.Key_Down, Qt.Key.Key_Return),  # the right pane
    )
    hands.menu("File", "Add model")
    hands.wait(lambda: "Added mine." in hands.texts())
    assert hands.find(QComboBox, "Model of the right pane").currentText() == "mine"
    assert hands.find(QComboBox, "Model of the left pane").currentText() != "mine"
    hands.wait(lambda: hands.texts().count("true error") >= 2)


def test_what_was_kept_of_a_person_is_deleted(window: Callable[[str], App], hands: Hands) -> None:
    save_profile(profile("Ada", {"teacher": Mapping()}))
    assert any(paths.profiles().iterdir())
    window("virtual")
    hands.menu("Calibrate", "Manage profiles")
    kept = hands.find(QListWidget, "Profiles")
    hands.wait(lambda: kept.count() == 1 and kept.item(0).text().startswith("Ada"))
    hands.in_dialog(lambda dialog: press(dialog, Qt.Key.Key_Tab) or hands.click("Yes"))
    hands.click("Delete")
    hands.wait(lambda: kept.count() == 0)
    assert not any(paths.profiles().rglob("*.json"))
