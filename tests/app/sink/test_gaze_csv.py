import csv
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.drawn_face import head_pose, observation
from gaze_demo.errors import UserError
from gaze_demo.estimate import GazeEstimate
from gaze_demo.geometry import pitch_yaw_to_vector
from gaze_demo.observation import Observation, Reason
from gaze_demo.pipeline import GazeSample, ModelGaze, ScreenPoint
from gaze_demo.sink.gaze_csv import COLUMNS, GazeCsv
from gaze_demo.sink.sink import Run, opened


def estimate(seen: Observation, model: str = "tiny") -> GazeEstimate:
    left, right = pitch_yaw_to_vector(np.radians([[10.0, 20.0], [12.0, 24.0]]))
    gaze = pitch_yaw_to_vector(np.radians([11.0, 22.0]))
    assert seen.pose is not None
    return GazeEstimate(model, gaze, left, right, seen.pose.eyes_middle_mm, Reason.NONE, 0.5, 1.25)


def sample(seen: Observation, *estimates: GazeEstimate) -> GazeSample:
    return GazeSample.of(seen, [ModelGaze(one) for one in estimates])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_columns_are_those_promised_in_that_order() -> None:
    assert ",".join(COLUMNS) == (
        "frame,time_s,file,model,face,valid,reason,yaw_deg,pitch_deg,left_yaw_deg,left_pitch_deg,right_yaw_deg,"
        "right_pitch_deg,gaze_x,gaze_y,gaze_z,eye_x_mm,eye_y_mm,eye_z_mm,head_yaw_deg,head_pitch_deg,head_roll_deg,"
        "openness_left,openness_right,landmarks_ms,model_ms,point_x_px,point_y_px,point_x_mm,point_y_mm"
    )


def test_a_row_tells_the_gaze_the_eyes_and_the_head(tmp_path: Path) -> None:
    seen = observation(head_pose(5, -15, 3, at_mm=(40, -20, 600)))
    seen = replace(seen, frame=replace(seen.frame, index=7, time_s=0.25, file="ä, b.jpg"))
    with opened(GazeCsv(tmp_path / "gaze.csv")) as sink:
        sink.write(sample(seen, estimate(seen), estimate(seen, "other")))
    first, second = rows_of(tmp_path / "gaze.csv")
    assert (first["model"], second["model"]) == ("tiny", "other")
    assert first["file"] == "ä, b.jpg"
    assert (first["frame"], first["face"], first["valid"], first["reason"]) == ("7", "1", "1", "")
    numbers = {name: float(value) for name, value in first.items() if value and name not in ("file", "model", "reason")}
    expected = {
        "time_s": 0.25,
        "yaw_deg": 22,
        "pitch_deg": 11,
        "left_yaw_deg": 20,
        "left_pitch_deg": 10,
        "right_yaw_deg": 24,
        "right_pitch_deg": 12,
        "head_yaw_deg": -15,
        "head_pitch_deg": 5,
        "head_roll_deg": 3,
        "openness_left": 0.3,
        "landmarks_ms": 1,
        "model_ms": 1.25,
    }
    assert {name: numbers[name] for name in expected} == pytest.approx(expected, abs=1e-3)
    assert [numbers[f"gaze_{axis}"] for axis in "xyz"] == pytest.approx(estimate(seen).gaze, abs=1e-6)
    assert seen.pose is not None
    assert [numbers[f"eye_{axis}_mm"] for axis in "xyz"] == pytest.approx(seen.pose.eyes_middle_mm, abs=0.06)


def test_what_is_not_known_stays_empty(tmp_path: Path) -> None:
    nobody = replace(observation(), landmarks=None, pose=None, left=None, right=None, reason=Reason.NO_FACE)
    nothing = GazeEstimate("tiny", None, None, None, None, Reason.NO_FACE, 0.0, 0.0)
    with opened(GazeCsv(tmp_path / "gaze.csv")) as sink:
        sink.write(sample(nobody, nothing))
    (row,) = rows_of(tmp_path / "gaze.csv")
    assert (row["face"], row["valid"], row["reason"]) == ("0", "0", "no face")
    filled = {name for name, value in row.items() if value}
    assert filled == {"frame", "time_s", "model", "face", "valid", "reason", "landmarks_ms"}


def test_every_frame_is_on_disk_before_the_file_is_closed(tmp_path: Path) -> None:
    seen = observation()
    sink = GazeCsv(tmp_path / "gaze.csv")
    sink.open(Run())
    for count in (1, 2):
        sink.write(sample(seen, estimate(seen)))
        assert len(rows_of(tmp_path / "gaze.part.csv")) == count
    sink.close()
    assert [path.name for path in tmp_path.iterdir()] == ["gaze.csv"]


def test_without_a_frame_the_file_of_before_stays(tmp_path: Path) -> None:
    (tmp_path / "gaze.csv").write_text("before")
    with opened(GazeCsv(tmp_path / "gaze.csv")):
        pass
    assert (tmp_path / "gaze.csv").read_text() == "before"


def test_a_hyphen_is_the_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    seen = observation()
    with opened(GazeCsv(Path("-"))) as sink:
        sink.write(sample(seen, estimate(seen)))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == ",".join(COLUMNS)
    assert len(lines) == 2


def test_texts_that_begin_like_a_formula_are_marked_and_numbers_are_not(tmp_path: Path) -> None:
    seen = observation(head_pose(0, -15, 0))
    seen = replace(seen, frame=replace(seen.frame, file="=HYPERLINK(1).png"))
    with opened(GazeCsv(tmp_path / "gaze.csv")) as sink:
        sink.write(sample(seen, estimate(seen, "+model")))
    (row,) = rows_of(tmp_path / "gaze.csv")
    assert (row["file"], row["model"]) == ("'=HYPERLINK(1).png", "'+model")
    assert float(row["head_yaw_deg"]) == pytest.approx(-15)


@pytest.mark.skipif(sys.platform != "linux", reason="needs limits of file size")
def test_a_full_disk_is_one_sentence_and_loses_no_whole_frame(tmp_path: Path) -> None:
    path = tmp_path / "gaze.csv"
    code = f"""
import resource, sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from pathlib import Path
from app.drawn_face import observation
from app.sink.test_gaze_csv import estimate, sample
from gaze_demo.errors import UserError
from gaze_demo.sink.gaze_csv import GazeCsv
from gaze_demo.sink.sink import opened
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
seen = observation()
try:
    with opened(GazeCsv(Path({str(path)!r}))) as sink:
        for _ in range(1000):
            sink.write(sample(seen, estimate(seen)))
except UserError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == (
        f"{path} cannot be written: File too large. gaze.csv holds what was recorded until then.\n"
    ), done.stderr
    rows = rows_of(path)
    assert len(rows) > 20
    assert all(row["model_ms"] for row in rows)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nowhere"):
        GazeCsv(tmp_path / "nowhere" / "gaze.csv")


def test_a_calibrated_point_is_told_in_px_and_mm(tmp_path: Path) -> None:
    seen = observation()
    point = ScreenPoint(np.array([960.26, -12.0]), np.array([265.123, -3.3]))
    with opened(GazeCsv(tmp_path / "gaze.csv")) as sink:
        sink.write(GazeSample.of(seen, [ModelGaze(estimate(seen), point=point)]))
    (row,) = rows_of(tmp_path / "gaze.csv")
    assert (row["point_x_px"], row["point_y_px"]) == ("960.3", "-12.0")
    assert (row["point_x_mm"], row["point_y_mm"]) == ("265.12", "-3.30")


@pytest.mark.skipif(sys.platform == "win32", reason="needs pipes that break")
def test_a_reader_of_the_rows_that_has_ended_is_one_sentence() -> None:
    code = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from pathlib import Path
from app.drawn_face import observation
from app.sink.test_gaze_csv import estimate, sample
from gaze_demo.errors import UserError
from gaze_demo.sink.gaze_csv import GazeCsv
from gaze_demo.sink.sink import opened
seen = observation()
try:
    with opened(GazeCsv(Path("-"))) as sink:
        sink.write(sample(seen, estimate(seen)))
except UserError as error:
    print(error, file=sys.stderr)
"""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "The program that was reading the rows has ended.\n")
