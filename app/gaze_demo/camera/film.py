"""The decoder behind a video file: frames with the times that the file gives them, by PyAV (FFmpeg)."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from gaze_demo.camera.source import SourceError

av.logging.set_level(None)  # the app has its own messages for faults

LIKELY_RATE = 30.0
LARGEST_PX = 8192 * 8192  # A frame of more pixels is refused: decoding holds several of them
# Containers that hold their own pictures. Playlists, which name other files or addresses, are not included.
_FORMATS = (
    "3g2,3gp,asf,avi,dv,flv,gif,h264,hevc,ivf,m4v,matroska,mjpeg,mov,mp4,mpeg,mpegts,mpegvideo,mxf,nut,obu,ogg,"
    "rawvideo,webm,wtv,yuv4mpegpipe"
)
_SQUAREST, _FLATTEST = 0.2, 5.0
_DAMAGED_AFTER = 500  # after this many undecodable packets in a row the file counts as ended
_THREADS = min(4, os.cpu_count() or 1)


class Film:
    """The first video stream of a file. Not safe for use from several threads at once.

    Frames come upright and with square pixels, whatever rotation and sample aspect ratio the file has. `grab` decodes
    and `image` converts, so that skipped frames cost less.

    Attributes:
        rate: nominal frames per second, where the file has one.
        count: frames, where the file knows.
        duration_s: where the file knows.
        time_s: of the frame that was grabbed last, from the film's beginning.
    """

    def __init__(self, path: Path) -> None:
        """Raises SourceError ("unreadable"), or OSError if the file cannot be opened."""
        self._path = path
        self._file: IO[bytes] = path.open("rb", buffering=0)
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        try:
            self._container: InputContainer = av.open(
                self._file, mode="r", options={"format_whitelist": _FORMATS, "protocol_whitelist": "none"}
            )
        except (FFmpegError, OSError, ValueError) as error:  # an empty file cannot be searched
            raise unreadable(self._path) from error
        if not self._container.streams.video:
            raise SourceError("unreadable", f"{self._path} holds no pictures, only sound: choose another file.")
        stream = self._stream = self._container.streams.video[0]
        codec = getattr(stream, "codec_context", None)
        if codec is None:
            raise SourceError(
                "unreadable",
                f"{self._path} uses a compression that this program cannot read: convert it to H.264 (MP4), "
                "for example with HandBrake or ffmpeg.",
            )
        if codec.width * codec.height > LARGEST_PX:
            raise SourceError(
                "unreadable",
                f"{self._path} has frames of {codec.width} x {codec.height} px, which is more than this program "
                "reads: convert it to a smaller size.",
            )
        codec.options = {"max_pixels": str(LARGEST_PX)}
        codec.thread_type = "AUTO"
        codec.thread_count = _THREADS
        rate = stream.average_rate or stream.guessed_rate
        self.rate = float(rate) if rate and 0 < rate <= 1000 else None
        self.count = stream.frames if 0 < stream.frames < 2**31 else None
        self.duration_s = self._duration()
        self._zero = stream.start_time
        self._begin()

    def _duration(self) -> float | None:
        stream, container = self._stream, self._container
        if stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        return container.duration / 1e6 if container.duration and container.duration > 0 else None

    def _begin(self) -> None:
        self._frames = self._decode()
        self._ahead: deque[tuple[Any, float]] = deque()
        self._frame: Any = None
        self.time_s = -1.0

    def grab(self) -> bool:
        """Go on to the next frame; False at the end."""
        if self._ahead:
            self._frame, self.time_s = self._ahead.popleft()
            return True
        following = self._next(self.time_s)
        if following is None:
            return False
        self._frame, self.time_s = following
        return True

    def image(self) -> NDArray[np.uint8]:
        """The grabbed frame as BGR (height, width, 3)."""
        frame = self._frame
        width, height = _square(frame.width, frame.height, self._stream.sample_aspect_ratio)
        straight = frame.reformat(width=width, height=height, format="bgr24")
        image = np.asarray(straight.to_ndarray(), np.uint8)
        turns = round(frame.rotation / 90) % 4
        return np.ascontiguousarray(np.rot90(image, turns)) if turns else image

    def seek(self, time_s: float) -> None:
        """The next `grab` gives the frame that is shown at that time: the last one that is not after it."""
        target = max(time_s, 0.0)
        if not self._jump(target):
            self._jump(0.0)
        shown: tuple[Any, float] | None = None
        while (following := self._next(shown[1] if shown else -1.0)) is not None:
            if following[1] > target + 1e-6 and shown is not None:
                self._ahead.extend([shown, following])
                return
            shown = following
            if following[1] > target + 1e-6:
                break
        if shown is not None:
            self._ahead.append(shown)

    def skim(self, hurry: bool) -> None:
        """When late, frames that no other frame depends on are not decoded."""
        self._stream.codec_context.skip_frame = "NONREF" if hurry else "DEFAULT"

    def packet_times(self) -> NDArray[np.float64]:
        """The times (n,) in s of the frames from here on, from the film's beginning."""
        step_s, stream = 1 / (self.rate or LIKELY_RATE), self._stream
        stamps: list[int | None] = []
        with suppress(FFmpegError):  # the file was cut off
            for packet in self._container.demux(stream):
                if packet.size:
                    stamps.append(packet.pts)
        known = sorted(stamp for stamp in stamps if stamp is not None)
        if len(known) < len(stamps) or not known or not stream.time_base:
            return np.asarray(np.arange(len(stamps)) * step_s)
        zero = known[0] if self._zero is None else self._zero
        return np.asarray(np.maximum((np.array(known) - zero) * float(stream.time_base), 0.0))

    def close(self) -> None:
        container = getattr(self, "_container", None)
        if container is not None:
            self._frames = iter(())
            container.close()
        self._file.close()

    def _jump(self, time_s: float) -> bool:
        """Go to a key frame at or before a time; False if the file cannot be searched, which starts it again."""
        stream = self._stream
        base = float(stream.time_base) if stream.time_base else 1.0
        try:
            self._container.seek(int(time_s / base) + (stream.start_time or 0), stream=stream, backward=True)
        except (FFmpegError, OverflowError):
            self._container.close()
            self._file.seek(0)
            self._open()
            return False
        self._begin()
        return True

    def _next(self, before_s: float) -> tuple[Any, float] | None:
        """A frame and its time, which is after `before_s`."""
        frame = next(self._frames, None)
        if frame is None:
            return None
        if frame.pts is None or frame.time_base is None:
            return frame, before_s + 1 / (self.rate or LIKELY_RATE) if before_s >= 0 else 0.0
        if self._zero is None:
            self._zero = frame.pts
        time_s = max(float((frame.pts - self._zero) * frame.time_base), 0.0)
        if time_s <= before_s:  # the file has no times, or wrong ones
            time_s = before_s + 1 / (self.rate or LIKELY_RATE)
        return frame, time_s

    def _decode(self) -> Iterator[Any]:
        """Every frame that can be decoded; damaged parts are skipped."""
        failures = 0
        packets = self._container.demux(self._stream)
        while failures < _DAMAGED_AFTER:
            try:
                packet = next(packets)
                frames = packet.decode()
            except StopIteration:
                break
            except FFmpegError:  # damaged here, or cut off
                failures += 1
                continue
            failures = 0
            yield from frames
        with suppress(FFmpegError):  # what the decoder still holds, where the file was cut off
            yield from self._stream.codec_context.decode(None)


def film_times(path: Path) -> NDArray[np.float64]:
    """The times (n,) in s of all frames from the film's beginning, read from the file without decoding pictures.

    Where the file gives no times, frames follow each other at its rate. Raises SourceError, or OSError.
    """
    film = Film(path)
    try:
        found = film.packet_times()
    finally:
        film.close()
    if not len(found):
        raise unreadable(path)
    return found


def unreadable(path: Path) -> SourceError:
    return SourceError(
        "unreadable", f"{path} cannot be read as a video or an image: it is damaged, or it is another kind of file."
    )


def _square(width: int, height: int, aspect: Any) -> tuple[int, int]:
    """The size with square pixels; the image is only enlarged, so that no detail is lost."""
    ratio = float(aspect) if aspect else 1.0
    if not _SQUAREST <= ratio <= _FLATTEST or abs(ratio - 1) < 1e-3:
        return width, height
    return (round(width * ratio), height) if ratio > 1 else (width, round(height / ratio))
