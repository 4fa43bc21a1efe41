"""Films for tests; the grey level of a frame is its number."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

STEP = 8  # grey levels from one frame to the next


def make_film(
    path: Path,
    times_s: Sequence[float],
    size: tuple[int, int] = (64, 48),
    codec: str = "mpeg4",
    aspect: Fraction | None = None,
    group: int = 5,
) -> Path:
    """Frames of (width, height) at the given times; a key frame every `group` frames."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=30, options={"g": str(group)})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = 8_000_000
        stream.codec_context.time_base = stream.time_base = Fraction(1, 1000)
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        for number, time_s in enumerate(times_s):
            image = np.full((size[1], size[0], 3), STEP * number, np.uint8)
            image[:, : size[0] // 4] = 255
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = round(time_s * 1000), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def number_of(image: np.ndarray) -> int:
    """The number of the frame that an image of such a film shows."""
    height, width = image.shape[:2]
    return round(float(image[height // 3 : -height // 3, width // 2 : -width // 8].mean()) / STEP)
