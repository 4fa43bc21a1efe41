"""What is exported is read by other programs with the right times and places."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.session.samples import RUN, recorded, sample
from gaze_demo.errors import UserError
from gaze_demo.export.run import FORMATS, export
from gaze_demo.session.folder import load_session
from gaze_demo.session.recorder import Recording, SessionRecorder
from gaze_demo.sink.sink import opened

COUNT = 900
INTERVAL_S = 1 / 30


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a minute at 30 frames per second, of which 5 % are lost and the last third comes at half the rate."""
    place = tmp_path_factory.mktemp("export") / "s"
    rng = np.random.default_rng(0)
    with opened(SessionRecorder(Recording(place, live=False)), RUN) as recorder:
        for index in range(COUNT):
            lost = rng.random() < 0.05 or (index > 600 and index % 2)
            if index and not lost:
                recorder.write(sample(index, 100.0 + index * INTERVAL_S + rng.normal(0, 0.001)))
            elif not index:
                recorder.write(sample(0))
            if index % 100 == 50:
                recorder.marker(f"stimulus {index}", 100.0 + index * INTERVAL_S)
    return place


@pytest.fixture
def out(folder: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    export(folder, request.param, tmp_path / "out")
    return tmp_path / "out"


def to(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("out", [kind], indirect=True)


def check_times(time_s: np.ndarray, x: np.ndarray, start_s: float = 0.0) -> None:
    """A sample's x is ten times its frame's number (and one more for the second model): so its time is known."""
    known = np.isfinite(x)
    assert known.sum() > 600
    true_s = np.round(x[known] / 10) * INTERVAL_S + start_s
    assert np.abs(time_s[known] - true_s).max() < INTERVAL_S


@to("csv")
def test_csv(folder: Path, out: Path) -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.read_csv(out / "gaze.csv")
    own = table[table.model == "a"]
    check_times(own.time_s.to_numpy(), own.point_x_px.to_numpy(), 100.0)
    trace = load_session(folder).trace("a")
    assert np.array_equal(own.gaze_x.to_numpy(), trace.gaze[:, 0], equal_nan=True)
    events = pandas.read_csv(out / "events.csv")
    assert events.text.tolist() == [f"stimulus {index}" for index in range(50, COUNT, 100)]


@to("parquet")
def test_parquet(folder: Path, out: Path) -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.read_parquet(out / "gaze.parquet")
    own = table[table.model == "b"]
    assert np.array_equal(own.gaze_y.to_numpy(), load_session(folder).trace("b").gaze[:, 1], equal_nan=True)
    assert {"head_rotation_00", "head_rotation_22"} < set(table.columns)


@to("bids")
def test_bids_is_valid(out: Path) -> None:
    validator = shutil.which("bids-validator-deno", path=str(Path(sys.executable).parent))
    if validator is None:
        pytest.skip("the BIDS validator is not installed")
    done = subprocess.run([validator, str(out), "--format", "json", "--max-rows", "-1"], capture_output=True, text=True)
    issues = json.loads(done.stdout)["issues"]["issues"]
    assert [issue for issue in issues if issue["severity"] == "error"] == []
    assert done.returncode == 0


@to("bids")
def test_bids_has_the_true_times_and_a_file_a_model(out: Path) -> None:
    place = out / "sub-01" / "beh"
    samples = sorted(place.glob("*_physio.tsv.gz"))
    assert [path.name.split("_")[2] for path in samples] == ["recording-a", "recording-b"]
    rows = [line.split("\t") for line in gzip.decompress(samples[0].read_bytes()).decode().splitlines()]
    values = np.array([[float("nan") if cell == "n/a" else float(cell) for cell in row] for row in rows])
    check_times(values[:, 0], values[:, 1])
    about = json.loads((place / samples[0].name.replace(".tsv.gz", ".json")).read_text())
    assert about["Columns"] == ["timestamp", "x_coordinate", "y_coordinate"]
    assert about["RecordedEye"] == "cyclopean"
    assert about["SamplingFrequency"] == 30.0
    events = (place / "sub-01_task-gaze_events.tsv").read_text().splitlines()
    assert events[0] == "onset\tduration\ttrial_type"
    onset, _, text = events[1].split("\t")
    assert (float(onset), text) == (pytest.approx(50 * INTERVAL_S, abs=1e-5), "stimulus 50")


@to("bids")
def test_pymovements_reads_the_bids_times(out: Path) -> None:
    pymovements: Any = pytest.importorskip("pymovements")
    file = next((out / "sub-01" / "beh").glob("*recording-a_physio.tsv.gz"))
    plain = file.with_suffix("")
    plain.write_bytes(b"timestamp\tx\ty\n" + gzip.decompress(file.read_bytes()))
    gaze = pymovements.gaze.io.from_csv(
        plain,
        time_column="timestamp",
        time_unit="s",
        pixel_columns=["x", "y"],
        read_csv_kwargs={"separator": "\t", "null_values": "n/a"},
    )
    time_ms = gaze.samples["time"].to_numpy()
    x = np.array([float("nan") if row is None or row[0] is None else row[0] for row in gaze.samples["pixel"]])
    check_times(np.asarray(time_ms, float) / 1000, x)


@to("xdf")
def test_pyxdf_reads_the_true_times(folder: Path, out: Path) -> None:
    pyxdf: Any = pytest.importorskip("pyxdf")
    streams, _ = pyxdf.load_xdf(str(out / "session.xdf"))  # with de-jittering, which is the default
    by_name = {stream["info"]["name"][0]: stream for stream in streams}
    assert set(by_name) == {"gaze-demo a", "gaze-demo b", "gaze-demo markers"}
    for model in ("a", "b"):
        stream, trace = by_name[f"gaze-demo {model}"], load_session(folder).trace(model)
        assert np.array_equal(stream["time_stamps"], trace.time_s)
        assert np.array_equal(stream["time_series"][:, :2], trace.point_px, equal_nan=True)
        assert stream["info"]["nominal_srate"] == ["0"]
        check_times(stream["time_stamps"], stream["time_series"][:, 0], 100.0)
    marks = by_name["gaze-demo markers"]
    assert [row[0] for row in marks["time_series"]] == [f"stimulus {index}" for index in range(50, COUNT, 100)]
    assert marks["time_stamps"] == pytest.approx(100 + np.arange(50, COUNT, 100) * INTERVAL_S)


@to("asc")
def test_mne_reads_the_asc_with_lost_frames_in_their_places(out: Path) -> None:
    mne: Any = pytest.importorskip("mne")
    raw = mne.io.read_raw_eyelink(out / "a.asc", verbose="error")
    x = raw.get_data(picks=[name for name in raw.ch_names if name.startswith("xpos")])[0]
    check_times(raw.times, x)
    marks = {d: o for d, o in zip(raw.annotations.description, raw.annotations.onset, strict=True) if "stimulus" in d}
    assert len(marks) == 9
    for text, onset in marks.items():
        assert onset == pytest.approx(int(text.split()[-1]) * INTERVAL_S, abs=INTERVAL_S)


@to("asc")
def test_pymovements_reads_the_asc(out: Path) -> None:
    pymovements: Any = pytest.importorskip("pymovements")
    gaze = pymovements.gaze.io.from_asc(out / "b.asc")
    time_s = np.asarray(gaze.samples["time"].to_numpy(), float) / 1000
    x = np.array([float("nan") if row is None or row[0] is None else row[0] for row in gaze.samples["pixel"]])
    check_times(time_s - 0.001, x - 1)


@to("bids")
def test_etdqualitizer_gives_the_same_figures_of_the_export(folder: Path, out: Path) -> None:
    etdq: Any = pytest.importorskip("ETDQualitizer")
    from gaze_demo.events.quality import data_loss, effective_frequency

    file = next((out / "sub-01" / "beh").glob("*recording-a_physio.tsv.gz"))
    text = gzip.decompress(file.read_bytes()).decode().replace("n/a", "nan")
    time_s, x, y = np.array([line.split("\t") for line in text.splitlines()], float).T
    theirs = etdq.DataQuality(x, y, time_s, unit="degrees")
    trace = load_session(folder).trace("a")
    assert theirs.data_loss_from_invalid() / 100 == pytest.approx(data_loss(trace.point_px))
    assert theirs.effective_frequency() == pytest.approx(effective_frequency(trace.time_s, trace.point_px), rel=1e-4)


@pytest.mark.parametrize("kind", FORMATS)
def test_without_a_profile_directions_are_exported_in_degrees(tmp_path: Path, kind: str) -> None:
    recorder = SessionRecorder(Recording(tmp_path / "s", live=False))
    from dataclasses import replace

    from gaze_demo.sink.sink import Run

    with opened(recorder, Run(source="drawn", frame_rate=30.0, models=("a",))):
        for index in range(60):
            one = sample(index, models=("a",))
            recorder.write(replace(one, gazes=tuple(replace(gaze, point=None) for gaze in one.gazes)))
    paths = export(tmp_path / "s", kind, tmp_path / "out")
    assert all(path.stat().st_size > 0 for path in paths)
    if kind == "bids":
        about = next(path for path in paths if path.name.endswith("_physio.json"))
        assert json.loads(about.read_text())["x_coordinate"]["Units"] == "deg"


def test_a_data_set_is_never_written_over(tmp_path: Path) -> None:
    recorded(tmp_path / "s", 30)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="not empty"):
        export(tmp_path / "s", "bids", tmp_path / "out")
