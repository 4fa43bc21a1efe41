from pathlib import Path

import numpy as np
import pytest
import torch

from gaze_training.cli import main
from gaze_training.evaluate.parts import largest_sd, part_test
from gaze_training.evaluate.predict import Angles, Answers, Crops
from gaze_training.networks.confidence import CONDITION
from training.drawn_eyes import drawn_faces

_SD = 0.1


def test_eyes_are_told_apart_and_ellipses_hold_what_they_are_to_hold() -> None:
    faces = drawn_faces(600)
    truth = torch.from_numpy(faces.gaze[faces.valid])
    off = torch.randn(truth.shape, generator=torch.Generator().manual_seed(0)) * _SD

    def ask(crops: Crops, head: Angles) -> Answers:
        return truth + off, None, torch.tensor([_SD**2, _SD**2, 0.0]).expand(len(crops), 3)

    rows = {row.part: row for row in part_test(faces, ask)[0]}
    down, everything = rows["looking down, 15 deg and more"], rows["procedural"]
    assert everything.eyes == len(truth)
    assert 0 < down.eyes < everything.eyes
    assert everything.inside == pytest.approx((0.68, 0.95), abs=0.03)
    assert everything.spread == pytest.approx(np.degrees(_SD), abs=0.01)
    assert abs(down.pitch_bias) < 1.0


def test_a_condition_that_is_told_right_is_off_by_nothing() -> None:
    faces = drawn_faces(50)
    faces.openness[:] = np.random.default_rng(0).uniform(0.05, 0.4, faces.openness.shape)

    def ask(crops: Crops, head: Angles) -> Answers:
        condition = torch.full((len(crops), len(CONDITION)), 0.5)
        condition[:, CONDITION.index("openness")] = torch.from_numpy(faces.openness[faces.valid]) / 0.4
        return torch.from_numpy(faces.gaze[faces.valid]), condition, None

    (row,) = part_test(faces, ask)[1]
    assert (row.name, round(row.error, 6)) == ("openness", 0)
    assert row.correlation == pytest.approx(1)


def test_the_largest_deviation_is_that_of_the_long_axis() -> None:
    turned = torch.tensor([[0.025, 0.025, 0.015]])  # 0.04 and 0.01 along the diagonals
    assert torch.allclose(largest_sd(turned), torch.tensor([0.2]))


def test_the_command_shows_models_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drawn_faces(20).save(tmp_path / "faces" / "shard-00000.npz")
    assert main(["evaluate", "parts", str(tmp_path / "faces"), "--model", "mobilenet12", "--model", "mobilenet25"]) == 0
    said = capsys.readouterr().out
    assert "procedural" in said
    assert "mobilenet12" in said
