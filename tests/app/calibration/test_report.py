from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from app.calibration.fakes import CAMERA, SCREEN, FakeModel, Person
from gaze_demo.calibration.calibrate import TIMED_FRAMES, Estimates, calibrate, judge
from gaze_demo.calibration.mapping import Mapping
from gaze_demo.calibration.readings import label
from gaze_demo.calibration.report import describe_geometry, judge_points, load_report
from gaze_demo.calibration.sample import Fixation, SittingData
from gaze_demo.errors import UserError
from gaze_demo.screen import ScreenGeometry


def test_a_known_error_is_reported_in_degrees_centimetres_and_pixels() -> None:
    """5 deg to the side at 600 mm are 52 mm on the glass, 191 px of 0.2745 mm."""
    person = Person(sway_mm=(0.0, 0.0, 0.0), sway_rad=0.0)
    person.middle_mm = np.array([0.0, 10.0, 600.0])
    middle = np.array([960.0, 0.0])
    fixation = person.look("validation", 0, middle, 0.0)
    labelled = label([fixation], SCREEN, Estimates(FakeModel(bias_deg=(0.0, 5.0))).of)
    points, accuracy = judge_points(Mapping(), labelled, [fixation], SCREEN)
    assert accuracy is not None
    assert accuracy.accuracy_deg == pytest.approx(5.0, abs=0.1)
    assert accuracy.accuracy_cm == pytest.approx(5.25, abs=0.15)
    assert accuracy.accuracy_px == pytest.approx(191, abs=5)
    assert accuracy.bias_deg[0] == pytest.approx(5.0, abs=0.1)  # to the person's own right: the screen's right
    assert accuracy.bias_px[0] == pytest.approx(191, abs=5)
    assert points[0].estimate_px is not None
    assert points[0].estimate_px[0] == pytest.approx(960 + 191, abs=5)


def test_precision_is_the_spread_within_a_look_and_not_the_bias() -> None:
    """Noise of 1 deg in each angle: 1.41 around the mean, 2 from frame to frame."""
    sitting = Person(sway_mm=(0.0, 0.0, 0.0), sway_rad=0.0).sitting(1, frames=80)
    model = Estimates(FakeModel(noise_deg=1.0, bias_deg=(4.0, 4.0)))
    report = judge(sitting, [model], {})["fake"]
    assert report.precision_sd_deg == pytest.approx(1.41, rel=0.1)
    assert report.precision_rms_s2s_deg == pytest.approx(2.0, rel=0.1)
    assert report.accuracy_deg is not None
    assert report.accuracy_deg > 4


def test_lost_frames_are_counted_over_all_points() -> None:
    sitting = Person().sitting(1, frames=10)
    validation = sitting.of_kind("validation")
    thinned = [Fixation("validation", f.target, f.frames, f.samples[: 5 if i else 0]) for i, f in enumerate(validation)]
    sitting = SittingData(SCREEN, CAMERA, "", (*sitting.of_kind("fit"), *thinned))
    report = calibrate(sitting, [Estimates(FakeModel())]).report.models["fake"]
    assert report.data_loss == pytest.approx((10 + 4 * 5) / 50)
    assert [point.lost for point in report.points] == [10, 5, 5, 5, 5]
    assert report.points[0].accuracy_deg is None


def test_accuracy_is_never_told_from_fitting_frames() -> None:
    sitting = Person().sitting(5)
    labelled = label(sitting.of_kind("fit"), SCREEN, Estimates(FakeModel()).of)
    with pytest.raises(ValueError, match="validation frames only"):
        judge_points(Mapping(), labelled, sitting.of_kind("fit"), SCREEN)


def test_all_models_are_calibrated_from_the_same_frames() -> None:
    sitting = Person().sitting(9)
    models = [Estimates(FakeModel(name)) for name in ("a", "b")] + [Estimates(FakeModel("c", bias_deg=(5.0, 5.0)))]
    calibration = calibrate(sitting, models)
    assert set(calibration.mappings) == set(calibration.report.models) == {"a", "b", "c"}
    c = calibration.report.models["c"]
    assert c.uncalibrated is not None
    assert c.uncalibrated.accuracy_deg > 6
    assert c.accuracy_deg is not None
    assert c.accuracy_deg < 0.1
    assert (c.latency_ms, c.fps) == (pytest.approx(2.0), pytest.approx(1000 / 11))


def test_a_model_that_sees_nothing_is_reported_without_figures() -> None:
    blind = FakeModel("blind")
    sees_nothing = FakeModel("blind").estimate
    blind.estimate = lambda seen: sees_nothing(Person().observe(np.zeros(2), 0.0, reason="no answer"))  # type: ignore
    report = calibrate(Person().sitting(5), [Estimates(blind), Estimates(FakeModel())]).report
    assert report.models["blind"].accuracy_deg is None
    assert report.models["blind"].data_loss == 1.0
    assert report.models["fake"].accuracy_deg is not None


def test_each_estimate_is_made_once_but_for_those_that_are_timed() -> None:
    model, calls = FakeModel(), []
    own = model.estimate
    model.estimate = lambda seen: calls.append(1) or own(seen)  # type: ignore[assignment, func-returns-value]
    sitting = Person().sitting(5)
    estimates = Estimates(model)
    calibrate(sitting, [estimates])
    calibrate(sitting, [estimates])
    assert len(calls) == sum(len(f.samples) for f in sitting.fixations) + 2 * TIMED_FRAMES


def test_what_held_up_a_model_during_the_sitting_is_not_its_latency() -> None:
    model, own = FakeModel(), FakeModel().estimate
    sitting, busy = Person().sitting(5), [True]
    model.estimate = lambda seen: replace(own(seen), model_ms=50.0 if busy[0] else 3.0, normalisation_ms=1.0)  # type: ignore[method-assign]
    estimates = Estimates(model)
    for fixation in sitting.fixations:
        for sample in fixation.samples:
            estimates.of(sample)
    busy[0] = False
    assert calibrate(sitting, [estimates]).report.models["fake"].latency_ms == 4.0


@pytest.mark.parametrize(
    ("screen", "camera", "named"),
    [
        (ScreenGeometry.of_monitor("X", 1920, 1080, 0, 0), CAMERA, ["bank card", "field of view", "lens"]),
        (SCREEN, CAMERA, ["field of view", "lens"]),
        (SCREEN.with_card(300.0).with_lens(250, -8), CAMERA, ["field of view"]),
        (SCREEN.with_lens(250, -8), CAMERA.model_copy(update={"distance_source": "measured intrinsics"}), []),
    ],
)
def test_the_report_says_what_is_a_guess(screen: ScreenGeometry, camera: object, named: list[str]) -> None:
    geometry = describe_geometry(SittingData(screen, camera, "", ()))  # type: ignore[arg-type]
    assert len(geometry.guesses) == len(named)
    assert all(word in sentence for word, sentence in zip(named, geometry.guesses, strict=True))


def test_a_report_comes_back_from_its_json() -> None:
    report = calibrate(Person().sitting(5), [Estimates(FakeModel())]).report
    assert load_report(report.to_json(), "report.json") == report
    with pytest.raises(UserError, match="not a calibration report"):
        load_report('{"version": 2}', "report.json")


def test_a_sitting_without_a_fit_is_refused_in_one_sentence() -> None:
    with pytest.raises(UserError, match="No frame"):
        calibrate(SittingData(SCREEN, CAMERA, "", ()), [Estimates(FakeModel())])


def test_fit_and_report_of_all_models_take_less_than_two_seconds() -> None:
    """Of one core's time; the models have run while the person looked at targets."""
    sitting = Person().sitting(9, frames=16)
    models = [Estimates(FakeModel(f"model {i}", noise_deg=1.0, embedding=True)) for i in range(3)]
    for model in models:
        for sample in (sample for fixation in sitting.fixations for sample in fixation.samples):
            model.of(sample)
    started = time.process_time()
    calibrate(sitting, models)
    assert time.process_time() - started < 2.0


@pytest.mark.fault("a model fails in the middle of a calibration", "the others are calibrated; a sentence names it")
def test_a_model_that_fails_leaves_the_others_alone() -> None:
    sitting, failing = Person().sitting(9), FakeModel("failing")
    own, calls = failing.estimate, []

    def estimate(seen: object) -> object:
        calls.append(1)
        if len(calls) > 20:
            raise RuntimeError("it broke")
        return own(seen)  # type: ignore[arg-type]

    failing.estimate = estimate  # type: ignore[method-assign, assignment]
    models = [Estimates(failing), Estimates(FakeModel("other"))]
    for sample in (sample for fixation in sitting.fixations for sample in fixation.samples):
        for model in models:
            model.prepare(sample)
    calibration = calibrate(sitting, models)
    assert list(calibration.report.models) == ["other"]
    assert calibration.hull is not None
    assert any("failing was left out" in sentence and "it broke" in sentence for sentence in calibration.report.skipped)
    with pytest.raises(UserError, match="failing was left out"):
        calibrate(sitting, models[:1])
