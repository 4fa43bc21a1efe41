from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.drawn_face import CAMERA, head_pose, landmarks_of, noise_image
from app.tiny_models import follows_head
from gaze_demo import observer as observing
from gaze_demo import paths
from gaze_demo.camera.frame import Frame
from gaze_demo.camera.virtual import VirtualSource
from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics, angle_between, mirror_vector, pitch_yaw_to_vector
from gaze_demo.intrinsics import Lens
from gaze_demo.landmarks.face import FaceLandmarks
from gaze_demo.landmarks.search import Sighting
from gaze_demo.model.registry import find_model
from gaze_demo.model.session import GazeModel
from gaze_demo.observation import Observation, Reason
from gaze_demo.observer import Observer

LIDS = {"left": ((386, 374), (385, 380), (387, 373)), "right": ((159, 145), (158, 153), (160, 144))}
CORNERS = {"left": (263, 362), "right": (33, 133)}


def frame(image: np.ndarray) -> Frame:
    return Frame(np.ascontiguousarray(image), 0, 0.0)


@pytest.fixture(scope="module")
def portrait() -> np.ndarray:
    """A photograph of a face that looks near the lens, 512 x 512."""
    image = cv2.imread(str(paths.assets() / "portrait.jpg"))
    assert image is not None
    return np.asarray(image, np.uint8)


@pytest.fixture(scope="module")
def observer() -> Iterator[Observer]:
    with Observer(video=False) as made:
        yield made


def test_a_photograph_gives_face_pose_and_open_eyes(observer: Observer, portrait: np.ndarray) -> None:
    seen = observer.observe(frame(portrait))
    assert seen.reason is Reason.NONE
    assert seen.pose is not None
    assert 500 < seen.pose.distance_mm < 1200
    for eye in (seen.left, seen.right):
        assert eye is not None
        assert eye.valid
        assert 0.2 < eye.openness < 0.45
        assert 15 < eye.width_px < 25
    assert seen.landmarks_ms > 0


def test_a_mirrored_photograph_gives_mirrored_gaze(observer: Observer, portrait: np.ndarray, tmp_path: Path) -> None:
    model = GazeModel(find_model(str(follows_head(tmp_path / "tiny.onnx"))))
    here = model.estimate(observer.observe(frame(portrait)))
    there = model.estimate(observer.observe(frame(portrait[:, ::-1])))
    for gaze, other in ((here.gaze, there.gaze), (here.left, there.right), (here.right, there.left)):
        assert gaze is not None
        assert other is not None
        assert np.degrees(angle_between(mirror_vector(gaze), other)) < 1.5  # the landmarker is not quite symmetric
        assert np.degrees(angle_between(gaze, other)) > 3.0  # and the head does turn


@pytest.mark.parametrize(("level", "reason"), [(5, Reason.TOO_DARK), (128, Reason.NO_FACE)])
def test_an_image_without_a_face_says_so_unless_it_is_dark(observer: Observer, level: int, reason: Reason) -> None:
    seen = observer.observe(frame(np.full((480, 640, 3), level, np.uint8)))
    assert seen.reason is reason
    assert seen.landmarks is None
    assert seen.left is None


def test_eyes_that_the_picture_cuts_are_not_called_dark(observer: Observer, portrait: np.ndarray) -> None:
    whole = observer.observe(frame(portrait))
    assert whole.landmarks is not None
    eyes_px = round(float(whole.landmarks.points_px[[33, 133, 263, 362], 1].mean()))
    cut = observer.observe(frame(np.ascontiguousarray(portrait[eyes_px - 2 :])))
    assert cut.reason is Reason.OUT_OF_PICTURE


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_a_small_face_in_a_large_photograph_is_found_where_it_is(
    observer: Observer, portrait: np.ndarray, scale: float
) -> None:
    # The face is 115 px wide in the portrait: 57 of 1280 px are less than half of what the detector asks for.
    whole = observer.observe(frame(portrait))
    small = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    image = np.full((960, 1280, 3), 127, np.uint8)
    image[400 : 400 + len(small), 700 : 700 + len(small)] = small
    seen = observer.observe(frame(image))
    assert whole.landmarks is not None
    assert seen.landmarks is not None
    expected = whole.landmarks.points_px * scale + [700, 400]
    assert np.linalg.norm(seen.landmarks.points_px - expected, axis=-1).mean() < 2.0


def test_a_face_that_comes_nearer_is_followed(portrait: np.ndarray) -> None:
    found = []
    with Observer(video=True) as observer:
        for i in range(20):
            size = 160 + 18 * i
            image = np.full((480, 640, 3), 127, np.uint8)
            small = cv2.resize(portrait, (size, size), interpolation=cv2.INTER_AREA)[:480]
            image[: len(small), 60 : 60 + size] = small
            seen = observer.observe(Frame(image, i, i / 30))
            found.append(seen.landmarks is not None)
            if seen.landmarks is not None:
                middle = seen.landmarks.points_px.mean(0) - [60, 0]
                assert middle / size == pytest.approx([0.44, 0.24], abs=0.05)
    first = found.index(True)
    assert first < 7  # the parts are looked at in turn
    assert sum(found[first:]) >= len(found) - first - 2


def test_a_distorted_image_is_straightened_first(observer: Observer, portrait: np.ndarray) -> None:
    lens = Intrinsics(512, 512, 500.0, 500.0, 256.0, 256.0, (-0.3, 0.1, 0.0, 0.0, 0.0))
    grid = np.stack(np.meshgrid(np.arange(512.0), np.arange(512.0)), -1).reshape(-1, 1, 2)
    source = cv2.undistortPoints(grid, lens.matrix, np.array(lens.distortion), P=lens.matrix)
    bent = cv2.remap(portrait, source.reshape(512, 512, 2).astype(np.float32), None, cv2.INTER_LINEAR)
    straight = Lens(known=replace(lens, distortion=()))
    try:
        observer.lens = straight
        truth, naive = observer.observe(frame(portrait)), observer.observe(frame(bent))
        observer.lens = Lens(known=lens)
        seen = observer.observe(frame(bent))
    finally:
        observer.lens = Lens()
    assert seen.camera.distortion == ()
    assert truth.pose is not None
    assert naive.pose is not None
    assert seen.pose is not None
    off = np.linalg.norm(seen.pose.eyes_middle_mm - truth.pose.eyes_middle_mm)
    assert off < 8.0
    assert np.linalg.norm(naive.pose.eyes_middle_mm - truth.pose.eyes_middle_mm) > 3 * off


def test_intrinsics_of_another_shape_are_refused(observer: Observer, portrait: np.ndarray) -> None:
    try:
        observer.lens = Lens(known=Intrinsics.from_hfov(1280, 720, 60.0))
        with pytest.raises(UserError, match="1280 x 720 px, these have 512 x 512"):
            observer.observe(frame(portrait))
    finally:
        observer.lens = Lens()


def test_nothing_is_carried_over_a_jump_in_a_film(portrait: np.ndarray) -> None:
    with Observer(video=True) as observer:
        persons = [
            observer.observe(replace(frame(portrait), index=i, time_s=i / 30, cut=i == 2)).person for i in range(4)
        ]
    assert persons == [1, 1, 2, 2]


class FoundFace:
    """Replaces the search, and always finds these landmarks."""

    def __init__(self, landmarks: FaceLandmarks) -> None:
        self._landmarks = landmarks

    def find(self, image: np.ndarray, time_s: float) -> Sighting:
        return Sighting(self._landmarks, 1, 1)

    def close(self) -> None:
        pass


def observe_drawn(
    monkeypatch: pytest.MonkeyPatch,
    degrees: tuple[float, float, float] = (0, 0, 0),
    distance_mm: float = 600,
    openness: float = 0.3,
    blink: float = 0.1,
    gain: float = 1.0,
) -> Observation:
    landmarks = landmarks_of(head_pose(*degrees, at_mm=(0, 0, distance_mm)), blink=blink)
    for side, pairs in LIDS.items():
        outer, inner = landmarks.points_px[list(CORNERS[side])]
        width = np.linalg.norm(outer - inner)
        for pair in pairs:
            middle = landmarks.points_px[list(pair)].mean(0)
            landmarks.points_px[list(pair)] = middle + np.array([[0, -0.5], [0, 0.5]]) * openness * width
    monkeypatch.setattr(observing, "FaceSearch", lambda video, engine: FoundFace(landmarks))
    with Observer(video=False) as observer:
        return observer.observe(frame((noise_image() * gain).astype(np.uint8)))


# Of an eye at 600 mm: what is unusual about it, and why it cannot be read.
@pytest.mark.parametrize(
    ("unusual", "reason"),
    [
        pytest.param({}, Reason.NONE, id="nothing"),
        pytest.param({"openness": 0.14, "blink": 0.45}, Reason.NONE, id="looking far down"),
        pytest.param({"openness": 0.18, "blink": 0.45, "degrees": (0, 30, 0)}, Reason.NONE, id="far down, turned"),
        pytest.param({"openness": 0.1, "blink": 0.39}, Reason.NONE, id="screwed up in a smile"),
        pytest.param({"openness": 0.25, "blink": 0.6}, Reason.NONE, id="a high blink score of an open eye"),
        pytest.param({"openness": 0.08, "blink": 0.5}, Reason.EYE_CLOSED, id="closed"),
        pytest.param({"openness": 0.04, "blink": float("nan")}, Reason.EYE_CLOSED, id="closed, no blink score"),
        pytest.param({"openness": 0.14, "blink": float("nan")}, Reason.NONE, id="far down, no blink score"),
        pytest.param({"gain": 0.05}, Reason.TOO_DARK, id="dark"),
        pytest.param({"distance_mm": 1000}, Reason.NONE, id="at a metre"),
        pytest.param({"distance_mm": 1900}, Reason.EYE_TOO_SMALL, id="at two metres"),
        pytest.param({"degrees": (-30, 0, 0)}, Reason.NONE, id="head down"),
        pytest.param({"degrees": (0, 60, 0)}, Reason.HEAD_TURNED, id="head turned to the side"),
        pytest.param({"degrees": (60, 0, 0)}, Reason.HEAD_TURNED, id="head up"),
    ],
)
def test_why_there_is_no_gaze(monkeypatch: pytest.MonkeyPatch, unusual: dict[str, float], reason: Reason) -> None:
    seen = observe_drawn(monkeypatch, **unusual)
    assert seen.left is not None
    assert seen.right is not None
    assert (seen.left.reason, seen.right.reason) == (reason, reason)
    assert seen.reason is reason


@pytest.mark.parametrize("pitch_deg", [15.0, -40.0])
def test_eyes_that_look_far_up_or_down_are_not_taken_for_closed(pitch_deg: float) -> None:
    source = VirtualSource(real_time=False)
    source.open()
    first = source.read()
    assert first is not None
    assert first.truth is not None
    eyes_mm = (first.truth.left_eye_mm + first.truth.right_eye_mm) / 2
    source.look_at_mm(eyes_mm + 500 * pitch_yaw_to_vector([np.radians(pitch_deg), 0.0]))
    with Observer(video=False, lens=Lens(known=source.intrinsics)) as observer:
        for _ in range(6):  # the eyes take a moment, and may blink on their way
            source.read()
        taken = [source.read() for _ in range(12)][::4]
        seen = [observer.observe(one) for one in taken if one is not None]
    assert len(seen) == 3
    assert sum(one.valid for one in seen) >= 2


@pytest.mark.parametrize(("yaw_deg", "far"), [(50, "right"), (-50, "left")])
def test_of_a_head_turned_far_the_nearer_eye_still_counts(
    monkeypatch: pytest.MonkeyPatch, yaw_deg: float, far: str
) -> None:
    # Yaw + turns the face to the image's left: the person's right eye, there, goes behind the nose.
    seen = observe_drawn(monkeypatch, degrees=(0, yaw_deg, 0))
    assert seen.reason is Reason.NONE
    assert seen.left is not None
    assert seen.right is not None
    assert (seen.left.reason is Reason.HEAD_TURNED, seen.right.reason is Reason.HEAD_TURNED) == (
        far == "left",
        far == "right",
    )


@pytest.mark.parametrize("yaw_deg", [0.0, 20.0, -35.0])
def test_openness_does_not_depend_on_how_the_head_is_turned(monkeypatch: pytest.MonkeyPatch, yaw_deg: float) -> None:
    landmarks_px = landmarks_of(head_pose(0, yaw_deg, 0)).points_px
    front_px = landmarks_of(head_pose()).points_px
    found = FoundFace(FaceLandmarks(landmarks_px, np.zeros(478)))
    monkeypatch.setattr(observing, "FaceSearch", lambda video, engine: found)
    with Observer(video=False) as observer:
        seen = observer.observe(frame(noise_image()))
    for side, eye in (("left", seen.left), ("right", seen.right)):
        outer, inner = front_px[list(CORNERS[side])]
        gaps = [np.linalg.norm(front_px[a] - front_px[b]) for a, b in LIDS[side]]
        assert eye is not None
        assert eye.openness == pytest.approx(np.mean(gaps) / np.linalg.norm(outer - inner), rel=0.12)


def test_known_intrinsics_are_scaled_to_the_frame() -> None:
    assert Lens(known=CAMERA).for_size(1280, 960).fx == pytest.approx(2 * CAMERA.fx)
    assert Lens(90.0).for_size(640, 480).fx == pytest.approx(320.0)


@pytest.mark.parametrize("degrees", [0.5, 180.0, float("nan")])
def test_an_impossible_field_of_view_is_refused(degrees: float) -> None:
    with pytest.raises(UserError, match="between 1 and 179"):
        Lens(degrees)


@pytest.mark.parametrize(("code", "quarters"), [(cv2.ROTATE_90_CLOCKWISE, 1), (cv2.ROTATE_180, 2)])
def test_of_a_camera_on_its_side_or_upside_down_the_gaze_turns_with_the_picture(
    observer: Observer, portrait: np.ndarray, tmp_path: Path, code: int, quarters: int
) -> None:
    model = GazeModel(find_model(str(follows_head(tmp_path / "tiny.onnx"))))
    upright = model.estimate(observer.observe(frame(portrait)))
    turned = model.estimate(observer.observe(frame(cv2.rotate(portrait, code))))
    assert upright.gaze is not None
    assert turned.gaze is not None
    expected = upright.gaze
    for _ in range(quarters):
        expected = np.array([-expected[1], expected[0], expected[2]])
    assert np.degrees(angle_between(turned.gaze, expected)) < 1.5
    assert np.degrees(angle_between(turned.gaze, upright.gaze)) > 5.0
