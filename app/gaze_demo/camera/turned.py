"""A camera that stands on its side or hangs upside down: its pictures turned by a multiple of 90 degrees."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, cast, get_args

import cv2
import numpy as np

from gaze_demo.camera.frame import Frame
from gaze_demo.camera.source import Source
from gaze_demo.geometry import Intrinsics

Turn = Literal[0, 90, 180, 270]  # degrees, clockwise
TURNS = cast(tuple[Turn, ...], get_args(Turn))
_CODES = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def turn_source(source: Source, turn: Turn) -> Source:
    """The same source, which gives turned frames from now on. For cameras and files, whose lens it does not know."""
    if turn:
        read = source.read

        def read_turned() -> Frame | None:
            frame = read()
            return None if frame is None else turned_frame(frame, turn)

        source.read = read_turned  # type: ignore[method-assign]
    return source


def turned_frame(frame: Frame, turn: Turn) -> Frame:
    """The frame with its image turned clockwise."""
    return frame if not turn else replace(frame, image=np.asarray(cv2.rotate(frame.image, _CODES[turn]), np.uint8))


def turned_camera(camera: Intrinsics, turn: Turn) -> Intrinsics:
    """The intrinsics of turned images, from those of the images as the camera gives them."""
    for _ in range(turn // 90):
        distortion = list(camera.distortion)
        if len(distortion) >= 4 and not camera.fisheye:
            distortion[2], distortion[3] = distortion[3], -distortion[2]
        camera = replace(
            camera,
            width=camera.height,
            height=camera.width,
            fx=camera.fy,
            fy=camera.fx,
            cx=camera.height - camera.cy,
            cy=camera.cx,
            distortion=tuple(distortion),
        )
    return camera
