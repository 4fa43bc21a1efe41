import json
from pathlib import Path

import numpy as np
import pytest

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array
from gaze_demo.model.committee_file import read_committee
from gaze_training.committee import fit_committee, write_committee
from gaze_training.evaluate.heads import Answers

NAMES = ("first", "second")
_RNG = np.random.default_rng(0)
TRUE, HEAD = _RNG.normal(0, 10, (80, 2)), _RNG.normal(0, 6, (80, 2))


def answers(*given: Array) -> Answers:
    """Each model's answers by the measured and by the exact pose."""
    n = len(TRUE)
    return Answers(
        kind=np.full(n, "anywhere"),
        person=np.arange(n),
        turned_deg=np.zeros(n),
        true=TRUE,
        head=HEAD,
        answer=np.array([*given, *given]),
        error=np.zeros((2 * len(given), n)),
        place=np.zeros((n, 1)),
        read=np.ones(n, bool),
    )


def test_a_flat_model_that_follows_the_head_is_brought_onto_the_scale_of_the_first() -> None:
    first = 0.9 * TRUE + 0.05 * HEAD + [1.0, -2.0]
    second = TRUE * [0.45, 0.6] + HEAD * [0.1, 0.3] + [-8.0, 3.0]
    committee = fit_committee(NAMES, answers(first, second), "Both", "made up")
    assert committee.members[0].gain == (1.0, 1.0)
    assert committee.members[0].head == (0.0, 0.0)
    other = committee.members[1]
    assert other.gain == pytest.approx((2.0, 1.5), abs=1e-3)
    scaled = second * other.gain + HEAD * other.head + np.degrees(other.offset_rad)
    assert scaled == pytest.approx(first, abs=0.02)


def test_a_model_that_is_stretched_counts_as_much_less() -> None:
    committee = fit_committee(NAMES, answers(0.9 * TRUE, TRUE * [0.45, 1.2]), "Both", "made up")
    assert committee.members[0].weight == (1.0, 1.0)
    assert committee.members[1].weight == pytest.approx((0.5, 1.0))


def test_all_but_the_first_can_be_given_less_weight() -> None:
    committee = fit_committee(NAMES, answers(0.9 * TRUE, TRUE * [0.45, 1.2]), "Both", "made up", others_weight=0.6)
    assert committee.members[0].weight == (1.0, 1.0)
    assert committee.members[1].weight == pytest.approx((0.3, 0.6))


def test_a_model_that_does_not_answer_is_refused() -> None:
    with pytest.raises(UserError, match="second hardly responds"):
        fit_committee(NAMES, answers(TRUE, TRUE * [0.01, 1.0]), "", "")


def test_too_few_answers_are_refused() -> None:
    gaps = TRUE.copy()
    gaps[10:] = np.nan
    with pytest.raises(UserError, match="--count"):
        fit_committee(NAMES, answers(TRUE, gaps), "", "")


def test_what_is_written_is_read_as_a_committee(tmp_path: Path) -> None:
    committee = fit_committee(NAMES, answers(TRUE, TRUE), "Both", "made up")
    write_committee(committee, tmp_path / "both.json")
    assert read_committee(tmp_path / "both.json") == committee
    assert json.loads((tmp_path / "both.json").read_text())["kind"] == "committee"
    with pytest.raises(UserError, match="cannot be written"):
        write_committee(committee, tmp_path / "nowhere" / "both.json")
