"""`tests/FAULTS.md` is written by the tests, and is up to date."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import faults

SPECIMEN = """
import pytest

@pytest.mark.fault("a file is damaged", "one sentence")
def test_damage(): pass

@pytest.mark.parametrize("what", ["rows", "frames"])
@pytest.mark.fault("the disk is full while {what} are written", "")
def test_full(what, happened, tmp_path): happened(f"{tmp_path}/gaze.csv: no room | for {what}")

@pytest.mark.fault("a test is wrong", "nothing")
def test_wrong(): assert False

@pytest.mark.fault("nothing can be tried here", "nothing")
def test_skipped(): pytest.skip("not here")

def test_unmarked(): pass
"""


def test_the_file_has_a_row_for_every_marked_test_and_for_nothing_else(repository: Path) -> None:
    tests = repository / "tests"
    rows = faults.read(tests / "FAULTS.md")
    marked = faults.marked_tests(tests)
    assert {name for name, _ in rows} == {name for name, _ in marked}, "run `make faults`"
    for name, tried in marked:
        pattern = ".*".join(re.escape(part) for part in re.split(r"\{[^}]*\}", tried))
        assert any(re.fullmatch(pattern, row) for test, row in rows if test == name), f"run `make faults`: {tried}"
    assert faults.FAILED not in rows.values()


@pytest.fixture
def written(pytester: pytest.Pytester, repository: Path, monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """The rows after a run of the specimen."""
    monkeypatch.setenv("PYTHONPATH", str(repository / "tests"))
    pytester.makeconftest("pytest_plugins = ['faults']")
    pytester.makepyfile(test_specimen=SPECIMEN)
    pytester.runpytest_subprocess("-p", "no:cacheprovider", "-m", "fault", "--faults", "FAULTS.md")
    return faults.read(pytester.path / "FAULTS.md")


def test_the_rows_say_what_the_tests_tried_and_saw(written: dict[tuple[str, str], str]) -> None:
    assert written == {
        ("test_specimen.py::test_damage", "a file is damaged"): "one sentence",
        ("test_specimen.py::test_full", "the disk is full while rows are written"): "gaze.csv: no room | for rows",
        ("test_specimen.py::test_full", "the disk is full while frames are written"): "gaze.csv: no room | for frames",
        ("test_specimen.py::test_wrong", "a test is wrong"): faults.FAILED,
    }


def test_a_test_that_cannot_run_here_keeps_its_row(
    pytester: pytest.Pytester, written: dict[tuple[str, str], str]
) -> None:
    skipped = ("test_specimen.py::test_skipped", "nothing can be tried here")
    gone = ("test_specimen.py::test_gone", "something of old")
    faults.write(pytester.path / "FAULTS.md", {**written, skipped: "what another machine saw", gone: "nothing"})
    pytester.runpytest_subprocess("-p", "no:cacheprovider", "-m", "fault", "--faults", "FAULTS.md")
    rows = faults.read(pytester.path / "FAULTS.md")
    assert rows[skipped] == "what another machine saw"
    assert gone not in rows


def test_marked_tests_are_found_without_being_run(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_specimen=SPECIMEN)
    assert ("test_specimen.py::test_full", "the disk is full while {what} are written") in faults.marked_tests(
        pytester.path
    )
