"""A grade that tells people whether a result is good, relative to the size of their screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gaze_demo.screen import ScreenGeometry

GradeName = Literal["good", "fair", "poor"]
# Largest error, as a share of the screen's diagonal: with a sixteenth, groups of icons can be told apart; with an
# eighth, quarters of the screen.
GOOD_SHARE, FAIR_SHARE = 0.06, 0.12
FAIR_LOSS, POOR_LOSS = 0.2, 0.5  # from these shares of frames without a gaze, a result is at best fair, or poor


@dataclass(frozen=True)
class Grade:
    """`reason`: one sentence with the figures that decided."""

    name: GradeName
    reason: str


def grade(accuracy_deg: float, accuracy_cm: float, data_loss: float, screen: ScreenGeometry) -> Grade:
    """The grade of one model's accuracy on a screen."""
    diagonal_cm = float(np.hypot(screen.width_mm, screen.height_mm)) / 10
    share = accuracy_cm / diagonal_cm
    by_error: GradeName = "good" if share <= GOOD_SHARE else "fair" if share <= FAIR_SHARE else "poor"
    by_loss: GradeName = "good" if data_loss <= FAIR_LOSS else "fair" if data_loss <= POOR_LOSS else "poor"
    if _RANK[by_loss] > _RANK[by_error]:
        return Grade(by_loss, f"{data_loss:.0%} of the frames gave no gaze; the rest is {accuracy_deg:.1f}° off.")
    per_cm = accuracy_deg / accuracy_cm if accuracy_cm > 0 else 0.0
    limits = {
        "good": f"up to {GOOD_SHARE * diagonal_cm * per_cm:.1f}° is good on this screen",
        "fair": f"good is up to {GOOD_SHARE * diagonal_cm * per_cm:.1f}° on this screen",
        "poor": f"fair is up to {FAIR_SHARE * diagonal_cm * per_cm:.1f}° on this screen",
    }
    return Grade(by_error, f"{accuracy_deg:.1f}°, {accuracy_cm:.1f} cm off; {limits[by_error]}.")


_RANK: dict[GradeName, int] = {"good": 0, "fair": 1, "poor": 2}
