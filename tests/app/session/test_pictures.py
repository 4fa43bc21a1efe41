"""The kept parts of frames make the same tensors as the frames themselves, bit for bit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.drawn_face import head_pose, observation
from app.tiny_models import LEVEL_EYES_INPUTS, constant_vector, level_eyes_contract
from gaze_demo.errors import UserError
from gaze_demo.model.contract import Contract, parse_contract
from gaze_demo.model.crops import make_views
from gaze_demo.model.load import load_model
from gaze_demo.model.registry import find_model, list_models, read_entry
from gaze_demo.observation import Observation
from gaze_demo.session import pictures


def kept(seen: list[Observation], keep: pictures.Parts, fill: int = 0) -> list[Observation]:
    rows = [row for one in seen if (row := pictures.row_of(one, keep)) is not None]
    return pictures.observations_of(pictures.batch_of(rows), fill)


def contracts() -> Iterator[tuple[str, Contract]]:
    for entry in list_models():
        if isinstance(entry.contract, Contract):  # a committee's members are models of their own
            yield entry.name, entry.contract
    yield "level eyes", parse_contract(json.dumps(level_eyes_contract()), "level eyes")


@pytest.mark.parametrize(("name", "contract"), list(contracts()))
@pytest.mark.parametrize("keep", ["eyes", "face"])
def test_each_model_is_fed_the_same(
    seen: list[Observation], name: str, contract: Contract, keep: pictures.Parts
) -> None:
    for fill in (0, 255):
        for one, again in zip(seen, kept(seen, keep, fill), strict=True):
            for view, other in zip(make_views(contract, one), make_views(contract, again), strict=True):
                for crop, same in zip(view.crops, other.crops, strict=True):
                    assert np.array_equal(crop, same)
                if contract.input.head_pose is not None:
                    assert view.head_numbers(contract.input.head_pose) == other.head_numbers(contract.input.head_pose)
                assert all((view.rotations[name] == other.rotations[name]).all() for name in view.rotations)


def test_models_answer_the_same_to_the_last_bit(seen: list[Observation], tmp_path: Path) -> None:
    level = constant_vector(tmp_path / "l.onnx", [0.0, 0.0, -1.0], level_eyes_contract(), LEVEL_EYES_INPUTS)
    for entry in [*list_models(), read_entry(level, "path")]:
        model = load_model(entry)
        for one, again in zip(seen, kept(seen, "eyes"), strict=True):
            first, second = model.estimate(one), model.estimate(again)
            assert first.reason is second.reason
            for name in ("gaze", "left", "right", "origin_mm", "embedding", "covariance"):
                a, b = getattr(first, name), getattr(second, name)
                assert (a is None and b is None) or np.array_equal(a, b), name


def test_the_eyes_cost_a_few_kilobytes_a_frame(seen: list[Observation]) -> None:
    row = pictures.row_of(seen[0], "eyes")
    assert row is not None
    assert sum(len(png) for png in row["part_png"]) < 12_000


@pytest.mark.parametrize("x_mm", [260, 300, 340, 420, 600])
def test_eyes_beside_the_picture_are_seen_as_its_edge(x_mm: float) -> None:
    aside = observation(head_pose(at_mm=(x_mm, 0, 600)))
    contracts_of = [parse_contract(json.dumps(level_eyes_contract()), ""), find_model("teacher").contract]
    for contract in contracts_of:
        (again,) = kept([aside], "eyes")
        for view, other in zip(make_views(contract, aside), make_views(contract, again), strict=True):
            for crop, same in zip(view.crops, other.crops, strict=True):
                assert np.array_equal(crop, same)


def change(**new: object) -> dict[str, object]:
    return new


@pytest.mark.fault("a kept picture's row is damaged", "one sentence")
@pytest.mark.parametrize(
    "changed",
    [
        change(size_px=(0, 480)),
        change(size_px=(19000, 19000)),
        change(camera=(0.0, 554.0, 320.0, 240.0)),
        change(camera=(float("nan"), 554.0, 320.0, 240.0)),
        change(landmark=[5000] * 14),
        change(landmark=[-1] * 14),
        change(landmarks_px=[1.0]),
        change(reasons=["", "", "of another kind"]),
        change(part_px=[5]),
        change(part_px=[-5, 0, 0, 0]),
        change(part_px=[620, 470, 620, 470]),
        change(part_png=[b"no picture", b""]),
    ],
)
def test_a_row_that_cannot_be_is_refused(seen: list[Observation], changed: dict[str, object]) -> None:
    row = pictures.row_of(seen[0], "eyes")
    assert row is not None
    with pytest.raises(UserError, match="damaged"):
        pictures.observations_of(pictures.batch_of([{**row, **changed}]))
