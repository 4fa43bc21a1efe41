"""Gaze as a table: one row for each frame and model."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import numpy as np

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, vector_to_pitch_yaw
from gaze_demo.observation import Observation
from gaze_demo.pipeline import GazeSample, ModelGaze
from gaze_demo.sink.sink import Policy, Run
from gaze_demo.spreadsheet import text_cell
from gaze_demo.whole_file import PartFile, cannot_write, refuse_unwritable

# Angles and vectors are those of the camera frame and unfiltered; `eye_*_mm` is the middle of the eyes, where the gaze
# starts. `point_*` is the calibrated point of gaze in the screen frame, empty without a profile. The order stays the
# same in later versions; new columns are added at the end.
COLUMNS = tuple(
    "frame time_s file model face valid reason yaw_deg pitch_deg left_yaw_deg left_pitch_deg right_yaw_deg "
    "right_pitch_deg gaze_x gaze_y gaze_z eye_x_mm eye_y_mm eye_z_mm head_yaw_deg head_pitch_deg head_roll_deg "
    "openness_left openness_right landmarks_ms model_ms point_x_px point_y_px point_x_mm point_y_mm".split()
)

STDOUT = "-"


class GazeCsv:
    """A CSV file of gaze; a cell is empty if nothing is known.

    The file is created with the first frame, is complete after each frame, and gets its final name when it is closed;
    until then it is NAME.part.csv. "-" is standard output.

    Example:
        with opened(GazeCsv(Path("gaze.csv"))) as sink:
            sink.write(pipeline.process(frame))

    Raises UserError if the file cannot be written.
    """

    policy: Policy = "all"
    needs_picture = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self._to_stdout = str(path) == STDOUT
        if not self._to_stdout:
            refuse_unwritable(path)

    def open(self, run: Run) -> None:
        """Prepare for writing; the file is created with the first frame."""
        self._part: PartFile | None = None
        self._file: TextIO | None = None
        self._whole_bytes = 0

    def write(self, sample: GazeSample) -> None:
        """One row for each model."""
        rows: list[Iterable[object]] = [_row(sample.observation, gaze) for gaze in sample.gazes]
        try:
            if self._file is None:
                self._file = self._begin()
                rows.insert(0, COLUMNS)
            csv.writer(self._file).writerows(rows)
            self._file.flush()
            if self._part is not None:
                self._whole_bytes = self._part.part.stat().st_size
        except OSError as error:  # the disk is full or missing, or nobody reads the pipe
            raise self._failed(error) from None

    def close(self) -> None:
        """Rename the file to its final name; harmless if nothing was written. Raises UserError if that fails."""
        file, self._file = self._file, None
        if file is None or self._part is None:
            return
        try:
            file.close()
        except OSError as error:
            raise self._failed(error) from None
        self._part.commit()

    def _begin(self) -> TextIO:
        if self._to_stdout:
            reconfigure = getattr(sys.stdout, "reconfigure", None)  # a test's own stdout has none
            if reconfigure is not None:
                reconfigure(encoding="utf-8", newline="")
            return sys.stdout
        self._part = PartFile(self.path, recording=True)
        return self._part.part.open("w", encoding="utf-8", newline="")

    def _failed(self, error: OSError) -> UserError:
        if self._to_stdout:
            with suppress(OSError, ValueError):  # the buffered rest cannot be written any more
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if isinstance(error, BrokenPipeError):
                return UserError("The program that was reading the rows has ended.")
            return cannot_write(Path("The standard output"), error)
        file, self._file = self._file, None
        with suppress(OSError):
            if file is not None:
                file.close()
        with suppress(OSError):  # an incomplete frame is removed
            if self._part is not None:
                os.truncate(self._part.part, self._whole_bytes)
        return cannot_write(self.path, error, self._part.rescue() if self._part is not None else "")


def _row(seen: Observation, gaze: ModelGaze) -> list[object]:
    estimate, point = gaze.estimate, gaze.point
    head = np.degrees(seen.pose.angles) if seen.pose else None  # pitch, yaw, roll
    return [
        seen.frame.index,
        f"{seen.frame.time_s:.4f}",
        text_cell(seen.frame.file),
        text_cell(estimate.model),
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
