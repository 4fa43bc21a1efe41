from __future__ import annotations

from pathlib import Path

import pytest

from gaze_demo.errors import UserError
from gaze_training.calibration_study.sittings import Line, Study
from gaze_training.calibration_study.table import (
    MARKS,
    as_markdown,
    held_everywhere,
    unabsorbed,
    write_markdown,
)

LINES = [
    Line("tiny", person, head, 9, believed, 9.0, 1.0 + person + extra, "affine", 0.9 - 0.1 * person, person == 2, True)
    for person in (0, 1, 2)
    for head in ("still", "moving")
    for believed, extra in (("the truth", 0.0), ("field of view 45", 0.2 * person))
]
STUDY = Study(7, LINES, [1.0, 1.5])


def rows_of(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()]


def test_the_table_by_points_has_the_mean_over_people_and_the_worst_of_them() -> None:
    rows = rows_of(as_markdown(LINES).split("\n\n")[0])
    assert [row[:2] for row in rows[2:]] == [["tiny", "still"], ["tiny", "moving"]]
    cells = dict(zip(rows[0], rows[2], strict=True))
    assert (cells["not calibrated"], cells["9"], cells["9, worst person"], cells["16"]) == ("9.00", "2.00", "3.00", "-")


def test_the_table_of_wrong_beliefs_has_before_and_after() -> None:
    rows = rows_of(as_markdown(LINES).split("\n\n")[1])
    cells = dict(zip(rows[0], rows[2], strict=True))
    assert cells["the truth"] == "9.00 → 2.00"
    assert cells["field of view 45"] == "9.00 → 2.20"


def test_the_table_of_the_ellipse_has_the_share_held_and_how_often_a_model_was_the_best() -> None:
    rows = rows_of(as_markdown(LINES).split("\n\n")[2])
    cells = dict(zip(rows[0], rows[2], strict=True))
    assert (cells["9"], cells["16"], cells["least of a sitting, 9"]) == ("80", "-", "70")
    assert (cells["best at 9"], cells["level"]) == ("1", "3")
    assert held_everywhere(LINES) == pytest.approx(0.8)


def test_what_a_wrong_belief_costs_is_counted_sitting_by_sitting() -> None:
    cost, many, of = unabsorbed(LINES)["field of view 45"]
    assert (cost, many, of) == (pytest.approx(0.2), 2, 6)


def test_the_tables_replace_those_between_the_marks_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Before\n\n{MARKS.begin}\nold\n{MARKS.end}\n\nAfter\n")
    for _ in range(2):
        write_markdown(STUDY, page)
        text = page.read_text()
        assert text.startswith(f"# Before\n\n{MARKS.begin}\n")
        assert text.endswith(f"{MARKS.end}\n\nAfter\n")
        assert "old" not in text
        assert "seed 7" in text
        assert text.count("| tiny | still |") == 3


@pytest.mark.fault(
    "the page for the study's tables has no marks", "one sentence before any work; the page is untouched"
)
def test_a_page_without_marks_is_refused_before_the_work_and_kept(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    MARKS.require(page)  # one that does not exist yet will be made
    page.write_text("# Mine\n")
    with pytest.raises(UserError, match="no place for the tables"):
        MARKS.require(page)
    with pytest.raises(UserError, match="no place for the tables"):
        write_markdown(STUDY, page)
    assert page.read_text() == "# Mine\n"
