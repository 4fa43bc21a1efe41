from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from app.calibration.fakes import CAMERA, SCREEN, FakeModel, Person
from gaze_demo import paths
from gaze_demo.calibration.calibrate import Estimates, calibrate
from gaze_demo.calibration.following import NotFollowedError
from gaze_demo.calibration.sample import Fixation, Sample, SittingData, cut_to_face
from gaze_demo.calibration.targets import layout_targets, validation_targets
from gaze_demo.camera.frame import Frame
from gaze_demo.model.load import load_model
from gaze_demo.model.registry import find_model
from gaze_demo.observer import Observer


def staring(seed: int, points: int = 9) -> SittingData:
    """Dots as usual, but the eyes stay on the middle of the screen; their readings are as noisy as real ones."""
    person = Person(seed=seed)
    sitting = person.sitting(points)
    middle = np.array([SCREEN.width_px / 2, SCREEN.height_px / 2])
    fixations = []
    for fixation in sitting.fixations:
        person.move()
        samples = tuple(
            Sample(person.observe(middle, sample.seen.frame.time_s), sample.point_px) for sample in fixation.samples
        )
        fixations.append(replace(fixation, samples=samples))
    return replace(sitting, fixations=tuple(fixations))


@pytest.mark.fault("the eyes do not follow the dots", "one sentence; nothing is saved, the old profile stays")
@pytest.mark.parametrize(("points", "seed"), [(5, 0), (5, 1), (9, 0), (9, 1), (9, 2), (16, 0)])
def test_eyes_that_stay_where_they_are_are_told(points: int, seed: int) -> None:
    models = [Estimates(FakeModel(name, noise_deg=1.0, seed=seed, embedding=True)) for name in ("a", "b")]
    with pytest.raises(NotFollowedError, match="did not follow the dots; nothing was saved"):
        calibrate(staring(seed, points), models)


# Eyes that follow the dots, models with different weaknesses, and numbers of points.
@pytest.mark.parametrize(
    ("errors", "points"),
    [
        *(pytest.param({"noise_deg": 2.0}, n, id=f"noisy, {n} points") for n in (1, 3, 9)),
        *(pytest.param({"bias_deg": (15.0, -10.0)}, n, id=f"far off, {n} points") for n in (1, 3, 9)),
        pytest.param({"gain": (0.3, 0.5), "noise_deg": 0.5}, 9, id="flat"),
        pytest.param({"gain": (0.0, 0.7), "noise_deg": 0.5}, 9, id="no pitch at all"),
    ],
)
def test_eyes_that_follow_are_believed_whatever_the_model_makes_of_them(errors: dict[str, Any], points: int) -> None:
    report = calibrate(Person().sitting(points), [Estimates(FakeModel(**errors))]).report
    assert report.models["fake"].accuracy_deg is not None


def test_one_model_that_follows_is_enough() -> None:
    still = FakeModel("still", gain=(0.0, 0.0), noise_deg=1.0)
    report = calibrate(Person().sitting(9), [Estimates(still), Estimates(FakeModel())]).report
    assert set(report.models) == {"still", "fake"}
    assert report.best == "fake"


def test_a_photograph_whose_eyes_never_move_is_no_calibration() -> None:
    picture = cv2.imread(str(paths.assets() / "portrait.jpg"))
    assert picture is not None
    rng = np.random.default_rng(0)
    plan = [("fit", t) for t in layout_targets(9, SCREEN, 0)] + [
        ("validation", t) for t in validation_targets(SCREEN, 0)
    ]
    fixations = []
    with Observer(video=False) as observer:
        for kind, target in plan:
            samples = []
            for i in range(2):
                noisy = np.clip(picture + rng.normal(0, 4, picture.shape), 0, 255).astype(np.uint8)
                seen = observer.observe(Frame(noisy, i, i / 30))
                assert seen.valid
                samples.append(Sample(cut_to_face(seen), target.point_px))
            fixations.append(Fixation(kind, target.index, len(samples), tuple(samples)))  # type: ignore[arg-type]
    sitting = SittingData(SCREEN, CAMERA, "now", tuple(fixations))
    with pytest.raises(NotFollowedError):
        calibrate(sitting, [Estimates(load_model(find_model("mobilenet25")))])
