from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from app.profiles import profile
from gaze_demo.calibration.mapping import Mapping
from gaze_demo.calibration.profile import save_profile
from gaze_demo.errors import UserError
from gaze_demo.record import RecordOptions, record
from gaze_demo.session.about import file_sha256
from gaze_demo.session.folder import load_session

MODEL = "mobilenet12"


def options(folder: Path, **more: object) -> RecordOptions:
    return RecordOptions("virtual:path", folder, (MODEL,), **more)  # type: ignore[arg-type]


def test_a_source_becomes_a_session(tmp_path: Path, repository: Path) -> None:
    console = Console(record=True, width=120)
    record(options(tmp_path / "s", duration_s=1.0), console)
    session = load_session(tmp_path / "s")
    trace = session.trace(MODEL)
    assert len(trace) == 30
    assert trace.valid.sum() > 20
    (model,) = session.about.models
    assert (model.name, model.sha256) == (MODEL, file_sha256(repository / "models" / f"{MODEL}.onnx"))
    assert session.about.clock.kind == "medium"
    assert session.about.keep == "nothing"
    assert "30 frames" in console.export_text()


def test_a_profile_is_kept_with_its_points(tmp_path: Path) -> None:
    save_profile(profile("Ada", {MODEL: Mapping()}))
    record(options(tmp_path / "s", duration_s=0.5, profile="Ada", filter_strength=0.7), Console(quiet=True))
    session = load_session(tmp_path / "s")
    assert session.about.profile is not None
    assert session.about.profile.name == "Ada"
    assert session.about.screen == session.about.profile.screen
    trace = session.trace(MODEL)
    assert (trace.on_screen == trace.valid).all()
    assert abs(trace.point_px - trace.shown_px)[trace.on_screen].max() > 1.0


def test_each_line_of_a_stream_is_a_marker_and_stop_ends_it(tmp_path: Path) -> None:
    lines = io.StringIO("first\n\nsecond\nstop\nnever\n")
    record(options(tmp_path / "s", markers=lines, duration_s=60.0), Console(quiet=True))
    session = load_session(tmp_path / "s")
    assert [event.text for event in session.events] == ["first", "second"]
    assert session.about.ended is not None
    assert session.about.ended.frames < 1000


def test_it_says_when_the_first_frame_is_recorded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(options(tmp_path / "s", duration_s=1.0), Console(quiet=True))
    assert capsys.readouterr().err.splitlines().count(f"Recording to {tmp_path / 's'}.") == 1


def test_a_folder_in_use_is_refused_before_the_source_is_read(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="not empty"):
        record(options(tmp_path), Console(quiet=True))
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
