from dataclasses import replace

import numpy as np
import pytest

from gaze_demo.errors import UserError
from gaze_training.evaluate.lens_faces import LensFaces
from gaze_training.evaluate.offsets import offset_test
from gaze_training.evaluate.predict import Angles, Crops, into_the_lens
from training.evaluate.made_lens_faces import lens_faces

_STEPS = 50.0  # grey levels a mm, in the first pixel of a crop


def marked(faces: LensFaces) -> LensFaces:
    """The height of each iris written into its crop, so that a function of crops can know it."""
    crops = faces.crops.copy()
    crops[..., 0, 0] = np.clip(np.round(faces.iris_up_mm * _STEPS), 0, 255)
    return replace(faces, crops=crops)


def reads_build_as_gaze(crops: Crops, head: Angles) -> Angles:
    """Six degrees a mm of iris height, 0.3 per degree of measured head, and noise of 1 degree in the mean of both."""
    noise = (crops[:, 1, 1] / 255 - 0.5) * np.sqrt(12) * np.sqrt(2)
    pitch = np.radians(6.0 * crops[:, 0, 0] / _STEPS + noise) + 0.3 * head[:, 0]
    return np.stack([pitch, np.zeros_like(pitch)], 1).astype(np.float32)


def test_what_of_the_answers_the_build_of_eyes_tells() -> None:
    for row in offset_test(marked(lens_faces(400)), reads_build_as_gaze):
        assert (row.per_mm, row.per_head) == pytest.approx((6.0, 0.3), abs=0.4)
        assert row.rest == pytest.approx(1.0, abs=0.15)
        assert row.explained == pytest.approx(1 - row.rest**2 / row.spread**2)
        assert row.iris_spread_mm == pytest.approx(0.4 / np.sqrt(2), abs=0.03)


def test_groups_that_differ_as_a_whole_are_not_explained_by_it() -> None:
    faces = marked(lens_faces(400))
    shifted = replace(faces, iris_up_mm=faces.iris_up_mm + 3 * (faces.group == "town")[:, None].astype(np.float32))
    together = offset_test(shifted, reads_build_as_gaze)[-1]
    assert together.group == "all"
    assert together.per_mm == pytest.approx(6.0, abs=0.4)


def test_a_constant_answer_has_nothing_to_explain() -> None:
    row = offset_test(lens_faces(), into_the_lens)[-1]
    assert (row.per_mm, row.spread, row.rest) == (0, 0, 0)
    assert np.isnan(row.explained)


def test_too_few_photographs() -> None:
    with pytest.raises(UserError, match="8 photographs"):
        offset_test(lens_faces(6), into_the_lens)
