from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
import pytest

from app.calibration.fakes import CAMERA, SCREEN, FakeModel, Person
from gaze_demo.calibration import sitting_file
from gaze_demo.calibration.calibrate import Estimates, calibrate
from gaze_demo.calibration.sample import Fixation, Sample, SittingData, cut_to_face
from gaze_demo.calibration.sitting_file import load_sitting, save_sitting
from gaze_demo.errors import UserError

Arrays = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def sitting() -> SittingData:
    return Person().sitting(5)


@pytest.fixture(scope="module")
def saved(sitting: SittingData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sitting") / "sitting.npz"
    save_sitting(sitting, path)
    return path


def test_a_sitting_comes_back_and_gives_every_model_the_same_figures(sitting: SittingData, saved: Path) -> None:
    again = load_sitting(saved)
    assert (again.screen, again.camera, again.created) == (sitting.screen, sitting.camera, sitting.created)
    assert (again.identity, again.margin) == (sitting.identity, sitting.margin)
    first, second = (
        calibrate(s, [Estimates(FakeModel(gain=(0.7, 0.7)))]).report.models["fake"] for s in (sitting, again)
    )
    assert first.accuracy_deg == pytest.approx(second.accuracy_deg, abs=1e-9)
    assert first.accuracy_true_deg == pytest.approx(second.accuracy_true_deg, abs=1e-9)
    assert first.points == second.points


def test_every_part_of_a_sample_comes_back(sitting: SittingData, saved: Path) -> None:
    before = sitting.fixations[0].samples[0].observation
    after = load_sitting(saved).fixations[0].samples[0].observation
    assert before.landmarks is not None
    assert after.landmarks is not None
    np.testing.assert_array_equal(after.landmarks.points_px, before.landmarks.points_px)
    assert after.camera == before.camera
    assert after.frame.image.shape == before.frame.image.shape
    assert after.left is not None
    assert before.left is not None
    assert (after.left.openness, after.left.reason) == (before.left.openness, before.left.reason)
    assert (after.landmarks_ms, after.frame.time_s) == (before.landmarks_ms, before.frame.time_s)


def test_cutting_to_the_face_moves_camera_and_landmarks_along() -> None:
    seen = Person().observe(np.array([960.0, 540.0]), 0.0)
    seen = replace(
        seen, frame=replace(seen.frame, image=np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8))
    )
    cut = cut_to_face(seen)
    assert cut.landmarks is not None
    assert seen.landmarks is not None
    shift = seen.landmarks.points_px[0] - cut.landmarks.points_px[0]
    np.testing.assert_allclose([seen.camera.cx - cut.camera.cx, seen.camera.cy - cut.camera.cy], shift)
    x, y = shift.astype(int)
    height, width = cut.frame.image.shape[:2]
    np.testing.assert_array_equal(cut.frame.image, seen.frame.image[y : y + height, x : x + width])
    assert height < 480


def change(**arrays: Any) -> Callable[[Arrays], Arrays]:
    return lambda old: {**old, **arrays}


def without(name: str) -> Callable[[Arrays], Arrays]:
    return lambda old: {key: value for key, value in old.items() if key != name}


def meta(old: bytes, new: bytes) -> Callable[[Arrays], Arrays]:
    return lambda a: {**a, "meta": np.frombuffer(a["meta"].tobytes().replace(old, new), np.uint8)}


def _huge_image(old: Arrays) -> Arrays:
    blob = bytearray(old["image_bytes"].tobytes())
    start = blob.index(b"\xff\xc0")
    blob[start + 5 : start + 9] = b"\xff\xff\xff\xff"
    return {**old, "image_bytes": np.frombuffer(bytes(blob), np.uint8)}


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (without("landmarks"), "'landmarks' is missing"),
        (without("meta"), "'meta' is missing"),
        (lambda a: {**a, "landmarks": a["landmarks"][:, :100]}, "'landmarks'"),
        (lambda a: {**a, "point_px": a["point_px"] * np.nan}, "'point_px'"),
        (lambda a: {**a, "eyes": a["eyes"].astype(np.float32)}, "'eyes'"),
        (lambda a: {**a, "eyes": a["eyes"] + 99}, "'eyes'"),
        (lambda a: {**a, "camera": a["camera"] * -1}, "'camera'"),
        (lambda a: {**a, "image_length": a["image_length"] + 1}, "'image_length'"),
        (lambda a: {**a, "image_bytes": a["image_bytes"][::-1].copy()}, "'image_bytes'"),
        (_huge_image, "implausible size"),
        (lambda a: {**a, "head_rotation": a["head_rotation"] * 0}, "'head_rotation'"),
        (lambda a: {**a, "head_rotation": a["head_rotation"] * -1}, "'head_rotation'"),
        (lambda a: {**a, "head_mm": a["head_mm"] * -1}, "'head_mm'"),
        (lambda a: {**a, "head_mm": a["head_mm"] * 1e6}, "'head_mm'"),
        (lambda a: {**a, "landmarks": a["landmarks"] * 0}, "'landmarks'"),
        (lambda a: {**a, "landmarks": a["landmarks"] + 1e300}, "'landmarks'"),
        (lambda a: {**a, "camera": a["camera"] * 1e9}, "'camera'"),
        (lambda a: {**a, "point_px": a["point_px"] - 1e9}, "'point_px'"),
        (lambda a: {**a, "eyes": a["eyes"] * [1, 1, 0, 1, 1, 1, 1]}, "'eyes'"),
        (lambda a: {**a, "work_ms": a["work_ms"] - 1e3}, "'work_ms'"),
        (change(meta=np.frombuffer(b"{}", np.uint8)), "version"),
        (meta(b'"version":1', b'"version":2'), "version"),
        (meta(b'"width_mm":527.0', b'"width_mm":-5.0'), "width_mm"),
        (meta(b'"samples":8', b'"samples":9'), "shape"),
    ],
)
def test_a_wrong_file_gives_one_sentence_that_names_the_part(
    saved: Path, tmp_path: Path, spoil: Callable[[Arrays], Arrays], named: str
) -> None:
    with np.load(saved) as file:
        arrays = spoil({name: file[name] for name in file.files})
    path = tmp_path / "wrong.npz"
    np.savez(path, **arrays)  # type: ignore[arg-type]
    with pytest.raises(UserError) as caught:
        load_sitting(path)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.fault("a sitting's pictures are huge when unpacked", "one sentence; they are not unpacked")
def test_images_that_are_too_large_together_are_not_unpacked(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitting_file, "_MAX_PX", 100_000)
    with pytest.raises(UserError, match="implausible size"):
        load_sitting(saved)


@pytest.mark.fault("a small sitting unpacks to gigabytes", "its pictures stay packed; one is unpacked at a time")
def test_a_sitting_takes_little_more_memory_than_its_file(tmp_path: Path) -> None:
    person = Person()
    seen = person.observe(np.array([960.0, 540.0]), 0.0)
    blank = replace(seen, frame=replace(seen.frame, image=np.zeros((1200, 1200, 3), np.uint8)))
    samples = (Sample(blank, np.array([960.0, 540.0])),) * 400  # 1.7 GB when unpacked
    path = tmp_path / "many.npz"
    save_sitting(SittingData(SCREEN, CAMERA, "now", (Fixation("fit", 0, 400, samples),)), path)
    before = psutil.Process().memory_info().rss
    again = load_sitting(path)
    assert len(again.fixations[0].samples) == 400
    assert psutil.Process().memory_info().rss - before < 100e6


def test_a_picture_comes_out_as_it_went_in_and_large_ones_are_kept_smaller() -> None:
    seen = Person().observe(np.array([960.0, 540.0]), 0.0)
    assert seen.landmarks is not None
    grow = replace(seen.landmarks, points_px=seen.landmarks.points_px * 6)
    camera = seen.camera.scaled(6 * seen.camera.width, 6 * seen.camera.height)
    image = np.full((2880, 3840, 3), 90, np.uint8)
    large = cut_to_face(replace(seen, frame=replace(seen.frame, image=image), camera=camera, landmarks=grow))
    height, width = large.frame.image.shape[:2]
    assert height * width < 1_510_000
    assert (large.camera.width, large.camera.height) == (width, height)
    assert large.landmarks is not None
    inside = (large.landmarks.points_px >= 0) & (large.landmarks.points_px <= [width, height])
    assert inside.all()
    small = cut_to_face(seen)
    assert small.landmarks is not None
    shape = [np.ptp(one.points_px, axis=0) / one.points_px.std() for one in (large.landmarks, small.landmarks)]
    assert shape[0] == pytest.approx(shape[1], rel=0.1)
    again = Sample(large, np.zeros(2)).observation
    assert np.abs(again.frame.image.astype(int) - large.frame.image).max() <= 2


class _Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return (cv2.imwrite, ("never", None))


@pytest.mark.parametrize(
    "content",
    [b"", b"no zip at all", pickle.dumps(_Bomb())],
    ids=["empty", "text", "pickle"],
)
def test_what_is_no_sitting_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "wrong.npz"
    path.write_bytes(content)
    with pytest.raises(UserError, match="not a recorded sitting"):
        load_sitting(path)


@pytest.mark.fault("a recorded sitting is damaged anywhere", "one sentence")
def test_no_damage_is_more_than_one_sentence(tmp_path: Path, saved: Path) -> None:
    whole, path = saved.read_bytes(), tmp_path / "damaged.npz"
    rng = np.random.default_rng(0)
    headers = [i for i in range(len(whole) - 4) if whole[i : i + 4] in (b"PK\x03\x04", b"PK\x01\x02")]
    refused = 0
    for _ in range(150):
        content = bytearray(whole)
        content[int(rng.choice(headers)) + int(rng.integers(0, 60))] ^= int(rng.integers(1, 256))
        path.write_bytes(content)
        try:
            load_sitting(path)
        except UserError:
            refused += 1
    assert refused > 20


@pytest.mark.fault("a recorded sitting holds a pickled object", "one sentence; it is never loaded")
def test_pickled_objects_inside_are_never_loaded(tmp_path: Path) -> None:
    path = tmp_path / "pickle.npz"
    buffer = io.BytesIO()
    np.savez(buffer, meta=np.array([_Bomb()], object), allow_pickle=True)
    path.write_bytes(buffer.getvalue())
    with pytest.raises(UserError, match="not a recorded sitting"):
        load_sitting(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        load_sitting(tmp_path / "none.npz")


def test_a_sitting_without_samples_can_be_kept(tmp_path: Path) -> None:
    save_sitting(SittingData(SCREEN, CAMERA, "now", ()), tmp_path / "empty.npz")
    assert load_sitting(tmp_path / "empty.npz").fixations == ()
