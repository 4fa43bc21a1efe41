"""Makes any filter smooth more when a gaze is less certain than usual."""

from __future__ import annotations

import numpy as np

from gaze_demo.geometry import Array, normalised

# Smallest share of its way that an uncertain gaze may go; share of a new frame in the usual uncertainty.
_LEAST_TRUST, _USUAL_SHARE = 0.1, 0.02


class Wariness:
    """Moves a gaze towards the last smoothed one, the more the less certain it is; each filter has its own. The usual
    certainty is estimated slowly from the model's own values, so that only its relative certainty counts.
    """

    def __init__(self) -> None:
        self._usual_sd_rad: float | None = None

    def apply(self, gaze: Array | None, last: Array | None, covariance: Array | None) -> Array | None:
        """The gaze to be smoothed: unit vectors (3,); `covariance` (2, 2) over pitch and yaw in rad^2."""
        if gaze is None or covariance is None:
            return gaze
        variances = covariance.diagonal().astype(np.float32).astype(float)  # as precise as a recording keeps them
        sd_rad = float(np.sqrt(max(variances.mean(), 1e-12)))
        usual = self._usual_sd_rad or sd_rad
        self._usual_sd_rad = usual + _USUAL_SHARE * (sd_rad - usual)
        trust = float(np.clip((usual / sd_rad) ** 2, _LEAST_TRUST, 1.0))
        if last is None or trust >= 1.0:
            return gaze
        return normalised(last + trust * (gaze - last))
