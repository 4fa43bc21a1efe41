"""Where somebody looks, as the person's own visual angles.

Azimuth + is to the person's right, elevation + is up (Fick angles), in degrees. On a screen they are seen from one
place, the median of the eyes, so that a point of the screen has the same angle even if the head moves.
"""

from __future__ import annotations

import numpy as np

from gaze_demo.geometry import Array
from gaze_demo.screen import ScreenGeometry
from gaze_demo.session.trace import GazeTrace


def visual_angles(trace: GazeTrace, screen: ScreenGeometry | None) -> Array:
    """(n, 2) azimuth and elevation in degrees, NaN if there is no gaze: of the points of gaze if there was a profile,
    otherwise of the gaze direction."""
    if screen is not None and trace.on_screen.any():
        return point_angles(trace.point_px, screen, eye_place(trace))
    return _fick(trace.gaze)


def eye_place(trace: GazeTrace) -> Array:
    """(3,) median place of the middle of the eyes in mm, camera frame; 600 mm before the lens if none is known."""
    known = trace.eye_mm[np.isfinite(trace.eye_mm).all(1)]
    return np.median(known, axis=0) if len(known) else np.array([0.0, 0.0, 600.0])


def point_angles(point_px: Array, screen: ScreenGeometry, eye_mm: Array) -> Array:
    """(n, 2) azimuth and elevation in degrees of pixels (n, 2), seen from a place (3,) of the camera frame."""
    return _fick(screen.px_to_camera(point_px) - eye_mm)


def px_per_degree(screen: ScreenGeometry, eye_mm: Array) -> float:
    """Pixels of a degree around the middle of the screen."""
    middle = np.array([[screen.width_px / 2, screen.height_px / 2]])
    step = point_angles(middle + [[10.0, 0.0]], screen, eye_mm) - point_angles(middle, screen, eye_mm)
    return float(10.0 / max(float(np.linalg.norm(step)), 1e-9))


def _fick(vector: Array) -> Array:
    """Of vectors (n, 3) of the camera frame, from the person towards what is looked at."""
    right, up, ahead = -vector[:, 0], -vector[:, 1], -vector[:, 2]
    return np.degrees(np.stack([np.arctan2(right, ahead), np.arctan2(up, np.hypot(right, ahead))], -1))
