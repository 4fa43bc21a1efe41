"""The light in the portrait's studio, so that the new eyes are lit like the photograph's skin."""

from __future__ import annotations

import numpy as np

from gaze_demo.geometry import mirror_vector, normalised
from gaze_demo.synthesis.light import Lights


def studio_lights(*, mirrored: bool) -> Lights:
    """A soft box above at the image's left, a fill light at its right, and the screen below the lens."""
    towards = normalised([[-0.28, -0.42, -0.86], [0.50, -0.12, -0.86], [0.0, 0.25, -0.97]])
    roll = np.array([0.1, 0.0, 0.0])
    return Lights(
        directions=mirror_vector(towards) if mirrored else towards,
        half_sizes=[[0.20, 0.20], [0.14, 0.20], [0.36, 0.20]],
        colours=[[13.0, 12.6, 12.0], [6.0, 6.0, 6.0], [0.50, 0.52, 0.56]],
        round=[False, False, False],
        roll=-roll if mirrored else roll,
        ambient_up=[0.34, 0.34, 0.36],
        ambient_down=[0.20, 0.19, 0.18],
    )
