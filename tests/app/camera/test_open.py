from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from gaze_demo.camera import devices
from gaze_demo.camera.images import ImageFiles
from gaze_demo.camera.open import SourceOptions, default_spec, open_source
from gaze_demo.camera.source import SourceError
from gaze_demo.camera.video import VideoFile
from gaze_demo.camera.webcam import Webcam
from gaze_demo.errors import UserError


@pytest.fixture
def cameras(monkeypatch: pytest.MonkeyPatch) -> dict[int, str]:
    """Index and name of the cameras that are connected; a test may change them."""
    cameras = {1: "Logi C920"}
    monkeypatch.setattr(devices, "_lister", devices._Lister())
    monkeypatch.setattr(devices.Path, "exists", lambda self: str(self) != "/dev/video0" and _exists(self))
    monkeypatch.setattr(
        devices,
        "enumerate_cameras",
        lambda backend: [SimpleNamespace(index=index, name=name, path="") for index, name in cameras.items()],
    )
    return cameras


_exists = Path.exists


class Participant:
    """Replaces VirtualSource, and stores its arguments."""

    def __init__(self, **settings: object) -> None:
        self.settings = settings


@pytest.fixture
def _participant(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("gaze_demo.camera.virtual")
    module.VirtualSource = Participant  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gaze_demo.camera.virtual", module)


@pytest.mark.parametrize(("spec", "name"), [("0", "Camera 0"), (" 12 ", "Camera 12"), ("Logi C920", "Logi C920")])
@pytest.mark.usefixtures("cameras")
def test_a_number_or_a_name_is_a_camera(spec: str, name: str) -> None:
    source = open_source(spec)
    assert isinstance(source, Webcam)
    assert source.name == name


@pytest.mark.usefixtures("cameras")
@pytest.mark.parametrize("name", ["USB2.0 HD UVC WebCam: USB2.0 HD", "FaceTime HD (v. 2)"])
def test_a_camera_that_is_not_there_yet_can_be_waited_for(name: str) -> None:
    source = open_source(name)
    with pytest.raises(SourceError, match="There is no camera") as caught:
        source.open()
    assert caught.value.kind == "absent"


def test_a_camera_may_have_a_name_like_a_path(cameras: dict[int, str]) -> None:
    cameras[3] = "C920/C930e"
    assert isinstance(open_source("C920/C930e"), Webcam)


def test_a_path_is_what_lies_there(tmp_path: Path, cameras: dict[int, str]) -> None:
    for name in ("a.PNG", "film.mp4", "c920"):
        (tmp_path / name).touch()
    assert isinstance(open_source(str(tmp_path)), ImageFiles)
    assert isinstance(open_source(str(tmp_path / "a.PNG")), ImageFiles)
    assert isinstance(open_source(str(tmp_path / "film.mp4")), VideoFile)
    assert isinstance(open_source(str(tmp_path / "c920")), VideoFile), "a path that exists is no camera's name"


@pytest.mark.parametrize("real_time", [True, False])
def test_images_stay_in_a_window_and_come_once_without(tmp_path: Path, real_time: bool) -> None:
    source = open_source(str(tmp_path), SourceOptions(real_time=real_time))
    assert (source.frame_rate is not None) == real_time


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("Brio", r'no camera "Brio" \(connected: 1 "Logi C920"\): plug it in'),
        ("film.mp4", r"no file film\.mp4"),
        ("no/such/folder", "no file no/such/folder"),
        ("-1", 'no camera "-1"'),
        ("virtual:fast", 'does not know "fast": it takes path or pointer'),
        ("virtual:person=two", 'does not know "person=two"'),
    ],
)
@pytest.mark.usefixtures("cameras", "_participant")
def test_what_is_neither_is_one_sentence(spec: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        open_source(spec).open()


@pytest.mark.usefixtures("_participant")
@pytest.mark.parametrize(
    ("spec", "settings"),
    [
        ("virtual", {}),
        ("virtual:", {}),
        ("virtual:path", {"mode": "path"}),
        (
            "virtual: pointer, person=2,head=moving ,seed=7",
            {"mode": "pointer", "person": 2, "head": "moving", "seed": 7},
        ),
    ],
)
def test_the_virtual_participant_takes_settings(spec: str, settings: dict[str, object]) -> None:
    source = open_source(spec, SourceOptions(width=640, height=480, rate=15, hfov_deg=70))
    assert isinstance(source, Participant)
    assert source.settings == {**settings, "width": 640, "height": 480, "rate": 15, "hfov_deg": 70}


@pytest.mark.usefixtures("_participant")
def test_without_real_time_the_virtual_participant_does_not_pace_itself() -> None:
    source = open_source("virtual", SourceOptions(real_time=False))
    assert isinstance(source, Participant)
    assert source.settings == {"real_time": False}


@pytest.mark.usefixtures("_participant")
def test_nothing_is_the_first_camera_or_else_the_virtual_participant(cameras: dict[int, str]) -> None:
    cameras[0] = "Integrated Camera"
    assert default_spec() == "0"
    assert isinstance(open_source(), Webcam)
    cameras.clear()
    assert default_spec() == "virtual"
    assert isinstance(open_source(), Participant)
