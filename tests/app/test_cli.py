import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from app.tiny_models import follows_head
from gaze_demo import __version__, cli, listing, paths
from gaze_demo.camera import devices
from gaze_demo.options import WindowOptions


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    shipped, yours = tmp_path / "shipped", tmp_path / "yours"
    shipped.mkdir()
    yours.mkdir()
    monkeypatch.setattr(paths, "models", lambda: shipped)
    monkeypatch.setattr(paths, "user_models", lambda: yours)
    return shipped, yours


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[WindowOptions]:
    """What the window is asked for, instead of a window."""
    import types

    options: list[WindowOptions] = []
    window = types.ModuleType("gaze_demo.view.run")
    window.run_window = lambda given: options.append(given) or 0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gaze_demo.view.run", window)
    monkeypatch.delitem(sys.modules, "gaze_demo.commands.window", raising=False)
    return options


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    try:
        code = cli.main(arguments)
    except SystemExit as end:
        code = int(end.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version") == (0, f"gaze-demo {__version__}\n", "")


@pytest.mark.parametrize("command", [(), ("track",)])
def test_help_has_examples(capsys: pytest.CaptureFixture[str], command: tuple[str, ...]) -> None:
    code, out, _ = run(capsys, *command, "--help")
    assert code == 0
    assert "examples:" in out
    assert "gaze-demo track video.mp4 --out gaze.csv" in out


# What a user got wrong, and what the sentence names.
@pytest.mark.fault("the command line holds a mistake", "one sentence that names it; exit code 2")
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("trac",), "trac"),
        (("track",), "SOURCE"),
        (("--hfov", "200"), "between 1 and 179"),
        (("--hfov", "wide"), "wide"),
        (("--size", "1280"), "1280x720"),
        (("--duration", "-1"), "above zero"),
        (("--rate", "nan"), "above zero"),
        (("--hfov", "60", "--intrinsics", "camera.yaml"), "not both"),
        (("--intrinsics", "missing.yaml"), "missing.yaml"),
        (("track", "a.mp4", "--model", "pupil"), "'pupil'"),
        (("track", "a.mp4", "--model", "missing.onnx"), "missing.onnx"),
    ],
)
def test_what_a_user_got_wrong_is_one_sentence_and_exit_code_2(
    capsys: pytest.CaptureFixture[str],
    folders: tuple[Path, Path],
    asked: list[WindowOptions],
    arguments: tuple[str, ...],
    named: str,
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert named in err
    assert err.startswith("gaze-demo")
    assert err.count("\n") == 1
    assert not asked


def test_a_source_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str], folders: tuple[Path, Path]) -> None:
    follows_head(folders[0] / "tiny.onnx")
    code, _, err = run(capsys, "track", "missing.mp4")
    assert code == 2
    assert "missing.mp4" in err


def test_models_are_shown_as_a_table_or_by_name(capsys: pytest.CaptureFixture[str], folders: tuple[Path, Path]) -> None:
    shipped, yours = folders
    follows_head(shipped / "student.onnx", parameters=1234567, macs=2500000)
    follows_head(yours / "master.onnx", role="teacher")
    (yours / "bad.onnx").write_bytes(b"nothing")
    assert run(capsys, "models", "--names") == (0, "master\nstudent\n", "")
    code, out, err = run(capsys, "models")
    assert code == 0
    assert out.index("master") < out.index("student")
    for figure in ("1,234,567", "2.50", "teacher", "Apache-2.0", "yours", "shipped"):
        assert figure in out
    assert "bad.onnx" in err


def test_cameras_are_listed_by_number_and_name(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cameras = [devices.CameraDevice(0, "Built-in", "/dev/video0"), devices.CameraDevice(2, "Other", "/dev/video2")]
    monkeypatch.setattr(listing, "list_cameras", lambda: cameras)
    assert run(capsys, "cameras") == (0, "0  Built-in\n2  Other\n", "")
    monkeypatch.setattr(listing, "list_cameras", list)
    code, out, _ = run(capsys, "cameras")
    assert code == 0
    assert "virtual" in out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), {}),
        (("--source", "virtual", "--model", "a", "--model", "b"), {"source": "virtual", "models": ("a", "b")}),
        (("--size", "1280x720", "--rate", "25"), {"width": 1280, "height": 720, "rate": 25.0}),
        (("--duration", "5", "--stats", "s.json"), {"duration_s": 5.0, "stats": Path("s.json")}),
        (("--fullscreen",), {"fullscreen": True}),
    ],
)
def test_the_window_gets_what_was_asked_for_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
    asked: list[WindowOptions],
    arguments: tuple[str, ...],
    expected: dict[str, Any],
) -> None:
    assert run(capsys, *arguments)[0] == 0
    assert asked == [WindowOptions(**expected)]


def test_what_is_said_before_a_command_counts_for_it(
    capsys: pytest.CaptureFixture[str], asked: list[WindowOptions]
) -> None:
    assert run(capsys, "--source", "1", "--model", "a", "--duration", "5", "calibrate")[0] == 0
    assert asked == [WindowOptions(source="1", models=("a",), duration_s=5.0, calibrate=True)]
    given = cli._parser().parse_args(["--hfov", "45", "--model", "a", "track", "film.mp4", "--rate", "20"])
    assert (given.hfov, given.model, given.source, given.rate) == (45.0, ["a"], "film.mp4", 20.0)
    assert cli._parser().parse_args(["--model", "a", "track", "film.mp4", "--model", "b"]).model == ["b"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("calibrate", "--seed", "-1"),
        ("calibrate", "--lens-x", "nan"),
        ("calibrate", "--lens-x", "1e300"),
        ("track", "~nobody-of-that-name/film.mp4"),
        ("track", "x" * 300),
        ("track", "film.mp4", "--model", "~nobody-of-that-name/m.onnx"),
    ],
)
def test_what_cannot_be_is_one_sentence(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    try:
        code = cli.main(arguments)
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_window_gets_the_lens(capsys: pytest.CaptureFixture[str], asked: list[WindowOptions]) -> None:
    run(capsys, "--hfov", "78")
    assert asked[0].lens is not None
    assert asked[0].lens.for_size(640, 480).hfov_deg == pytest.approx(78.0)


def test_a_photograph_is_tracked_from_the_command_line_and_the_terminal_stays_clean(tmp_path: Path) -> None:
    model = follows_head(tmp_path / "tiny.onnx")
    picture = cv2.imread(str(paths.assets() / "portrait.jpg"))
    video = cv2.VideoWriter(str(tmp_path / "film.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (512, 512))
    for _ in range(3):
        video.write(np.asarray(picture))
    video.release()
    command = [sys.executable, "-m", "gaze_demo", "track", "film.avi", "--model", model.name]
    command += ["--out", "gaze.csv", "--video", "annotated.mp4"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "3 frames, 3 with a face" in done.stdout
    assert done.stderr == ""  # MediaPipe's own lines are kept away
    assert len((tmp_path / "gaze.csv").read_text().splitlines()) == 4
    assert (tmp_path / "annotated.mp4").stat().st_size > 1000


def test_small_matrices_are_worked_on_by_one_thread() -> None:
    """It must be said before NumPy is loaded, so nothing may load it before `main`."""
    script = (
        "import os, sys; os.environ.pop('OPENBLAS_NUM_THREADS', None); from gaze_demo.cli import main; "
        "early = 'numpy' in sys.modules; main(['models', '--names']); print(early, os.environ['OPENBLAS_NUM_THREADS'])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.splitlines()[-1] == "False 1"


def test_a_folder_that_is_no_session_cannot_be_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["replay-window", str(tmp_path)]) == 2
    assert "is not a recorded session" in capsys.readouterr().err
