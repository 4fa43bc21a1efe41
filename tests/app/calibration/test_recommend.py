from __future__ import annotations

import pytest

from app.calibration.fakes import SCREEN, FakeModel, Person
from gaze_demo.calibration.calibrate import Estimates, calibrate
from gaze_demo.calibration.grade import grade
from gaze_demo.calibration.intervals import difference_interval, mean_interval
from gaze_demo.calibration.recommend import recommend, replacement
from gaze_demo.calibration.report import ModelReport, PointReport, Report


@pytest.fixture(scope="module")
def report() -> Report:
    return calibrate(Person().sitting(9), [Estimates(FakeModel(noise_deg=0.5))]).report


def model(report: Report, name: str, by_target: list[float], latency_ms: float = 1.0) -> ModelReport:
    points = tuple(
        PointReport(target=i, x_px=0, y_px=0, accuracy_deg=value, frames=9, lost=0) for i, value in enumerate(by_target)
    )
    mean = sum(by_target) / len(by_target)
    update = {"model": name, "points": points, "accuracy_deg": mean, "latency_ms": latency_ms}
    return report.models["fake"].model_copy(update=update)


def test_the_interval_of_few_targets_is_wide_and_holds_the_mean() -> None:
    few, many = mean_interval([1.0, 3.0, 2.0, 4.0, 1.5]), mean_interval([1.0, 3.0, 2.0, 4.0, 1.5] * 4)
    assert few is not None
    assert many is not None
    assert few[0] < 2.3 < few[1]
    assert few[1] - few[0] > 1.5 * (many[1] - many[0])
    assert mean_interval([1.0, 2.0]) is None
    assert mean_interval([1.0, 3.0, 2.0]) == mean_interval([1.0, 3.0, 2.0])


def test_what_targets_have_in_common_does_not_blur_a_difference() -> None:
    hard = {0: 1.0, 1: 9.0, 2: 4.0, 3: 6.0, 4: 2.0}
    gap = difference_interval(hard, {target: value + 0.5 for target, value in hard.items()})
    assert gap == pytest.approx((0.5, 0.5))


def test_the_best_model_is_recommended_by_how_much(report: Report) -> None:
    models = {
        "slow": model(report, "slow", [1.0, 1.2, 0.9, 1.1, 1.0], 3.0),
        "fast": model(report, "fast", [2.0, 2.1, 2.2, 1.9, 2.1], 0.1),
    }
    advice = recommend(models)
    assert (advice.model, advice.level) == ("slow", ("slow",))
    assert "slow is the best for you: 1.0° off, 1.0° less than fast (95 % interval" in advice.sentence


def test_models_that_few_points_cannot_tell_apart_are_level_and_the_fastest_is_recommended(report: Report) -> None:
    models = {
        "slow": model(report, "slow", [1.0, 3.0, 2.0, 1.0, 2.0], 3.0),
        "fast": model(report, "fast", [1.4, 2.5, 2.4, 0.9, 2.1], 0.1),
        "bad": model(report, "bad", [5.0, 7.0, 6.0, 5.0, 6.0], 0.05),
    }
    advice = recommend(models)
    assert advice.model == "fast"
    assert set(advice.level) == {"slow", "fast"}
    assert "Use fast" in advice.sentence
    assert "the others: slow" in advice.sentence
    del models["bad"]
    assert "All models are equally accurate" in recommend(models).sentence


def test_without_a_gaze_nothing_is_recommended(report: Report) -> None:
    blind = report.models["fake"].model_copy(update={"accuracy_deg": None})
    assert recommend({"fake": blind}).model == ""


def test_every_result_has_a_grade_an_interval_and_a_recommendation(report: Report) -> None:
    figures = report.models["fake"]
    assert figures.grade == "good"
    assert "good on this screen" in figures.grade_reason
    assert figures.accuracy_interval_deg is not None
    assert figures.accuracy_interval_deg[0] <= figures.accuracy_deg <= figures.accuracy_interval_deg[1]
    assert report.best == "fake"
    assert "fake" in report.recommendation


# On a screen of 60 cm diagonal: degrees, cm, share of frames without a gaze, grade, and what the reason names.
@pytest.mark.parametrize(
    ("deg", "cm", "loss", "name", "named"),
    [
        (1.5, 1.6, 0.0, "good", "1.5°, 1.6 cm off; up to 3.4° is good"),
        (5.0, 5.2, 0.0, "fair", "good is up to"),
        (9.0, 9.5, 0.0, "poor", "fair is up to"),
        (1.5, 1.6, 0.3, "fair", "30% of the frames gave no gaze"),
        (1.5, 1.6, 0.7, "poor", "70% of the frames gave no gaze"),
        (9.0, 9.5, 0.3, "poor", "fair is up to"),
    ],
)
def test_a_grade_tells_its_reason(deg: float, cm: float, loss: float, name: str, named: str) -> None:
    found = grade(deg, cm, loss, SCREEN)
    assert found.name == name
    assert named in found.reason


def test_an_old_calibration_is_asked_about_where_the_new_one_is_clearly_worse(report: Report) -> None:
    def with_error(deg: float | None) -> Report:
        figures = report.models["fake"].model_copy(update={"accuracy_deg": deg})
        return report.model_copy(update={"models": {"fake": figures}})

    assert not replacement(with_error(2.0), with_error(2.0)).keep_old
    assert not replacement(with_error(2.1), with_error(2.0)).keep_old
    assert not replacement(with_error(1.0), with_error(None)).keep_old
    worse = replacement(with_error(3.4), with_error(2.0))
    assert worse.keep_old
    assert "3.4° instead of 2.0°. Keep the previous one?" in worse.question
    assert replacement(with_error(None), with_error(2.0)).keep_old
    other = report.model_copy(update={"models": {}})
    assert not replacement(with_error(9.0), other).keep_old  # nothing to compare with
