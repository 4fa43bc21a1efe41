"""Disturbances drawn on the portraits of virtual people, and models that would answer always."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaze_demo.geometry import Intrinsics
from gaze_demo.model.load import load_model
from gaze_demo.model.registry import find_model
from gaze_demo.participant.names import find_person
from gaze_demo.participant.participant import VirtualParticipant
from gaze_training.cli import main
from gaze_training.evaluate.eye_place import Webcam
from gaze_training.evaluate.hidden_eyes import (
    DISTURBANCES,
    NOTHING,
    Disturbance,
    Refusals,
    SmallPortrait,
    disturbed,
    hidden_test,
)
from gaze_training.evaluate.table import hidden_table

WEBCAM = Webcam(eye_px=40.0, noise=0.0)


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faces")
    for name in ("Finn", "Amara"):
        person = find_person(name)
        assert person is not None
        image = VirtualParticipant(Intrinsics.from_hfov(960, 720, 25), person=person).step(0.5)[0]
        cv2.imwrite(str(folder / f"{name}.png"), image)
    return folder


def grey_face() -> SmallPortrait:
    corners = np.array([[[100.0, 80.0], [140.0, 80.0]], [[180.0, 80.0], [220.0, 80.0]]])
    return SmallPortrait(np.full((160, 320), 120, np.uint8), corners)


def test_a_disc_has_the_stated_share_of_an_eye_and_stands_on_both() -> None:
    drawn = disturbed(grey_face(), Disturbance("disc", spot=0.3)) == 255
    left, right = drawn[:, :160], drawn[:, 160:]
    for half, middle in ((left, 120), (right, 200 - 160)):
        rows, columns = np.nonzero(half)
        assert np.ptp(columns) + 1 == pytest.approx(12, abs=1.5)
        assert columns.mean() == pytest.approx(middle, abs=0.6)
        assert rows.mean() == pytest.approx(78, abs=0.6)


def test_a_patch_covers_an_eye_and_has_the_level_of_the_cheek_or_its_own() -> None:
    face = grey_face()
    face.image[100:125] = 90
    assert disturbed(face, Disturbance("cheek", patch="cheek"))[80, 120] == 90
    black = disturbed(face, Disturbance("black", patch=15)) == 15
    assert black[63:97, 92:148].all()
    assert not black[:, 152:168].any()


def test_every_disturbance_that_hides_an_eye_is_refused_and_a_clear_eye_is_not(faces: Path) -> None:
    """gaze-estimation-adas-0002 answers always; what refuses is the app."""
    models = {name: load_model(find_model(name)) for name in ("mobilenet25", "gaze-estimation-adas-0002")}
    results = hidden_test(models, faces, count=9, webcam=WEBCAM, seed=1)
    for rows in results.values():
        assert (rows[NOTHING].asked, rows[NOTHING].refused) == (2, 0)
        for name in ("blur of sigma 6 px", "white disc, 0.4 of an eye wide"):
            assert rows[name].share == 1.0, (name, rows[name])
        for name in ("0.5 times as bright", "1.5 times as bright"):
            assert rows[name].share == 0.0, (name, rows[name])
    assert results["mobilenet25"]["patch like the cheek"].share == 1.0  # the landmarks move: not by the app alone
    assert set(results["mobilenet25"]) == {d.name for d in DISTURBANCES}


def test_the_table_names_the_reasons_and_how_many_were_asked() -> None:
    row = Refusals(4, 3)
    row.reasons.update({"eye closed": 1, "too blurred": 2})
    line = hidden_table({"teacher": {"blur": row, "disc": Refusals()}}).splitlines()
    assert " ".join(line[1].split()) == "blur 75 (too blurred 50, eye closed 25) 4"
    assert line[2].split() == ["disc", "-", "0"]


def test_the_command_writes_its_figures(faces: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "hidden.json"
    assert main(["evaluate", "hidden", str(faces), "--model", "mobilenet25", "--eye-px", "40", "--json", str(out)]) == 0
    told = capsys.readouterr().out
    assert "has only 2 faces with open eyes 40 px wide or more." in told
    assert "Eyes 40 px wide" in told
    assert json.loads(out.read_text())["40 px"]["mobilenet25"][NOTHING]["asked"] == 2


@pytest.mark.parametrize(
    "wrong", [["--count", "0"], ["--noise", "-1"], ["--noise", "nan"], ["--eye-px", "inf"], ["--eye-px", "5"]]
)
def test_impossible_options_are_one_sentence(faces: Path, capsys: pytest.CaptureFixture[str], wrong: list[str]) -> None:
    assert main(["evaluate", "hidden", str(faces), "--model", "mobilenet25", *wrong]) == 2
    assert capsys.readouterr().err.startswith("gaze-train: --")


def test_portraits_that_are_too_small_are_one_sentence(faces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "hidden", str(faces), "--model", "mobilenet25", "--eye-px", "900"]) == 2
    assert "name larger portraits" in capsys.readouterr().err
