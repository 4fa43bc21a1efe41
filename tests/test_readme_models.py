"""`tools/readme_models.py` takes its figures from the pages that commands write."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from gaze_training.evaluate.points_page import HEADER
from gaze_training.report_text import markdown_table

ROWS = {"teacher": ("117", "143"), "mobilenet25": ("120", "147"), "teacher-adas": ("101", "131")}


@pytest.fixture
def tool(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The tool, with pages of its own: a page of the point test, and the repository's study and README."""
    spec = importlib.util.spec_from_file_location("readme_models", repository / "tools" / "readme_models.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = tmp_path / "training" / "README.md"
    page.parent.mkdir()
    table = markdown_table(HEADER, [[name, *row, "0.9", "0.8", "1.4", "2.2", "3"] for name, row in ROWS.items()])
    page.write_text(f"# Page\n\n| other | table |\n|---|---|\n| teacher | 9 |\n\n{table}\n\n| more | 1 |\n")
    readme = tmp_path / "README.md"
    readme.write_bytes((repository / "README.md").read_bytes())
    monkeypatch.setattr(module, "TOP", tmp_path)
    monkeypatch.setattr(module, "POINTS", page)
    monkeypatch.setattr(module, "README", readme)
    return module


def entries(tool: ModuleType, *names: str) -> list[object]:
    return [entry for entry in tool._entries() if entry.name in names]


def test_the_figures_on_a_screen_are_those_of_the_point_test_in_faces_also_for_committees(tool: ModuleType) -> None:
    rows = tool.accuracy_table(entries(tool, *ROWS), {}).splitlines()[2:]
    found = {cells[1].strip(): cells[3].strip() for cells in (row.split("|") for row in rows)}
    assert found == {name: " / ".join(row) for name, row in ROWS.items()}
    assert tool.unmeasured(entries(tool, *ROWS)) is None


def test_a_model_that_the_table_lacks_is_told_with_the_command(
    tool: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tool.README.read_bytes()
    for arguments in (["--check"], []):
        monkeypatch.setattr("sys.argv", ["readme_models.py", *arguments])
        with pytest.raises(SystemExit) as ended:
            tool.main()
        message = str(ended.value.code)
        assert "training/README.md has no figures of mobilenet100, mobilenet50" in message
        assert "gaze-train evaluate points-in-faces EYES FACES --markdown training/README.md --model teacher" in message
        assert "--model mobilenet25-adas', then 'make readme'" in message
    assert tool.README.read_bytes() == before


def test_a_page_without_the_table_has_no_figures(tool: ModuleType) -> None:
    tool.POINTS.write_text("# Page\n")
    assert "has no figures of teacher:" in tool.unmeasured(entries(tool, "teacher"))


def test_check_tells_a_readme_whose_figures_are_old(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = entries(tool, *ROWS)
    monkeypatch.setattr(tool, "_entries", lambda: measured)
    monkeypatch.setattr("sys.argv", ["readme_models.py"])
    assert tool.main() == 0
    monkeypatch.setattr("sys.argv", ["readme_models.py", "--check"])
    assert tool.main() == 0
    tool.POINTS.write_text(tool.POINTS.read_text().replace("| 117 |", "| 118 |"))
    assert tool.main() == 1
