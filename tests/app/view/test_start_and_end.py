"""How the window starts and how it ends, in separate processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.tiny_models import follows_head
from gaze_demo import paths
from gaze_demo.landmarks.engine import direct_is_available

_WATCH = """
import sys, threading
loaded = {}
class Watch:
    def find_spec(self, name, path=None, target=None):
        loaded[name] = threading.current_thread() is threading.main_thread()
sys.meta_path.insert(0, Watch())
from gaze_demo.cli import main
code = main(sys.argv[1:])
for name, by_main in list(loaded.items()):
    print(name, by_main)
sys.stdout.flush()
raise SystemExit(code)
"""
_LIGHT = """
import sys, gaze_demo.commands.window
heavy = ("cv2", "mediapipe", "onnxruntime", "pydantic", "scipy", "pyarrow", "yaml")
print(*(name for name in heavy if name in sys.modules))
"""


# What nobody needs who only looks at the picture.
_LATER = (
    "mediapipe", "pandas", "psutil", "pyarrow", "pylsl", "pyqtgraph", "torch", "websockets", "yaml",
    "gaze_demo.calibration.calibrate", "gaze_demo.calibration.profile", "gaze_demo.camera.virtual",
    "gaze_demo.participant.participant", "gaze_demo.session.folder", "gaze_demo.session.recorder",
    "gaze_demo.view.calibration.results", "gaze_demo.view.calibration.screen", "gaze_demo.view.replay.replay_window",
    "gaze_demo.view.window.about", "gaze_demo.view.window.help", "gaze_demo.view.window.palette",
)  # fmt: skip
_OF_A_CAMERA = "import sys, gaze_demo.commands.window, gaze_demo.view.app; print('av' in sys.modules)"


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "QT_QPA_PLATFORM": "offscreen"}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return follows_head(tmp_path / "tiny.onnx")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    """Every module that a window with a picture and a model loads, and whether on the main thread."""
    model = follows_head(tmp_path_factory.mktemp("model") / "tiny.onnx")
    portrait = paths.assets() / "portrait.jpg"
    command = [sys.executable, "-c", _WATCH, "--source", str(portrait), "--model", str(model), "--duration", "8"]
    run = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    return {name: by_main == "True" for name, by_main in (line.split() for line in run.stdout.splitlines())}


def test_whatever_makes_classes_of_qt_is_loaded_on_the_main_thread(loaded: dict[str, bool]) -> None:
    makes_qt = [name for name in loaded if name.startswith(("PySide6", "shiboken6", "gaze_demo.view"))]
    assert len(makes_qt) > 30, makes_qt
    assert [name for name in makes_qt if not loaded[name]] == []


def test_the_window_loads_nothing_that_only_other_commands_need(loaded: dict[str, bool]) -> None:
    assert {"cv2", "onnxruntime", "gaze_demo.observer", "gaze_demo.view.app"} <= set(loaded)
    later = set(_LATER) if direct_is_available() else set(_LATER) - {"mediapipe"}
    assert later & set(loaded) == set()


def test_a_camera_does_not_wait_for_the_decoder_of_films() -> None:
    run = subprocess.run([sys.executable, "-c", _OF_A_CAMERA], env=environment(), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "False"


def test_the_window_is_there_before_anything_heavy_is_loaded() -> None:
    run = subprocess.run([sys.executable, "-c", _LIGHT], env=environment(), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == ""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.fault("the window's process is asked to end: Ctrl-C, kill, a closed terminal", "it closes within seconds")
@pytest.mark.parametrize("asked", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("after_s", [0.9, 6.0], ids=["while it starts", "while it runs"])
def test_the_window_ends_when_it_is_asked_to(model: Path, asked: str, after_s: float) -> None:
    command = [sys.executable, "-m", "gaze_demo", "--source", "virtual:path", "--model", str(model)]
    run = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(after_s)
    run.send_signal(getattr(signal, asked))
    _, errors = run.communicate(timeout=30)
    number = getattr(signal, asked)
    assert run.returncode in (0, 128 + number, -number), errors  # the last: before any of our code ran
    assert "Traceback" not in errors
    assert "terminate" not in errors


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_the_window_goes_on_without_its_terminal_if_nohup_started_it(model: Path) -> None:
    command = [sys.executable, "-m", "gaze_demo", "--source", "virtual:path", "--model", str(model)]
    ignored = (
        "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", ignored, *command],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(12):
        time.sleep(0.5)
        run.send_signal(signal.SIGHUP)
    going_on = run.poll() is None
    run.send_signal(signal.SIGTERM)
    _, errors = run.communicate(timeout=50)
    assert going_on, errors
    assert run.returncode in (0, 128 + signal.SIGTERM), errors
