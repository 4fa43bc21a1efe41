from dataclasses import replace
from pathlib import Path

import pytest

from app.calibration.fakes import FakeModel, Person
from gaze_demo.calibration.calibrate import Estimates
from gaze_demo.calibration.sitting_file import save_sitting
from gaze_demo.errors import UserError
from gaze_training.cli import main
from gaze_training.evaluate.calibrated import LEFT_OUT, calibrated_test
from gaze_training.evaluate.table import calibrated_table


def test_a_constant_offset_is_calibrated_away_and_noise_is_not() -> None:
    models = [
        Estimates(FakeModel("offset", bias_deg=(4.0, -3.0))),
        Estimates(FakeModel("noise", noise_deg=2.0)),
    ]
    offset, noise = calibrated_test(models, Person().sitting(), {})
    assert offset.plain_deg > 4
    assert offset.error_deg < 0.3
    assert noise.error_deg > 1
    assert noise.better_deg < 0  # than the first
    assert noise.better_interval_deg is not None
    assert noise.better_interval_deg[1] < 0


def test_other_sittings_are_judged_by_the_firsts_calibration() -> None:
    elsewhere = Person(seed=3, sway_mm=(40.0, 20.0, 30.0)).sitting()
    models = [Estimates(FakeModel(bias_deg=(4.0, -3.0)))]
    rows = calibrated_test(models, Person().sitting(), {"elsewhere": elsewhere})
    assert [(row.on, row.looks) for row in rows] == [(LEFT_OUT, 5), ("elsewhere", 14)]
    assert rows[1].plain_deg > 4
    assert rows[1].error_deg < 1
    assert calibrated_table(rows).count("\n") == 2


def test_a_sitting_before_another_camera_is_refused() -> None:
    sitting = Person().sitting()
    other = replace(sitting, camera=sitting.camera.model_copy(update={"name": "another"}))
    with pytest.raises(UserError, match="another camera"):
        calibrated_test([Estimates(FakeModel())], sitting, {"other": other})


def test_a_sitting_without_looks_to_judge_by_is_refused() -> None:
    sitting = Person().sitting()
    with pytest.raises(UserError, match="no look to judge by"):
        calibrated_test([Estimates(FakeModel())], replace(sitting, fixations=tuple(sitting.of_kind("fit"))), {})


def test_two_sittings_of_one_name_are_told_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("", "a", "b"):
        save_sitting(Person().sitting(), tmp_path / folder / "s.npz")
    files = [str(tmp_path / folder / "s.npz") for folder in ("", "a", "b")]
    assert main(["evaluate", "calibrated", *files, "--model", "mobilenet12"]) == 2
    assert "same name" in capsys.readouterr().err
