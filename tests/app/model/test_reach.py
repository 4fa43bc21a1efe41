from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.drawn_face import head_pose, observation
from app.tiny_models import (
    LEVEL_EYES_INPUTS,
    binned,
    constant_vector,
    face_box_contract,
    follows_head,
    level_eyes_contract,
    merged,
    normalised_face_contract,
)
from gaze_demo.calibration.sample import cut_to_face
from gaze_demo.model.contract import Contract
from gaze_demo.model.crops import make_views
from gaze_demo.model.reach import farthest, reach
from gaze_demo.model.registry import ModelEntry, contract_of, find_model


def boxes(**changes: Any) -> dict[str, Any]:
    return merged(face_box_contract(90, 4.0, -180.0), changes)


def entry(tmp_path: Path, contract: dict[str, Any]) -> ModelEntry:
    return ModelEntry("any", tmp_path / "any.onnx", Contract.model_validate(contract), 0, "path")


# Contracts whose crops reach far beyond the face, and one that does not.
@pytest.mark.parametrize(
    "contract",
    [
        pytest.param(boxes(input__scale=2.2), id="a wide face box"),
        pytest.param(boxes(input__scale=2.0, input__square=True), id="a wide square"),
        pytest.param(merged(normalised_face_contract(), {"input__focal_px": 500}), id="a wide normalised face"),
        pytest.param(merged(level_eyes_contract(), {"input__widths": 5.0}), id="wide eyes"),
        pytest.param(normalised_face_contract(), id="an ordinary face"),
    ],
)
@pytest.mark.parametrize("pose", [(0, 0, 0), (10, 20, 25)])
def test_a_kept_picture_shows_a_model_what_the_whole_frame_shows(
    tmp_path: Path, contract: dict[str, Any], pose: tuple[float, ...]
) -> None:
    model = entry(tmp_path, contract)
    seen = observation(head_pose(*pose, at_mm=(0, 0, 1100)))
    cut = cut_to_face(seen, reach(model))
    assert cut.frame.image.size < seen.frame.image.size
    for whole, kept in zip(make_views(contract_of(model), seen), make_views(contract_of(model), cut), strict=True):
        for a, b in zip(whole.crops, kept.crops, strict=True):
            assert np.abs(a.astype(int) - b).mean() < 1.0


def test_the_farthest_reach_of_all_models_counts(tmp_path: Path) -> None:
    eyes = find_model(str(follows_head(tmp_path / "eyes.onnx")))
    wide = find_model(str(binned(tmp_path / "wide.onnx", boxes(input__scale=3.0), 0.0, 0.0)))
    level = find_model(
        str(constant_vector(tmp_path / "level.onnx", [0.0, 0.0, -1.0], level_eyes_contract(), LEVEL_EYES_INPUTS))
    )
    assert reach(eyes) == reach(level)
    assert farthest([eyes, wide, level]) == reach(wide) > reach(eyes)
