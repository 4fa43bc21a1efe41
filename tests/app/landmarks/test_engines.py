import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, replace
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.landmarks.scene import place, placing
from gaze_demo.errors import UserError
from gaze_demo.landmarks import bundle, engine
from gaze_demo.landmarks.engine import LandmarkEngine, engine_description, open_engine
from gaze_demo.landmarks.face import HALF_PX, FaceLandmarks
from gaze_demo.landmarks.region import FaceRegion

Image = NDArray[np.uint8]

SCENES = {
    "as it is": ((320.0, 240.0), 1.0, 0.0),
    "shifted": ((251.3, 180.6), 1.3, 0.0),
    "rolled clockwise": ((320.0, 240.0), 1.4, 25.0),
    "rolled the other way": ((300.0, 250.0), 1.0, -35.0),
    "on its side": ((320.0, 240.0), 1.2, 90.0),
    "upside down": ((320.0, 240.0), 1.2, 180.0),
    "small": ((420.0, 200.0), 0.5, 10.0),
}


def follow(engine: LandmarkEngine, image: Image, region: FaceRegion, looks: int = 8) -> FaceLandmarks:
    for _ in range(looks):
        face = engine.locate(image, region)
        assert face is not None
        region = FaceRegion.of_landmarks(face.points_px)
    return face


@pytest.mark.parametrize("name", SCENES)
def test_both_engines_follow_the_same_face_to_a_tenth_of_a_pixel(
    direct: LandmarkEngine, tasks: LandmarkEngine, portrait: Image, name: str
) -> None:
    at, scale, roll = SCENES[name]
    first = direct.detect(portrait)[0].region
    start = FaceRegion(at[0], at[1], first.side * scale, first.angle + np.radians(roll))
    image = place(portrait, at, scale, roll)
    one, other = (follow(engine, image, start) for engine in (direct, tasks))
    assert np.abs(one.points_px - other.points_px).max() < 0.1
    assert np.abs(one.depth_px - other.depth_px).max() < 0.3
    if abs(roll) < 1:  # MediaPipe's scores depend on the roll
        assert astuple(one.scores()) == pytest.approx(astuple(other.scores()), abs=0.01)


@pytest.mark.parametrize("name", [name for name in SCENES if name not in ("small", "on its side", "upside down")])
def test_both_engines_detect_the_same_box(
    direct: LandmarkEngine, tasks: LandmarkEngine, portrait: Image, name: str
) -> None:
    image = place(portrait, *SCENES[name])
    (one,), (other,) = direct.detect(image), tasks.detect(image)
    assert one.low == pytest.approx(other.low, abs=2.0)
    assert one.high == pytest.approx(other.high, abs=2.0)
    assert one.key_points == pytest.approx(other.key_points, abs=0.5)
    assert one.score == pytest.approx(other.score, abs=0.01)


@pytest.mark.parametrize("roll", [0.0, 40.0, 90.0, 180.0, -120.0])
def test_landmarks_turn_with_the_picture(direct: LandmarkEngine, portrait: Image, roll: float) -> None:
    upright = follow(direct, portrait, direct.detect(portrait)[0].region)
    warp = placing((320, 240), 1.2, roll)
    expected = (upright.points_px - HALF_PX) @ warp[:, :2].T + warp[:, 2] + HALF_PX
    found = follow(direct, place(portrait, (320, 240), 1.2, roll), FaceRegion.of_landmarks(expected))
    assert np.linalg.norm(found.points_px - expected, axis=1).mean() < 1.0
    assert astuple(found.scores()) == pytest.approx(astuple(upright.scores()), abs=0.06)


def test_scores_that_other_threads_ask_for_later_are_those_of_their_own_frame(
    direct: LandmarkEngine, portrait: Image
) -> None:
    region = direct.detect(portrait)[0].region
    sizes = np.linspace(0.8, 1.2, 6) * region.side
    at_once, later = ([direct.locate(portrait, replace(region, side=side)) for side in sizes] for _ in range(2))
    expected = [astuple(face.scores()) for face in at_once if face is not None]
    assert len(set(expected)) == len(sizes)
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda face: astuple(face.scores()), [face for face in later if face is not None]))
    assert found == expected


@pytest.mark.parametrize("at", [(90.0, 240.0), (560.0, 240.0), (320.0, 90.0), (320.0, 400.0)])
def test_a_face_at_the_edge_is_read_as_if_the_picture_went_on(
    direct: LandmarkEngine, portrait: Image, at: tuple[float, float]
) -> None:
    first, margin = direct.detect(portrait)[0].region, 300
    image = place(portrait, at, 1.6)
    region = FaceRegion(*at, 1.6 * first.side, 0.2)
    larger = cv2.copyMakeBorder(image, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    found = direct.locate(image, region)
    expected = direct.locate(larger, replace(region, x=region.x + margin, y=region.y + margin))
    assert found is not None
    assert expected is not None
    assert np.abs(found.points_px + margin - expected.points_px).max() < 0.02


def test_landmarks_are_not_smoothed(engine: LandmarkEngine, portrait: Image) -> None:
    """What was seen before changes nothing but the cut-out: after a step of 5 px the landmarks are there at once."""
    start = engine.detect(place(portrait, (320, 240), 1.3))[0].region
    here = follow(engine, place(portrait, (320, 240), 1.3), start, 4)
    there = engine.locate(place(portrait, (325, 240), 1.3), FaceRegion.of_landmarks(here.points_px))
    assert there is not None
    moved = (there.points_px - here.points_px)[[468, 473, 1]]
    assert moved[:, 0] == pytest.approx(5.0, abs=1.0)
    assert moved[:, 1] == pytest.approx(0.0, abs=1.0)


def test_where_there_is_no_face_there_are_no_landmarks(engine: LandmarkEngine) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
    assert engine.detect(noise) == []
    assert engine.locate(noise, FaceRegion(320, 240, 200, 0.0)) is None


def test_a_region_that_leaves_the_picture_is_looked_at_all_the_same(engine: LandmarkEngine, portrait: Image) -> None:
    image = place(portrait, (40, 240), 1.0)  # the face's edge is cut off
    face = engine.locate(image, FaceRegion(40, 240, 175, 0.0))
    assert face is not None
    assert face.points_px[:, 0].min() < 20


def test_without_litert_mediapipe_takes_over_unless_direct_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mediapipe")
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    monkeypatch.setattr(engine, "direct_is_available", lambda: False)
    found = open_engine("auto", blendshapes=False)
    assert found.name == "mediapipe"
    found.close()
    assert engine_description("auto").startswith("mediapipe (MediaPipe Tasks ")
    with pytest.raises(UserError, match=r"needs LiteRT.*--landmarks mediapipe"):
        open_engine("direct")


def test_the_direct_engine_is_the_default_and_leaves_mediapipe_alone(direct: LandmarkEngine, tmp_path: Any) -> None:
    import subprocess

    code = (
        "import sys; from gaze_demo.observer import Observer; o = Observer(video=True); "
        "print(o.engine, 'mediapipe' in sys.modules); o.close()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["direct", "False"]
    assert engine_description("auto").startswith("direct (LiteRT ")


def test_a_bundle_that_is_another_file_is_refused(tmp_path: Any) -> None:
    with pytest.raises(UserError, match="missing or not the expected file"):
        bundle.Bundle(tmp_path / "none.task")
    (tmp_path / "other.task").write_bytes(b"zip")
    with pytest.raises(UserError, match="missing or not the expected file"):
        bundle.Bundle(tmp_path / "other.task")


def test_what_the_command_line_prefers_is_what_auto_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mediapipe")
    monkeypatch.setattr(engine, "_preferred", "auto")
    engine.prefer("mediapipe")
    found = open_engine("auto", blendshapes=False)
    assert found.name == "mediapipe"
    assert engine_description().startswith("mediapipe")
    found.close()
