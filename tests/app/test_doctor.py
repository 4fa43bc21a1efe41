from __future__ import annotations

import json
import subprocess
import sys

import pytest

from gaze_demo import __version__, cli, doctor


@pytest.fixture(scope="module")
def parts() -> dict[str, doctor.Rows]:
    return doctor.examine()


def test_every_part_is_examined_and_none_fails(parts: dict[str, doctor.Rows]) -> None:
    assert list(parts) == ["program", "libraries", "folders", "cameras", "display", "landmarks", "models"]
    assert not [row for rows in parts.values() for row in rows if row[0] == "failed"]


def test_what_a_bug_report_needs_is_told(parts: dict[str, doctor.Rows]) -> None:
    found = {name: text for rows in parts.values() for name, text in rows}
    assert found["gaze-demo"].startswith(__version__)
    assert "CPUExecutionProvider" in found["onnxruntime providers"]
    assert found["usage statistics"] == "off"
    assert found["portrait"].startswith("a face")
    assert "a gaze" in found["teacher"]
    assert "Qt 6" in found["platform"]


def test_it_is_printed_for_people_and_as_json(
    parts: dict[str, doctor.Rows], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "examine", lambda: parts)
    assert cli.main(["doctor"]) == 0
    assert f"gaze-demo                  {__version__}" in capsys.readouterr().out
    assert cli.main(["doctor", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["libraries"]["usage statistics"] == "off"
    assert cli.main(["--version", "--verbose"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"gaze-demo {__version__}\n")
    assert "onnxruntime providers" in out


def test_another_opencv_in_the_same_folder_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    known = doctor.metadata.version
    monkeypatch.setattr(doctor.metadata, "version", lambda name: "4.1" if name == "opencv-python" else known(name))
    rows = dict(doctor._libraries())
    assert rows["opencv-python"].startswith("4.1, in the same folder")
    assert "pip uninstall opencv-python, then" in rows["opencv-python"]
    assert "opencv-contrib-python" not in rows


@pytest.mark.fault("`gaze-demo doctor` where a part of the installation is broken", "that part's row says so")
def test_a_part_that_fails_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> doctor.Rows:
        raise RuntimeError("no camera service")

    monkeypatch.setattr("gaze_demo.checks.cameras.cameras", broken)
    monkeypatch.setattr("gaze_demo.checks.landmarks.landmarks", list)
    monkeypatch.setattr("gaze_demo.checks.models.models", list)
    parts = doctor.examine()
    assert parts["cameras"] == [("failed", "RuntimeError: no camera service")]
    assert dict(parts["program"])["gaze-demo"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a display that is not there is a matter of X11")
@pytest.mark.fault("`gaze-demo doctor` where a display is named that is not there", "its row says so")
def test_a_display_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":97531")
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    rows = dict(doctor._display())
    assert rows["DISPLAY"] == ":97531"
    assert "no window can be opened" in rows["screens"]


def test_the_screens_are_told_by_a_process_of_their_own() -> None:
    done = subprocess.run([sys.executable, "-m", "gaze_demo.view.displays"], capture_output=True, text=True, check=True)
    assert ["platform", "screen"] == [name.split()[0] for name, _ in json.loads(done.stdout)][:2]
