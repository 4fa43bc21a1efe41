from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from gaze_demo import clock
from gaze_demo.camera import devices, webcam
from gaze_demo.camera.source import SourceError
from gaze_demo.camera.webcam import CameraFormat, Webcam

FRAME = np.zeros((720, 1280, 3), np.uint8)


class Driver:
    """The cameras that a test simulates, instead of OpenCV and the system.

    `names`: by index. `grabs`: called in turn for each grab, the last for ever. `captures`: all that were opened.
    """

    def __init__(self) -> None:
        self.names = {0: "Integrated Camera"}
        self.opens = True
        self.grabs: list[Callable[[], bool]] = [lambda: True]
        self.images: list[np.ndarray | None] = [FRAME]
        self.stamp_s: Callable[[], float] = lambda: -1.0
        self.captures: list[Capture] = []

    def enumerate(self, backend: int) -> list[SimpleNamespace]:
        return [SimpleNamespace(index=index, name=name, path="") for index, name in self.names.items()]

    def capture(self, index: int, backend: int) -> Capture:
        self.captures.append(Capture(self, index))
        return self.captures[-1]


class Capture:
    """Replaces cv2.VideoCapture: a camera whose only size is 1280 x 720."""

    def __init__(self, driver: Driver, index: int) -> None:
        self.driver, self.index = driver, index
        self.set_values: dict[int, float] = {}
        self.released = False

    def isOpened(self) -> bool:
        return self.driver.opens

    def set(self, key: int, value: float) -> bool:
        self.set_values[key] = value
        return True

    def get(self, key: int) -> float:
        if key == cv2.CAP_PROP_POS_MSEC:
            return self.driver.stamp_s() * 1000
        known = {cv2.CAP_PROP_FRAME_WIDTH: 1280, cv2.CAP_PROP_FRAME_HEIGHT: 720, cv2.CAP_PROP_FPS: 30}
        return float(known.get(key, self.set_values.get(key, -1)))

    def grab(self) -> bool:
        grabs = self.driver.grabs
        return (grabs.pop(0) if len(grabs) > 1 else grabs[0])()

    def retrieve(self) -> tuple[bool, np.ndarray | None]:
        images = self.driver.images
        image = images.pop(0) if len(images) > 1 else images[0]
        return image is not None, image

    def release(self) -> None:
        self.released = True


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Driver]:
    driver = Driver()
    monkeypatch.setattr(cv2, "VideoCapture", driver.capture)
    monkeypatch.setattr(devices, "enumerate_cameras", driver.enumerate)
    monkeypatch.setattr(devices, "_lister", devices._Lister())
    monkeypatch.setattr(webcam, "check_access", lambda index, name: None)
    monkeypatch.setattr(webcam, "_PAUSE_S", 0.001)
    yield driver
    assert all(capture.released for capture in driver.captures), "a camera was left open"


def fails_after(seconds: float) -> Callable[[], bool]:
    return lambda: time.sleep(seconds) or False


def opened(index_or_name: int | str, **options: float) -> Webcam:
    camera = Webcam(index_or_name, **options)  # type: ignore[arg-type]
    camera.open()
    return camera


def test_a_camera_gives_numbered_frames_of_now_and_its_name(driver: Driver) -> None:
    camera = opened(0)
    before = clock.now_s()
    frames = [camera.read() for _ in range(3)]
    camera.close()
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert all(before <= frame.time_s <= clock.now_s() for frame in frames)
    assert camera.name == "Integrated Camera"
    assert camera.live


def test_the_drivers_stamp_is_the_capture_time_where_it_is_of_our_clock(driver: Driver) -> None:
    stamp = clock.now_s() - 0.03
    driver.stamp_s = lambda: stamp
    camera = opened(0)
    assert camera.read().time_s == pytest.approx(stamp)
    driver.stamp_s = lambda: 1.7e9  # of the wall clock
    assert camera.read().time_s == pytest.approx(clock.now_s(), abs=0.5)
    camera.close()


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS chooses the compression itself")
@pytest.mark.parametrize(
    ("asked", "size", "compressed"),
    [
        ({}, (1280, 720), True),
        ({"width": 640, "height": 480}, (640, 480), False),
        ({"width": 1920}, (1920, 1080), True),
        ({"height": 360, "rate": 15}, (640, 360), False),
    ],
)
def test_more_than_vga_is_asked_for_compressed(
    asked: dict[str, float], size: tuple[int, int], compressed: bool, driver: Driver
) -> None:
    camera = opened(0, **asked)
    wanted = driver.captures[0].set_values
    assert (wanted[cv2.CAP_PROP_FRAME_WIDTH], wanted[cv2.CAP_PROP_FRAME_HEIGHT]) == size
    assert wanted[cv2.CAP_PROP_FPS] == asked.get("rate", 30)
    assert (wanted.get(cv2.CAP_PROP_FOURCC) == cv2.VideoWriter.fourcc(*"MJPG")) == compressed
    camera.close()


def test_what_the_camera_agreed_to_is_told(driver: Driver) -> None:
    camera = opened(0, width=1920, height=1080)
    assert camera.format == CameraFormat(1280, 720, 30.0, "MJPG")
    assert str(camera.format) == "1280 x 720 at 30 fps, MJPG"
    assert camera.frame_rate == 30.0
    camera.close()


@pytest.mark.parametrize("name", ["Logi C920", "c920"])
def test_a_camera_is_opened_by_name(name: str, driver: Driver) -> None:
    driver.names[3] = "Logi C920"
    camera = opened(name)
    assert driver.captures[0].index == 3
    assert camera.name == "Logi C920"
    camera.close()


def test_a_camera_plugged_in_again_is_found_under_its_new_number(driver: Driver) -> None:
    driver.names[2] = "Logi C920"
    camera = opened(2)
    camera.read()
    camera.close()
    driver.names = {0: "Integrated Camera", 4: "Logi C920"}
    camera.open()
    assert driver.captures[-1].index == 4
    assert camera.read().index == 1, "counting goes on"
    camera.close()


@pytest.mark.fault("another camera gets the number of a lost one", "it is not opened in its place")
def test_another_camera_is_not_opened_in_the_place_of_one_that_is_gone(driver: Driver) -> None:
    driver.names = {0: "Logi C920", 1: "Integrated Camera"}
    camera = opened("Logi C920")
    camera.close()
    driver.names = {0: "Integrated Camera"}  # with new numbers
    with pytest.raises(SourceError, match="Logi C920 is not connected") as caught:
        camera.open()
    assert caught.value.kind == "absent"
    driver.names = {0: "Integrated Camera", 1: "Logi C920"}
    camera.open()
    assert driver.captures[-1].index == 1
    camera.close()


def test_a_camera_that_does_not_open_is_busy(driver: Driver) -> None:
    driver.opens = False
    with pytest.raises(SourceError, match="Integrated Camera is in use by another program") as caught:
        Webcam(0).open()
    assert caught.value.kind == "busy"


def test_a_number_that_is_no_camera_is_absent(driver: Driver) -> None:
    driver.opens = False
    with pytest.raises(SourceError, match="Camera 1 is not connected") as caught:
        Webcam(1).open()
    assert caught.value.kind == "absent"


def test_an_unplugged_camera_is_noticed_at_once(driver: Driver) -> None:
    driver.grabs = [lambda: True, lambda: False]
    camera = opened(0)
    camera.read()
    with pytest.raises(SourceError, match="was unplugged: plug it in again") as caught:
        camera.read()
    assert caught.value.kind == "unplugged"
    camera.close()


def broken() -> bool:
    raise cv2.error("the driver's own words")


@pytest.mark.fault("a camera sends one bad frame", "it is passed over")
@pytest.mark.parametrize("failure", [lambda: False, broken], ids=["refused", "raised"])
def test_one_bad_frame_is_no_loss(failure: Callable[[], bool], driver: Driver) -> None:
    driver.grabs = [failure, lambda: True]
    driver.images = [None, FRAME]  # the second cannot be decoded
    camera = opened(0)
    assert camera.read().index == 0
    camera.close()


def test_a_stream_that_stopped_is_silent_once_opencv_gives_up(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webcam, "_WAITED_S", 0.02)
    monkeypatch.setattr(webcam, "_STOPPED_S", 0.03)
    driver.grabs = [lambda: True, fails_after(0.04)]
    camera = opened(0)
    camera.read()
    with pytest.raises(SourceError, match="sends no picture: check its cable") as caught:
        camera.read()
    assert caught.value.kind == "silent"
    camera.close()


def test_a_slow_first_frame_is_waited_for(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webcam, "_WAITED_S", 0.02)
    monkeypatch.setattr(webcam, "_STOPPED_S", 0.03)
    driver.grabs = [fails_after(0.04), fails_after(0.04), lambda: True]
    camera = opened(0)
    assert camera.read().index == 0
    camera.close()


def test_a_camera_that_this_program_is_still_closing_is_waited_for(driver: Driver) -> None:
    first, second = opened(0), Webcam(0, 640, 480)
    closing = threading.Timer(0.1, first.close)
    closing.start()
    second.open()
    assert driver.captures[0].released
    second.close()
