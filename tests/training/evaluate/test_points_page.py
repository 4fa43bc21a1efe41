from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

from gaze_training.evaluate.points import PointResult
from gaze_training.evaluate.points_in_faces import FaceFigures, PointsInFacesResult
from gaze_training.evaluate.points_page import FROM_9, FROM_40, HEADER, MARKS, points_markdown, write_points_page

POINTS = PointResult(**{field.name: 0.5 for field in fields(PointResult)})
MEAN = FaceFigures(
    "mean",
    replace(POINTS, median_40=120.4, median_9=150.6, guess=590.0, r2_x_affine=0.93, r2_y_affine=0.81),
    pitch=1.43,
    yaw=2.18,
    frames=120,
    lost=3,
)
FACES = tuple(FaceFigures(name, POINTS, 1.0, 2.0, 60, 0) for name in ("a.png", "b.png"))
RESULT = PointsInFacesResult(FACES, MEAN, {"too dark": 3})


def cells(row: str) -> dict[str, str]:
    return dict(zip(HEADER, (cell.strip() for cell in row.strip("|").split("|")), strict=True))


def test_the_table_has_the_means_over_the_portraits_of_each_model() -> None:
    header, _, teacher, other = points_markdown({"teacher": RESULT, "other": RESULT}).splitlines()
    assert list(cells(header).values()) == list(HEADER)
    assert (cells(teacher)["model"], cells(other)["model"]) == ("teacher", "other")
    assert (cells(teacher)[FROM_40], cells(teacher)[FROM_9], cells(teacher)["frames lost"]) == ("120", "151", "3")
    assert list(cells(teacher).values())[3:7] == ["0.93", "0.81", "1.43", "2.18"]


def test_a_figure_that_is_unknown_is_a_dash() -> None:
    unknown = replace(RESULT, mean=replace(MEAN, pitch=float("nan"), points=replace(POINTS, median_40=float("nan"))))
    row = cells(points_markdown({"none": unknown}).splitlines()[2])
    assert (row[FROM_40], row["pitch, deg per 100 px"]) == ("-", "-")


def test_the_table_replaces_what_is_between_the_marks_and_tells_what_it_rests_on(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Before\n\n{MARKS.begin}\nold\n{MARKS.end}\n\nAfter\n")
    for _ in range(2):
        write_points_page({"teacher": RESULT}, page, seed=7, eye_px=28.0)
        text = page.read_text()
        assert text.startswith(f"# Before\n\n{MARKS.begin}\n")
        assert text.endswith(f"{MARKS.end}\n\nAfter\n")
        assert "old" not in text
        assert "seed 7" in text
        assert "120 frames with eyes 28 px wide, 60 in each of 2 portraits (`a.png`, `b.png`)" in text
        assert "the mean point: 590 px" in text
        assert text.count("| teacher |") == 1
