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

_WATCH = """
import sys, threading
loaded = {}
class Watch:
    def find_spec(self, name, path=None, target=None):
        loaded[name] = threading.current_thread() is threading.main_thread()
sys.meta_path.insert(0, Watch())
from gaze_demo.cli import main
code = main(sys.argv[1:])
makes_qt = [name for name, by_main in loaded.items() if name.startswith(("PySide6", "shiboken6", "gaze_demo.view"))]
assert len(makes_qt) > 30, makes_qt
print(*(name for name in makes_qt if not loaded[name]))
sys.stdout.flush()
raise SystemExit(code)
"""
_LIGHT = """
import sys, gaze_demo.view.run
heavy = ("cv2", "mediapipe", "onnxruntime", "pydantic", "scipy", "pyarrow", "yaml")
print(*(name for name in heavy if name in sys.modules))
"""


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "QT_QPA_PLATFORM": "offscreen"}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return follows_head(tmp_path / "tiny.onnx")


def test_whatever_makes_classes_of_qt_is_loaded_on_the_main_thread(model: Path) -> None:
    portrait = paths.assets() / "portrait.jpg"
    command = [sys.executable, "-c", _WATCH, "--source", str(portrait), "--model", str(model), "--duration", "8"]
    run = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == ""


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
