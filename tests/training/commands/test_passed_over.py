from __future__ import annotations

import pytest

from gaze_training.cli import main


# What would be passed over, and what the sentence names.
@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("data --read mpiigaze --source a --out b --faces 3", "--faces cannot be combined with --read"),
        ("data --read mpiigaze --source a --out b --renderer photo", "--renderer cannot be combined with --read"),
        ("data --out b --own-eyes 0.5", "--own-eyes cannot be used with the procedural renderer"),
        ("data --out b --source a", "--source cannot be used with the procedural renderer"),
        ("data --renderer head --source a --out b --people all", "--people cannot be used with the head renderer"),
        ("data --sheet a.png --workers 2", "--workers cannot be used for a sheet"),
        ("data --out b --columns 3", "--columns cannot be used without --sheet"),
        ("export network.pt --out a.onnx --calibration b", "add --int8"),
        ("study study --only-report --report a.md --workers 3", "--workers cannot be combined with --only-report"),
        ("study study --models a", "--models is for --report"),
    ],
)
@pytest.mark.fault("`gaze-train {line}`, where an option would be passed over", "one sentence names it; exit code 2")
def test_an_option_that_would_be_passed_over_is_refused(
    capsys: pytest.CaptureFixture[str], line: str, named: str
) -> None:
    assert main(line.split()) == 2
    err = capsys.readouterr().err
    assert named in err
    assert err.count("\n") == 1
