"""A video with gaze drawn into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import av
import cv2
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.estimate import GazeEstimate
from gaze_demo.observation import Observation
from gaze_demo.pipeline import GazeSample
from gaze_demo.sink.drawing import annotate
from gaze_demo.sink.sink import Policy, Run
from gaze_demo.whole_file import PartFile, cannot_write, refuse_unwritable

_FORMATS = {".mp4": "mp4", ".mkv": "matroska"}
_TICKS = 90_000  # time stamps per second, as MPEG has it
_LONGEST_STILL_S = 10.0
_LIKELY_RATE_HZ, _STILLS_RATE_HZ = 30.0, 1.0
_KEY_FRAMES_S = 1.0
# The first one that the installed FFmpeg can write is used.
_CODECS: tuple[tuple[str, dict[str, str]], ...] = (
    ("libx264", {"preset": "veryfast", "tune": "zerolatency", "crf": "20"}),
    ("libopenh264", {}),
    ("mpeg4", {"q": "4"}),
)
Draw = Callable[[Observation, Sequence[GazeEstimate]], NDArray[np.uint8]]


def plain_picture(seen: Observation, estimates: Sequence[GazeEstimate]) -> NDArray[np.uint8]:
    """The unchanged frame, as a replacement for `annotate`."""
    del estimates
    return seen.frame.image


class AnnotatedVideo:
    """Writes each observation with its gazes; frames are unmirrored and have the size of the first one.

    Each frame keeps the time from its source, even if the rate varies. The file is created with the first frame and
    gets its final name when it is closed. It is written in fragments, so that a killed program leaves a NAME.part.mp4
    that can be played.

    Example:
        with opened(AnnotatedVideo(Path("annotated.mp4")), Run(frame_rate=30.0)) as sink:
            sink.write(pipeline.process(frame))

    `draw`: the function that draws; `plain_picture` draws nothing. Raises UserError if the file cannot be written.
    """

    policy: Policy = "all"
    needs_picture = True

    def __init__(self, path: Path, draw: Draw = annotate) -> None:
        if path.suffix.lower() not in _FORMATS:
            raise UserError(f"{path.name}: an annotated video ends in {' or '.join(_FORMATS)}.")
        refuse_unwritable(path)
        self.path = path
        self._draw = draw
        self._container: Any = None

    def open(self, run: Run) -> None:
        """Prepare for writing; the file is created with the first frame and gets its size."""
        self._frame_rate = run.frame_rate or (_STILLS_RATE_HZ if run.still else _LIKELY_RATE_HZ)
        self._part: PartFile | None = None
        self._file: IO[bytes] | None = None
        self._stream: Any = None
        self._size = (0, 0)
        self._offset_s = self._last_s = 0.0
        self._last_tick = -1

    def write(self, sample: GazeSample) -> None:
        """Add a frame at its time."""
        seen = sample.observation
        image = self._draw(seen, sample.estimates)
        try:
            if self._container is None:
                self._begin(image, seen.frame.time_s)
            frame = av.VideoFrame.from_ndarray(_fitted(image, self._size), format="bgr24")
            frame.pts, frame.time_base = self._tick(seen.frame.time_s), Fraction(1, _TICKS)
            self._container.mux(self._stream.encode(frame))
        except (OSError, FFmpegError) as error:
            raise self._failed(error) from None

    def close(self) -> None:
        """Complete the file; harmless if nothing was written. Raises UserError if that fails."""
        container, self._container = self._container, None
        if container is None:
            return
        try:
            container.mux(self._stream.encode())
            container.close()
            assert self._file is not None
            self._file.close()
        except (OSError, FFmpegError) as error:
            raise self._failed(error) from None
        assert self._part is not None
        self._part.commit()

    def _begin(self, image: NDArray[np.uint8], time_s: float) -> None:
        self._size = (image.shape[1] // 2 * 2, image.shape[0] // 2 * 2)  # the codec wants even sides
        self._part = PartFile(self.path, recording=True)
        self._file = self._part.part.open("wb", buffering=0)
        kind = _FORMATS[self.path.suffix.lower()]
        flags = {"movflags": "+hybrid_fragmented"} if kind == "mp4" else {}
        self._container = av.open(self._file, mode="w", format=kind, container_options=flags)
        codec, options = next((name, options) for name, options in _CODECS if name in av.codecs_available)
        rate = Fraction(self._frame_rate).limit_denominator(1001)
        group = max(round(self._frame_rate * _KEY_FRAMES_S), 1)
        self._stream = self._container.add_stream(codec, rate=rate, options={**options, "g": str(group), "bf": "0"})
        self._stream.width, self._stream.height = self._size
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = self._stream.time_base = Fraction(1, _TICKS)
        self._offset_s = self._last_s = time_s

    def _tick(self, time_s: float) -> int:
        """The time stamp of a frame of that time; after a long break or a jump back the clock starts again."""
        apart_s = time_s - self._last_s
        if self._last_tick >= 0 and not 0 < apart_s <= _LONGEST_STILL_S:
            self._offset_s += apart_s - 1 / self._frame_rate
        self._last_s = time_s
        self._last_tick = max(round((time_s - self._offset_s) * _TICKS), self._last_tick + 1)
        return self._last_tick

    def _failed(self, error: Exception) -> UserError:
        """Ends the file after an error; the message says where it is."""
        container, self._container = self._container, None
        with suppress(OSError, FFmpegError):
            if container is not None:
                container.close()
        with suppress(OSError):
            if self._file is not None:
                self._file.close()
        kept = self._part.rescue() if self._part is not None else ""
        if isinstance(error, OSError):
            return cannot_write(self.path, error, kept)
        return UserError(f"{self.path} cannot be written: {error}.{kept}")


def _fitted(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The image in a frame of (width, height), scaled down or up and with bars if its shape differs."""
    width, height = size
    scale = min(width / image.shape[1], height / image.shape[0])
    if abs(scale - 1.0) > 0.01:
        image = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    image = image[:height, :width]
    frame = np.zeros((height, width, 3), np.uint8)
    top, left = (height - image.shape[0]) // 2, (width - image.shape[1]) // 2
    frame[top : top + image.shape[0], left : left + image.shape[1]] = image
    return frame
