"""The figures of the point test in faces as a part of a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from gaze_demo.machine import machine
from gaze_training.marks import Marks
from gaze_training.report_text import markdown_table, number

if TYPE_CHECKING:
    from gaze_training.evaluate.points_in_faces import PointsInFacesResult  # it loads MediaPipe

MARKS = Marks(
    "<!-- points in faces: written by `gaze-train evaluate points-in-faces --markdown` -->",
    "<!-- end of points in faces -->",
)
FROM_40, FROM_9 = "from 40 frames, px", "from 9 frames, px"
HEADER = ("model", FROM_40, FROM_9, "R2 x", "R2 y", "pitch, deg per 100 px", "yaw, deg per 100 px", "frames lost")


def write_points_page(results: Mapping[str, PointsInFacesResult], path: Path, *, seed: int, eye_px: float) -> None:
    """Write the table between the marks of a file, or to a new file; raises UserError if that fails.

    `eye_px`: width of an eye in the webcam's picture.
    """
    MARKS.write(path, f"{_origin(next(iter(results.values())), seed, eye_px)}\n\n{points_markdown(results)}")


def points_markdown(results: Mapping[str, PointsInFacesResult]) -> str:
    """One line a model: the mean over the portraits, and the frames that it lost in all of them."""
    rows = [
        [
            *(name, number(mean.points.median_40, 0), number(mean.points.median_9, 0)),
            *(number(v) for v in (mean.points.r2_x_affine, mean.points.r2_y_affine, mean.pitch, mean.yaw)),
            str(mean.lost),
        ]
        for name, mean in ((name, result.mean) for name, result in results.items())
    ]
    return markdown_table(HEADER, rows)


def _origin(result: PointsInFacesResult, seed: int, eye_px: float) -> str:
    """What the table rests on, which is the same for each model."""
    mean, names = result.mean, [f"`{row.face}`" for row in result.faces]
    date = f"{datetime.now(timezone.utc):%Y-%m-%d}"
    return (
        f"{date}, seed {seed}, {machine()}; {mean.frames} frames with eyes {eye_px:g} px wide, "
        f"{mean.frames // len(names)} in each of {len(names)} portraits ({', '.join(names)}). Always answering the "
        f"mean point: {number(mean.points.guess, 0)} px."
    )
