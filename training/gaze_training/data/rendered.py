"""The result of every renderer: clean pictures of both eyes of a face, and the exact truth about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array
from gaze_demo.normalisation.normalise import CropGeometry


@dataclass(frozen=True, eq=False)
class RenderedEye:
    """One eye seen by its own virtual camera, not mirrored.

    `linear`: (h, w, 3) RGB, linear light. `rotation`: (3, 3) camera frame to this virtual camera. `centre_mm`: (3,) the
    eye's centre. `gaze`: (3,) unit visual axis, both in the camera frame. `corners_px`: (2, 2), the corner at the
    image's left first. `iris_px`: (2,) iris centre. `openness`, `iris_visible`, `glare` and `cover` as in `Faces`.
    """

    linear: NDArray[np.float32]
    rotation: Array
    centre_mm: Array
    gaze: Array
    corners_px: Array
    iris_px: Array
    openness: float
    iris_visible: float
    glare: float
    cover: float


@dataclass(frozen=True, eq=False)
class RenderedFace:
    """Both eyes, left then right (the person's own), of a head with rotation (3, 3) in the camera frame.

    `native_eye_px`: the width of an eye in the source material, beyond which there is no true detail.
    """

    eyes: tuple[RenderedEye, RenderedEye]
    geometry: CropGeometry
    head_rotation: Array
    native_eye_px: float
    person: str


Render = Callable[[np.random.Generator], tuple[RenderedFace, int]]  # draws one face; also returns the person's number
