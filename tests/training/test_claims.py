import math
from pathlib import Path

import pytest

from gaze_demo.errors import UserError
from gaze_training.claims import Verdict, claims_of
from gaze_training.shipped_configs import folder
from gaze_training.study import RunResult
from gaze_training.study_config import read_study
from training.made_results import runs

CLAIMS = read_study(folder() / "study.toml").claims
NOISE = "Distillation adds more than noise"
WIDTH = "The distilled MobileNet25 at least equals the plain MobileNet50"
THIN = "Extremely thin networks are hard to train"
STAGED = "Staged hints give thin networks stability and accuracy"


def verdict(title: str, *results: list[RunResult]) -> Verdict:
    return next(c.verdict for c in claims_of([r for part in results for r in part], CLAIMS) if c.title == title)


@pytest.mark.parametrize(
    ("imitation", "expected"),
    [
        ([9.0, 9.1, 9.05], Verdict.HOLDS),  # better than noise in every seed
        ([10.0, 10.2, 9.9], Verdict.NOT_SHOWN),
        ([11.0, 11.1, 11.05], Verdict.CONTRARY),
    ],
)
def test_distillation_is_judged_against_noise_of_its_own_size(imitation: list[float], expected: Verdict) -> None:
    control = runs("mobilenet25", "noise-control", [10.0, 10.1, 10.05])
    plain = runs("mobilenet25", "baseline", [10.0, 10.1, 10.05])
    assert verdict(NOISE, control, plain, runs("mobilenet25", "imitation", imitation)) is expected


@pytest.mark.parametrize(
    ("imitation", "bounded", "expected"),
    [
        ([8.9, 9.0, 9.1], [9.6, 9.7, 9.8], Verdict.HOLDS),
        ([9.6, 9.7, 9.8], [8.9, 9.0, 9.1], Verdict.PARTLY),  # another scheme does it
        ([9.6, 9.7, 9.8], [9.6, 9.7, 9.8], Verdict.CONTRARY),
        ([7.0, 9.0, 12.0], [7.0, 9.0, 12.0], Verdict.NOT_SHOWN),  # too much spread to tell
    ],
)
def test_half_the_width_has_to_equal_the_plain_network(
    imitation: list[float], bounded: list[float], expected: Verdict
) -> None:
    plain = runs("mobilenet50", "baseline", [8.95, 9.05, 9.15])
    students = [runs("mobilenet25", "imitation", imitation), runs("mobilenet25", "bounded", bounded)]
    assert verdict(WIDTH, plain, *students) is expected


def test_a_seed_that_diverged_leaves_the_others_to_be_judged() -> None:
    plain = runs("mobilenet50", "baseline", [8.95, math.nan, 9.15, 9.05])
    assert verdict(WIDTH, plain, runs("mobilenet25", "imitation", [8.9, 9.0, 9.1, 9.0])) is Verdict.HOLDS
    evidence = " ".join(line for claim in claims_of(plain, CLAIMS) for line in claim.evidence)
    assert "nan" not in evidence


def test_other_averages_of_a_plain_networks_weights_are_not_distilled() -> None:
    plain = runs("mobilenet50", "baseline", [8.95, 9.05, 9.15])
    averaged = runs("mobilenet25", "baseline-swa", [8.0, 8.1, 8.2])
    assert verdict(WIDTH, plain, averaged, runs("mobilenet25", "imitation", [9.8, 10.0, 10.2])) is Verdict.CONTRARY


def test_thin_networks_are_compared_with_mobilenet25() -> None:
    plain = runs("mobilenet25", "baseline", [9.0, 9.1, 9.2])
    assert verdict(THIN, plain, runs("mobilenet12", "baseline", [12.0, 12.1, 12.3])) is Verdict.HOLDS


@pytest.mark.parametrize(
    ("staged", "expected"),
    [
        ([9.0, 9.02, 9.04], Verdict.HOLDS),
        ([8.6, 9.2, 9.7], Verdict.PARTLY),  # more accurate, and calmer by no more than chance
    ],
)
def test_staged_hints_have_to_be_more_accurate_and_calmer(staged: list[float], expected: Verdict) -> None:
    wide = runs("mobilenet25", "baseline", [8.0, 8.1, 8.2])
    plain = runs("mobilenet12", "baseline", [10.5, 11.2, 12.0])
    assert verdict(STAGED, wide, plain, runs("mobilenet12", "staged-hints", staged)) is expected


def test_a_claim_that_no_run_speaks_of_is_left_out() -> None:
    titles = [claim.title for claim in claims_of(runs("mobilenet25", "baseline", [9.0, 9.1]), CLAIMS)]
    assert titles == ["The MobileNet family trains unstably"]


def test_a_claim_about_a_scheme_that_the_study_does_not_have_is_refused(tmp_path: Path) -> None:
    text = (folder() / "study.toml").read_text("utf8")
    (tmp_path / "study.toml").write_text(text.replace('against = "noise-control"', 'against = "noise"'))
    with pytest.raises(UserError, match=r"no scheme has the label noise\."):
        read_study(tmp_path / "study.toml")
