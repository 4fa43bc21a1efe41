"""The screen as a plane in front of the camera: pixels, millimetres on the glass, and the camera frame.

Screen frame: origin at the top left pixel, x right and y down as the person sees it, millimetres. The glass is assumed
to be parallel to the sensor and to pass through the lens; calibration corrects the error of this. The camera faces the
person, so the x axes of screen and camera point in opposite directions.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array

CARD_WIDTH_MM = 85.60  # A bank card, ISO/IEC 7810 ID-1
LENS_ABOVE_MM = 10.0
_GUESSED_PITCH_MM = 25.4 / 96
_PITCH_RANGE_MM = (0.05, 1.0)

SizeSource = Literal["reported", "bank card", "given", "guessed"]
LensSource = Literal["assumed", "given"]
Millimetres = Annotated[float, Field(gt=0, lt=20000, allow_inf_nan=False)]
Position = Annotated[float, Field(gt=-20000, lt=20000, allow_inf_nan=False)]
Pixels = Annotated[int, Field(gt=0, le=100000)]
# What some monitors and televisions report instead of their size.
_NOMINAL_MM = frozenset({(160, 90), (160, 100), (1600, 900), (1600, 1000)})


class ScreenGeometry(BaseModel):
    """One monitor: `width_px` by `height_px` on `width_mm` by `height_mm` of glass.

    `lens_x_mm`, `lens_y_mm`: where the lens is, in the screen frame (a lens above the screen has a negative y).
    `size_source`, `lens_source`: how these are known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(max_length=200)]
    width_px: Pixels
    height_px: Pixels
    width_mm: Millimetres
    height_mm: Millimetres
    lens_x_mm: Position
    lens_y_mm: Position
    size_source: SizeSource
    lens_source: LensSource = "assumed"

    @classmethod
    def of_monitor(
        cls, name: str, width_px: int, height_px: int, width_mm: float, height_mm: float, *, given: bool = False
    ) -> ScreenGeometry:
        """A monitor with the size it reports, the lens above the middle of its top edge.

        An impossible size, or one that only follows from 96 dots per inch or from the picture's shape, counts as a
        guess.
        """
        source: SizeSource = "given" if given else "reported"
        pitch = (width_mm / width_px, height_mm / height_px)
        nominal = source == "reported" and (round(width_mm), round(height_mm)) in _NOMINAL_MM
        plausible = (
            not nominal
            and all(_PITCH_RANGE_MM[0] < p < _PITCH_RANGE_MM[1] for p in pitch)
            and 0.9 < pitch[0] / pitch[1] < 1.1
        )
        if not plausible:
            width_mm, height_mm, source = width_px * _GUESSED_PITCH_MM, height_px * _GUESSED_PITCH_MM, "guessed"
        elif source == "reported" and abs(pitch[0] / _GUESSED_PITCH_MM - 1) < 0.005:
            source = "guessed"
        return cls(
            name=name,
            width_px=width_px,
            height_px=height_px,
            width_mm=width_mm,
            height_mm=height_mm,
            lens_x_mm=width_mm / 2,
            lens_y_mm=-LENS_ABOVE_MM,
            size_source=source,
        )

    @property
    def pitch_mm(self) -> Array:
        """Millimetres a pixel, x and y."""
        return np.array([self.width_mm / self.width_px, self.height_mm / self.height_px])

    def with_card(self, card_px: float) -> ScreenGeometry:
        """The same monitor, measured by a bank card that is `card_px` wide on it; raises UserError if that is
        impossible."""
        if not np.isfinite(card_px) or card_px <= 0 or not _PITCH_RANGE_MM[0] < CARD_WIDTH_MM / card_px < 1.0:
            raise UserError("A bank card cannot have that width on a screen: drag the outline to the card's edges.")
        pitch = CARD_WIDTH_MM / card_px
        width_mm, height_mm = self.width_px * pitch, self.height_px * pitch
        return self.model_copy(
            update={
                "width_mm": width_mm,
                "height_mm": height_mm,
                "lens_x_mm": self.lens_x_mm * width_mm / self.width_mm,
                "size_source": "bank card",
            }
        )

    def with_lens(self, x_mm: float, y_mm: float) -> ScreenGeometry:
        """The same monitor with the lens at a measured place of the screen frame."""
        return self.model_copy(update={"lens_x_mm": x_mm, "lens_y_mm": y_mm, "lens_source": "given"})

    def px_to_mm(self, point_px: ArrayLike) -> Array:
        """Millimetres (..., 2) of pixels (..., 2), screen frame."""
        return np.asarray(point_px, float) * self.pitch_mm

    def mm_to_px(self, point_mm: ArrayLike) -> Array:
        """Pixels (..., 2) of millimetres (..., 2), screen frame."""
        return np.asarray(point_mm, float) / self.pitch_mm

    def px_to_camera(self, point_px: ArrayLike) -> Array:
        """Points (..., 3) in mm, camera frame, of pixels (..., 2)."""
        mm = self.px_to_mm(point_px)
        return np.stack([self.lens_x_mm - mm[..., 0], mm[..., 1] - self.lens_y_mm, np.zeros(mm.shape[:-1])], -1)

    def camera_to_px(self, point_mm: ArrayLike) -> Array:
        """Pixels (..., 2) of points (..., 2 or 3) on the glass in mm, camera frame; the depth is ignored."""
        camera = np.asarray(point_mm, float)
        return self.mm_to_px(np.stack([self.lens_x_mm - camera[..., 0], camera[..., 1] + self.lens_y_mm], -1))

    def contains(self, point_px: ArrayLike) -> bool:
        """Whether a pixel (2,) is on the screen."""
        x, y = np.asarray(point_px, float)
        return bool(0 <= x < self.width_px and 0 <= y < self.height_px)
