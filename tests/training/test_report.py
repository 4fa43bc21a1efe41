from pathlib import Path

import pytest

from gaze_demo.model.contract import Training
from gaze_training.card import AxisFigures, Card, ResponseFigures, ZeroFigures
from gaze_training.card_files import load_cards, write_card
from gaze_training.report import write_report
from gaze_training.study_config import StudyConfig, read_study
from training.made_results import runs

STUDY = """
seeds = [1, 2, 3]
teacher.network = { kind = "residual", width = 0.5 }
[networks]
mobilenet25 = { kind = "mobilenet", width = 0.25 }
[[schemes]]
label = "imitation"
name = "imitation"
networks = ["mobilenet25"]
[[schemes]]
label = "baseline"
networks = ["mobilenet25"]
taught_by = "nobody"
[[schemes]]
label = "noise-control"
name = "noise-control"
networks = ["mobilenet25"]
[[claims]]
title = "Distillation adds more than noise"
kind = "better"
scheme = "imitation"
against = "noise-control"
plain = "baseline"
"""
RESULTS = [
    *runs("teacher", "baseline", [7.5]),
    *runs("mobilenet25", "baseline", [10.0, 10.1, 10.2]),
    *runs("mobilenet25", "imitation", [9.0, 9.1, 9.15]),
    *runs("mobilenet25", "noise-control", [10.0, 10.2, 10.2]),
]


@pytest.fixture
def study(tmp_path: Path) -> StudyConfig:
    (tmp_path / "study.toml").write_text(STUDY)
    return read_study(tmp_path / "study.toml")


def card(name: str) -> Card:
    axis = AxisFigures(gain=0.93, per_head=0.02, r2=0.9, curve=((-20.0, -18.0), (0.0, 0.5), (20.0, 19.0)))
    response = ResponseFigures(renderer="head", faces=100, error_deg=4.2, pitch=axis, yaw=axis)
    return Card(
        name=name,
        title=name,
        role="student",
        licence="Apache-2.0",
        attribution="Photographs: nobody",
        training=Training(summary="A small one.", data=("photo",), scheme="imitation", teacher="teacher"),
        parameters=83000,
        macs=2880000,
        size_bytes=350000,
        measured="2024-01-02",
        latency_ms=0.123,
        zero=(ZeroFigures(group="all", people=20, error_deg=3.21),),
        skin=(ZeroFigures(group="light", people=9, error_deg=3.45),),
        points_px={"median_40": 171.0},
        response=(response,),
        int8_loss_deg=0.33,
    )


def test_the_report_shows_claims_tables_and_plots(study: StudyConfig, tmp_path: Path) -> None:
    write_report(tmp_path / "REPORT.md", study, RESULTS)
    text = (tmp_path / "REPORT.md").read_text()
    assert "| Distillation adds more than noise | **holds** |" in text
    assert "| mobilenet25 | imitation | 1.40 | 70,000 | 3 | 9.08 ± 0.08 |" in text
    for line in text.splitlines():
        if line.startswith("!["):
            picture = tmp_path / line.split("(")[1].rstrip(")")
            assert 1_000 < picture.stat().st_size < 400_000


def test_the_report_shows_the_shipped_models_and_contact_sheets(study: StudyConfig, tmp_path: Path) -> None:
    write_card(card("mobilenet25"), tmp_path / "models" / "mobilenet25.onnx")
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "sheet-procedural.jpg").write_bytes(b"")
    write_report(tmp_path / "REPORT.md", study, RESULTS, tmp_path / "models")
    text = (tmp_path / "REPORT.md").read_text()
    assert "| mobilenet25 | student | 83,000 | 2.88 | 0.35 | 0.12 | 3.21 | 171 | - | 0.93 | 0.93 |" in text
    assert "(report/gain.png)" in text
    assert "(report/sheet-procedural.jpg)" in text


def test_a_card_comes_back_as_it_was_and_reads_well(tmp_path: Path) -> None:
    made = card("mobilenet25")
    write_card(made, tmp_path / "mobilenet25.onnx")
    assert load_cards(tmp_path) == [made]
    text = (tmp_path / "mobilenet25.md").read_text()
    for part in (
        "# mobilenet25",
        "83,000",
        "2024-01-02",
        "0.33 deg",
        "| light | 9 | 3.45 |",
        "Intended use",
        "Limits",
        "nobody",
    ):
        assert part in text
