"""A video with gaze drawn into it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.pipeline import GazeSample
from gaze_demo.sink.drawing import annotate
from gaze_demo.sink.sink import Policy, Run

_CODECS = {".mp4": "mp4v", ".avi": "MJPG"}
_LONGEST_STILL_S = 10.0
_LIKELY_RATE_HZ, _STILLS_RATE_HZ = 30.0, 1.0


class AnnotatedVideo:
    """Writes each observation with its gazes; frames are unmirrored and have the size of the first one.

    A frame that comes late, as from a camera that is faster than the models, stands still for so long: the video keeps
    the time of what it shows.

    Example:
        with opened(AnnotatedVideo(Path("annotated.mp4")), Run(frame_rate=30.0)) as sink:
            sink.write(pipeline.process(frame))

    Raises UserError where the file cannot be written.
    """

    policy: Policy = "all"
    needs_picture = True

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() not in _CODECS:
            raise UserError(f"{path.name}: an annotated video ends in {' or '.join(_CODECS)}.")
        if not path.parent.is_dir():
            raise UserError(f"{path} cannot be written: there is no folder {path.parent}.")
        self.path = path
        self._writer: cv2.VideoWriter | None = None

    def open(self, run: Run) -> None:
        """Begin; the file itself begins with the first frame, whose size it takes."""
        self._frame_rate = run.frame_rate or (_STILLS_RATE_HZ if run.still else _LIKELY_RATE_HZ)
        self._writer = None
        self._size = (0, 0)
        self._start_s = 0.0
        self._written = 0

    def write(self, sample: GazeSample) -> None:
        """One frame more, until its own time."""
        seen = sample.observation
        image = annotate(seen, sample.estimates)
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
