"""Gaze as a table: one row for each frame and model."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, vector_to_pitch_yaw
from gaze_demo.observation import Observation
from gaze_demo.pipeline import GazeSample, ModelGaze
from gaze_demo.sink.sink import Policy, Run

COLUMNS = tuple(
    "frame time_s file model face valid reason yaw_deg pitch_deg left_yaw_deg left_pitch_deg right_yaw_deg "
    "right_pitch_deg gaze_x gaze_y gaze_z eye_x_mm eye_y_mm eye_z_mm head_yaw_deg head_pitch_deg head_roll_deg "
    "openness_left openness_right landmarks_ms model_ms point_x_px point_y_px point_x_mm point_y_mm".split()
)
"""Angles and vectors are those of the camera frame and unfiltered; `eye_*_mm` is the middle of the eyes, where the gaze
starts. `point_*` is the calibrated point of gaze in the screen frame, empty without a profile."""


class GazeCsv:
    """A CSV file of gaze, complete up to the last frame whatever happens; a cell is empty where nothing is known.

    Example:
        with opened(GazeCsv(Path("gaze.csv"))) as sink:
            sink.write(pipeline.process(frame))

    `open` and `write` raise UserError where the file cannot be written.
    """

    policy: Policy = "all"
    needs_picture = False

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self, run: Run) -> None:
        """Begin the file with a line of names, in place of one that may be there."""
        try:
            self._file = self.path.open("w", encoding="utf-8", newline="")
        except OSError as error:
            raise UserError(f"{self.path} cannot be written: {error.strerror or error}.") from None
        self._writer = csv.writer(self._file)
        self._write([COLUMNS])

    def write(self, sample: GazeSample) -> None:
        """One row for each model."""
        self._write([_row(sample.observation, gaze) for gaze in sample.gazes])

    def close(self) -> None:
        self._file.close()

    def _write(self, rows: Iterable[Iterable[object]]) -> None:
        try:
            self._writer.writerows(rows)
            self._file.flush()
        except OSError as error:  # the disk is full, or gone
            raise UserError(f"{self.path} cannot be written further: {error.strerror or error}.") from None


def _row(seen: Observation, gaze: ModelGaze) -> list[object]:
    estimate, point = gaze.estimate, gaze.point
    head = np.degrees(seen.pose.angles) if seen.pose else None  # pitch, yaw, roll
    return [
        seen.frame.index,
        f"{seen.frame.time_s:.4f}",
        seen.frame.file,
        estimate.model,
        int(seen.landmarks is not None),
        int(estimate.gaze is not None),
        estimate.reason.value,
        *_yaw_pitch(estimate.gaze),
        *_yaw_pitch(estimate.left),
        *_yaw_pitch(estimate.right),
        *_numbers(estimate.gaze, 3, 6),
        *_numbers(estimate.origin_mm, 3, 1),
        *_numbers(None if head is None else head[[1, 0, 2]], 3, 2),
        f"{seen.left.openness:.3f}" if seen.left else "",
        f"{seen.right.openness:.3f}" if seen.right else "",
        f"{seen.landmarks_ms:.2f}",
        f"{estimate.model_ms:.2f}" if estimate.model_ms else "",
        *_numbers(None if point is None else point.px, 2, 1),
        *_numbers(None if point is None else point.mm, 2, 2),
    ]


def _yaw_pitch(gaze: Array | None) -> list[str]:
    return _numbers(None if gaze is None else np.degrees(vector_to_pitch_yaw(gaze))[::-1], 2, 3)


def _numbers(values: Array | None, count: int, decimals: int) -> list[str]:
    return [""] * count if values is None else [f"{value:.{decimals}f}" for value in values]
