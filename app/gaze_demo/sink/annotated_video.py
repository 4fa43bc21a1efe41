"""A video with gaze drawn into it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.estimate import GazeEstimate
from gaze_demo.observation import Observation
from gaze_demo.sink.drawing import annotate

_CODECS = {".mp4": "mp4v", ".avi": "MJPG"}
_LONGEST_STILL_S = 10.0


class AnnotatedVideo:
    """Writes each observation with its gazes; frames are unmirrored and have the size of the first one.

    A frame that comes late, as from a camera that is faster than the models, stands still for so long: the video keeps
    the time of what it shows.

    Example:
        with AnnotatedVideo(Path("annotated.mp4"), frame_rate=30.0) as sink:
            sink.write(observation, [model.estimate(observation)])

    Raises UserError where the file cannot be written.
    """

    def __init__(self, path: Path, frame_rate: float) -> None:
        if path.suffix.lower() not in _CODECS:
            raise UserError(f"{path.name}: an annotated video ends in {' or '.join(_CODECS)}.")
        if not path.parent.is_dir():
            raise UserError(f"{path} cannot be written: there is no folder {path.parent}.")
        self.path = path
        self._frame_rate = frame_rate
        self._writer: cv2.VideoWriter | None = None
        self._size = (0, 0)
        self._start_s = 0.0
        self._written = 0

    def __enter__(self) -> AnnotatedVideo:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, seen: Observation, estimates: Sequence[GazeEstimate]) -> None:
        """One frame more, until its own time."""
        image = annotate(seen, estimates)
        if self._writer is None:
            self._size = (image.shape[1] // 2 * 2, image.shape[0] // 2 * 2)  # the codec wants even sides
            codec = cv2.VideoWriter.fourcc(*_CODECS[self.path.suffix.lower()])
            self._writer = cv2.VideoWriter(str(self.path), codec, self._frame_rate, self._size)
            self._start_s = seen.frame.time_s
            if not self._writer.isOpened():
                raise UserError(f"{self.path} cannot be written: choose another folder or the ending .avi.")
        fitted = _fitted(image, self._size)
        for _ in range(self._due(seen.frame.time_s)):
            self._writer.write(fitted)
            self._written += 1

    def _due(self, time_s: float) -> int:
        """How often a frame of that time is to be written; after a long break the clock starts anew."""
        due = round((time_s - self._start_s) * self._frame_rate) + 1 - self._written
        if abs(due) > _LONGEST_STILL_S * self._frame_rate:
            self._start_s = time_s - self._written / self._frame_rate
            return 1
        return max(due, 1)

    def close(self) -> None:
        """Complete the file; harmless where nothing was written.

        Raises UserError where it is not there as a whole: OpenCV itself never tells of a full disk.
        """
        writer, self._writer = self._writer, None
        if writer is None:
            return
        writer.release()
        written = cv2.VideoCapture(str(self.path), cv2.CAP_FFMPEG)
        whole = written.isOpened() and written.get(cv2.CAP_PROP_FRAME_COUNT) >= 0.9 * self._written - 1
        written.release()
        if not whole:
            raise UserError(f"{self.path} could not be written whole: is the disk full?")


def _fitted(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The image in a frame of (width, height), scaled down or up and with bars where its shape differs."""
    width, height = size
    scale = min(width / image.shape[1], height / image.shape[0])
    if abs(scale - 1.0) > 0.01:
        image = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    image = image[:height, :width]
    frame = np.zeros((height, width, 3), np.uint8)
    top, left = (height - image.shape[0]) // 2, (width - image.shape[1]) // 2
    frame[top : top + image.shape[0], left : left + image.shape[1]] = image
    return frame
