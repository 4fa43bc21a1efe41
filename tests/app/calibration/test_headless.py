"""The closed loop without a window: rendered frames, the real landmarker, a model whose answers are known."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from app.tiny_models import follows_head
from gaze_demo.calibration.headless import summary_table
from gaze_demo.calibration.report import load_report
from gaze_demo.calibration.sitting_file import load_sitting
from gaze_demo.cli import main


@pytest.fixture(scope="module")
def sitting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model, and the report and the sitting of a calibration at one point."""
    folder = tmp_path_factory.mktemp("calibrate")
    follows_head(folder / "fixed.onnx")
    code = main(
        [
            *("calibrate", "--source", "virtual", "--headless", "--seed", "3", "--points", "1", "--rate", "8"),
            *("--model", str(folder / "fixed.onnx"), "--out", str(folder / "report.json")),
            *("--html", str(folder / "report.html"), "--record", str(folder / "sitting.npz")),
        ]
    )
    assert code == 0
    return folder


def test_the_report_has_every_figure_for_every_model_and_the_geometry(sitting: Path) -> None:
    report = json.loads((sitting / "report.json").read_text())
    figures = report["models"]["fixed"]
    for name in (
        *("accuracy_deg", "accuracy_px", "accuracy_cm", "precision_rms_s2s_deg", "precision_sd_deg", "data_loss"),
        *("accuracy_true_deg", "latency_ms", "fps"),
    ):
        assert figures[name] >= 0, name
    assert len(figures["points"]) == report["validation_targets"] == 5
    assert report["geometry"]["distance_mm"] == pytest.approx(600, abs=40)
    assert report["geometry"]["screen"]["width_px"] == 1920
    assert "<svg" in (sitting / "report.html").read_text()


def test_a_terminal_of_eighty_columns_shows_the_whole_summary(sitting: Path) -> None:
    report = load_report((sitting / "report.json").read_text(), "the report")
    long = report.models["fixed"].model_copy(
        update={"model": "mobilenet25", "correction": "affine and head", "accuracy_px": 112.0}
    )
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(summary_table(report.model_copy(update={"models": {"mobilenet25": long}})))
    assert "affine and head" in console.export_text()


def test_the_participant_looked_at_the_targets(sitting: Path) -> None:
    data = load_sitting(sitting / "sitting.npz")
    samples = [sample for fixation in data.fixations for sample in fixation.samples]
    assert len(samples) > 20
    for sample in samples:
        truth = sample.seen.frame.truth
        assert truth is not None
        assert data.screen.camera_to_px(truth.target_mm) == pytest.approx(sample.point_px, abs=2)


def test_a_recorded_sitting_serves_a_model_that_came_later(sitting: Path, capsys: pytest.CaptureFixture[str]) -> None:
    later = follows_head(sitting / "later.onnx")
    out = sitting / "again.json"
    code = main(
        ["calibrate", "--source", str(sitting / "sitting.npz"), "--headless", "--model", str(later), "--out", str(out)]
    )
    assert code == 0
    first, again = (json.loads((sitting / name).read_text())["models"] for name in ("report.json", "again.json"))
    assert again["later"]["accuracy_deg"] == pytest.approx(first["fixed"]["accuracy_deg"], abs=0.01)
    assert "later" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--source", "video.mp4"], "recorded sitting"),
        (["--source", "none.npz"], "cannot be read"),
        (["--model", "none.onnx"], "no file"),
        (["--out", "no/such/folder/report.json"], "no folder"),
    ],
)
def test_what_the_user_got_wrong_is_one_sentence(
    sitting: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], named: str
) -> None:
    model = [] if "--model" in arguments else ["--model", str(sitting / "fixed.onnx")]
    assert main(["calibrate", "--headless", *model, *arguments]) == 2
    error = capsys.readouterr().err.strip()
    assert named in error
    assert "\n" not in error
