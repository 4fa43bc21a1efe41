"""Each fault of a webcam through OpenCV's own V4L2 code, on an emulated driver that is not in the repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

WATCH = Path(__file__).with_name("watch_camera.py")


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("emulated") / "picture.png"
    shades = np.linspace(0, 255, 1280, dtype=np.uint8)
    cv2.imwrite(str(path), np.repeat(np.tile(shades, (720, 1))[..., None], 3, 2))
    return path


@pytest.fixture
def emulator(shared: Path) -> Path:
    path = shared / "fakecam" / "fakecam"
    if not path.is_file() or shutil.which("gcc") is None or shutil.which("bash") is None:
        pytest.skip("needs the emulated webcam and gcc")
    return path


@pytest.fixture
def watch(emulator: Path, picture: Path) -> Any:
    def watch(*options: str, size: str = "640x480", **faults: int) -> dict[str, Any]:
        """What `watch_camera.py` saw under faults such as UNPLUG=20."""
        command = ["bash", emulator, picture, "--size", size, "--frames", "5", "--", sys.executable, WATCH, *options]
        environment = {f"FAKECAM_{name}": str(value) for name, value in faults.items()}
        environment = {**os.environ, "PYTHON": sys.executable, **environment}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90)
        assert done.returncode == 0, done.stderr
        assert "VIDEOIO" not in done.stderr, "OpenCV's own words reach the terminal"
        seen: dict[str, Any] = json.loads(done.stdout)
        assert seen["longest_call_s"] < 0.8, "a call waited for the driver"
        assert seen["closed"]
        return seen

    return watch


def states(seen: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(change["state"], change["fault"]) for change in seen["changes"] if change["state"] != "opening"]


def test_frames_come_at_the_cameras_rate_and_fresh(watch: Any) -> None:
    seen = watch("--frames", "60", size="1280x720")
    assert states(seen) == [("streaming", None)]
    assert seen["size"] == [1280, 720]
    assert seen["format"] == "1280 x 720 at 30 fps, YUYV"
    assert 27 < seen["fps"] < 33
    assert seen["age_s"] < 0.02


def test_the_camera_gives_what_it_can(watch: Any) -> None:
    assert watch("--frames", "5", FPS=15)["format"] == "640 x 480 at 15 fps, YUYV"


def test_an_unplugged_camera_streams_again_when_it_is_back(watch: Any) -> None:
    seen = watch("--until", "streaming,lost,streaming", "--frames", "10", UNPLUG=15, REPLUG=1000)
    assert states(seen) == [("streaming", None), ("lost", "unplugged"), ("streaming", None)]
    lost = next(change for change in seen["changes"] if change["state"] == "lost")
    assert lost["without_frame_s"] < 1.0
    assert "was unplugged: plug it in again" in lost["message"]
    assert seen["delivered"] + seen["dropped"] > 15, "those after it came back are counted on"


def test_a_silent_camera_is_noticed_in_time_and_streams_again_when_it_wakes(watch: Any) -> None:
    seen = watch("--until", "streaming,silent,streaming", "--frames", "10", "--wake", STALL=15)
    assert states(seen) == [("streaming", None), ("silent", "silent"), ("streaming", None)]
    silent = next(change for change in seen["changes"] if change["state"] == "silent")
    assert silent["without_frame_s"] < 1.5
    assert "sends no picture: check its cable" in silent["message"]


def test_a_camera_held_by_another_program_is_busy(watch: Any) -> None:
    seen = watch("--until", "failed", BUSY=1)
    assert states(seen) == [("failed", "busy")]
    assert "in use by another program: close that program" in seen["changes"][-1]["message"]
