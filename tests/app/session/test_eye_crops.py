"""Small grey crops that are kept make the same answers as the frames themselves, to the last bit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from app.drawn_face import head_pose, observation
from app.session.samples import recorded
from app.session.test_pictures import contracts
from app.tiny_models import LEVEL_EYES_INPUTS, constant_vector, level_eyes_contract
from gaze_demo.errors import UserError
from gaze_demo.model.contract import Contract, NormalisedEyes, parse_contract
from gaze_demo.model.crops import make_views, to_tensor
from gaze_demo.model.load import load_model
from gaze_demo.model.registry import find_model, list_models, read_entry
from gaze_demo.observation import Observation
from gaze_demo.rerun import refuse_what_is_not_kept
from gaze_demo.session import eye_crops
from gaze_demo.session.folder import load_session


def kept(observations: list[Observation], fill: int = 0) -> list[Observation]:
    """Written and read in two batches."""
    writer, reader = eye_crops.CropWriter(), eye_crops.CropReader(fill)
    rows = [row for one in observations if (row := writer.row_of(one)) is not None]
    batches = [writer.batch_of(part) for part in (rows[:7], rows[7:])]
    return [one for batch in batches for one in reader.observations_of(batch)]


def served(contract: Contract) -> bool:
    form = contract.input
    usual = isinstance(form, NormalisedEyes) and form.geometry == eye_crops.GEOMETRY
    return usual and form.pixels.colour == "grey"


@pytest.mark.parametrize(("name", "contract"), [pair for pair in contracts() if served(pair[1])])
def test_each_model_of_such_crops_is_fed_the_same(
    seen: list[Observation],
    name: str,
    contract: Contract,
) -> None:
    pixels = contract.input.pixels
    for one, again in zip(seen, kept(seen), strict=True):
        for view, other in zip(make_views(contract, one), make_views(contract, again), strict=True):
            for crop, same in zip(view.crops, other.crops, strict=True):
                assert np.array_equal(to_tensor(crop, pixels), to_tensor(same, pixels))
            if contract.input.head_pose is not None:
                assert view.head_numbers(contract.input.head_pose) == other.head_numbers(contract.input.head_pose)


def test_such_models_answer_the_same_to_the_last_bit(seen: list[Observation]) -> None:
    models = [entry for entry in list_models() if isinstance(entry.contract, Contract) and served(entry.contract)]
    assert len(models) >= 3
    for entry in models:
        model = load_model(entry)
        for one, again in zip(seen, kept(seen), strict=True):
            first, second = model.estimate(one), model.estimate(again)
            assert first.reason is second.reason
            for name in ("gaze", "left", "right", "origin_mm", "embedding", "covariance"):
                a, b = getattr(first, name), getattr(second, name)
                assert (a is None and b is None) or np.array_equal(a, b), name


def test_what_else_is_known_of_the_eyes_comes_back(seen: list[Observation]) -> None:
    for one, again in zip(seen, kept(seen), strict=True):
        assert (again.frame.index, again.frame.time_s) == (one.frame.index, one.frame.time_s)
        assert (again.camera.fx, again.camera.cy, again.reason) == (one.camera.fx, one.camera.cy, one.reason)
        for eye, same in ((one.left, again.left), (one.right, again.right)):
            assert eye is not None
            assert same is not None
            assert (eye.openness, eye.width_px, eye.brightness) == (same.openness, same.width_px, same.brightness)
            assert (eye.blinking, eye.reason) == (same.blinking, same.reason)
            assert np.array_equal(eye.centre_mm, same.centre_mm)
        assert one.landmarks is not None
        assert again.landmarks is not None
        points = list(eye_crops.EYE_POINTS)
        assert np.array_equal(one.landmarks.points_px[points], again.landmarks.points_px[points])


def test_a_frame_costs_two_kilobytes(seen: list[Observation]) -> None:
    writer = eye_crops.CropWriter()
    first_size = [one for one in seen if one.camera.width == 640]
    rows = [row for one in first_size if (row := writer.row_of(one)) is not None]
    packets = writer.batch_of(rows).column("crops_h264").to_pylist()
    assert np.mean([len(packet) for packet in packets]) < 2200


def test_eyes_beside_the_picture_are_kept_as_well() -> None:
    aside = observation(head_pose(at_mm=(420, 0, 600)))
    contract = find_model("teacher").contract
    (again,) = kept([aside])
    for view, other in zip(make_views(contract, aside), make_views(contract, again), strict=True):
        assert np.array_equal(to_tensor(view.crops[0], contract.input.pixels), other.crops[0][None, ..., 0])


def test_models_that_read_other_pictures_are_refused(tmp_path: Path) -> None:
    session = load_session(recorded(tmp_path / "s", 20, keep="crops").folder)
    refuse_what_is_not_kept(session, find_model("teacher"))
    level = constant_vector(tmp_path / "level.onnx", [0.0, 0.0, -1.0], level_eyes_contract(), LEVEL_EYES_INPUTS)
    with pytest.raises(
        UserError,
        match=r"level needs a larger part of the picture than was kept \(crops\): record with --keep eyes or face",
    ):
        refuse_what_is_not_kept(session, read_entry(level, "path"))
    coloured = find_model("teacher").contract.model_dump(mode="json")
    coloured["input"]["pixels"]["colour"] = "bgr"
    contract = parse_contract(json.dumps(coloured), "coloured")
    dark, light = next(session.observations(0)), next(session.observations(255))
    views = zip(make_views(contract, dark), make_views(contract, light), strict=True)
    assert not any(np.array_equal(a.crops[0], b.crops[0]) for a, b in views)


def change(**new: object) -> dict[str, object]:
    return new


@pytest.mark.fault("a kept crop's row is damaged", "one sentence")
@pytest.mark.parametrize(
    "changed",
    [
        {0: 0.0},
        {0: 19000.0, 1: 19000.0},
        {0: float("nan")},
        {2: 0.0},
        {7: float("inf")},
        {30: float("nan")},
        change(reasons=["", "", "of another kind"]),
        change(crops_h264=b""),
        change(crops_h264=b"no picture"),
        change(crops_h264=bytes(1 << 20)),
    ],
)
def test_a_row_that_cannot_be_is_refused(
    seen: list[Observation],
    changed: dict[int | str, object],
) -> None:
    changed = dict(changed)
    writer = eye_crops.CropWriter()
    row = writer.row_of(seen[0])
    assert row is not None
    packet = changed.pop("crops_h264", None)
    for key, value in changed.items():
        if isinstance(key, int):
            row["numbers"][key] = value
        else:
            row[key] = value
    batch = writer.batch_of([row])
    if packet is not None:
        place = batch.schema.get_field_index("crops_h264")
        batch = batch.set_column(place, batch.schema.field(place), pa.array([packet], pa.binary()))
    with pytest.raises(UserError, match="damaged"):
        eye_crops.CropReader().observations_of(batch)
