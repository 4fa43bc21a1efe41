"""Small grey pictures as an H.264 stream without loss; each picture gives its packet at once."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from gaze_demo.errors import UserError

Grey = NDArray[np.uint8]
# docs/SESSIONS.md compares these options with other formats.
_OPTIONS = {
    "qp": "0",
    "preset": "superfast",
    "tune": "zerolatency",
    "g": "300",
    "x264-params": "subme=3:partitions=i4x4:ref=3",
}
_MOST_BYTES = 1 << 18
_KEY_UNIT = b"\x00\x00\x01\x67"  # the stream's parameters, which stand before each picture that depends on no other


class GreyEncoder:
    """Encodes pictures (h, w) uint8 of one size, both sides even.

    Raises UserError if the installed FFmpeg cannot write H.264.
    """

    def __init__(self, width: int, height: int) -> None:
        if "libx264" not in av.codecs_available:
            raise UserError("The installed PyAV has no libx264, which eye crops are kept with: use --keep eyes.")
        self._codec: Any = av.CodecContext.create("libx264", "w")
        self._codec.width, self._codec.height, self._codec.pix_fmt = width, height, "gray"
        self._codec.time_base, self._codec.framerate = Fraction(1, 30), Fraction(30)
        self._codec.thread_count = 1
        self._codec.options = _OPTIONS
        self._count = 0

    def encode(self, picture: Grey) -> bytes:
        """The packet of the next picture, which can be decoded after all packets before it.

        Raises UserError if the encoder fails.
        """
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="gray")
        frame.pts, self._count = self._count, self._count + 1
        try:
            return b"".join(bytes(packet) for packet in self._codec.encode(frame))
        except FFmpegError as error:
            raise UserError(f"Eye crops cannot be encoded: {error.strerror}.") from None


class GreyDecoder:
    """Decodes the packets of a `GreyEncoder` in their order."""

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)
        self._codec: Any = av.CodecContext.create("h264", "r")
        self._codec.thread_count = 1
        self._skipped: list[bytes] = []

    def skip(self, packet: bytes) -> None:
        """Go on without this picture; it is decoded only if a later one depends on it."""
        if _KEY_UNIT in packet:
            self._skipped.clear()
        self._skipped.append(packet)

    def decode(self, packet: bytes) -> Grey:
        """The picture (h, w) of the next packet. Raises ValueError if it is damaged or of another size."""
        if self._skipped and _KEY_UNIT in packet:
            self._skipped.clear()
        skipped, self._skipped = self._skipped, []
        for one in skipped:
            self._decode(one)
        return self._decode(packet)

    def _decode(self, packet: bytes) -> Grey:
        if not 0 < len(packet) <= _MOST_BYTES:
            raise ValueError("a picture without a packet, or one of too many bytes")
        try:
            frames = self._codec.decode(av.Packet(packet))
        except FFmpegError as error:
            raise ValueError(str(error.strerror)) from None
        if len(frames) != 1 or (frames[0].width, frames[0].height) != self._size:
            raise ValueError("a picture that is missing or of another size")
        plane = frames[0].planes[0]
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        return np.ascontiguousarray(rows[: self._size[1], : self._size[0]])
