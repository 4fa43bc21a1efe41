from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from gaze_demo import clock
from gaze_demo.camera import devices
from gaze_demo.camera.devices import CameraDevice, find_camera, list_cameras
from gaze_demo.camera.source import SourceError


def info(index: int, name: str) -> SimpleNamespace:
    return SimpleNamespace(index=index, name=name, path=f"/dev/video{index}")


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_lister", devices._Lister())


def connect(monkeypatch: pytest.MonkeyPatch, *infos: SimpleNamespace) -> None:
    monkeypatch.setattr(devices, "enumerate_cameras", lambda backend: list(infos))


def test_cameras_come_by_index(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, info(2, "Logi C920"), info(0, "Integrated Camera"))
    assert list_cameras() == [
        CameraDevice(0, "Integrated Camera", "/dev/video0"),
        CameraDevice(2, "Logi C920", "/dev/video2"),
    ]


def test_cameras_of_one_name_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, info(0, "C920"), info(2, "C920"), info(4, ""))
    assert [camera.name for camera in list_cameras()] == ["C920 (0)", "C920 (2)", "Camera 4"]


def test_a_hanging_driver_costs_a_second_and_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, info(0, "Integrated Camera"))
    known = list_cameras()
    released = threading.Event()
    calls = []

    def hang(backend: int) -> list[SimpleNamespace]:
        calls.append(backend)
        released.wait(30)
        return []

    monkeypatch.setattr(devices, "enumerate_cameras", hang)
    began = clock.now_s()
    assert list_cameras() == known
    assert list_cameras() == known
    assert clock.now_s() - began < 3.0
    assert len(calls) == 1
    released.set()


@pytest.mark.fault("the list of cameras cannot be had", "there is no camera; nothing breaks")
def test_a_backend_that_fails_is_no_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(backend: int) -> list[SimpleNamespace]:
        raise OSError("no camera service")

    monkeypatch.setattr(devices, "enumerate_cameras", fail)
    monkeypatch.setattr(devices.Path, "exists", lambda self: False)
    assert list_cameras() == []


@pytest.mark.parametrize("name", ["Logi C920", "logi c920", " Logi C920 ", "c920"])
def test_a_camera_is_found_by_its_name_or_a_part_of_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, info(0, "Integrated Camera"), info(2, "Logi C920"))
    assert find_camera(name).index == 2


def test_a_whole_name_wins_over_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, info(0, "Camera"), info(2, "Camera HD"))
    assert find_camera("camera").index == 0


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Brio", r'no camera "Brio" \(connected: 0 "C920 \(0\)", 2 "C920 \(2\)"\)'),
        ("C920", r"Several cameras fit .* choose one by its number"),
        ("", "no camera"),
    ],
)
def test_a_name_that_fits_none_or_several_says_what_there_is(
    name: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, info(0, "C920"), info(2, "C920"))
    with pytest.raises(SourceError, match=sentence) as caught:
        find_camera(name)
    assert caught.value.kind == "absent"
