"""Checks before a calibration whether the person can be seen well, with a hint for each problem."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gaze_demo.geometry import Array
from gaze_demo.landmarks.head_pose import LEFT_CORNERS, RIGHT_CORNERS
from gaze_demo.observation import Observation, Reason

NEAREST_MM, FARTHEST_MM = 400.0, 900.0
_DIM, _BRIGHT = 45.0, 225.0  # mean grey level of the eyes; well lit eyes of 549 people of all skin tones span 38 to 169
_TURNED_DEG = 25.0
# A reflection in glasses saturates pixels; the reflection of the screen in the cornea is far smaller.
_GLARE_LEVEL, _GLARE_SHARE = 250, 0.06


@dataclass(frozen=True)
class Check:
    """One condition: `name` for people, `value` as it is now, `hint` what to do if it is not `ok`."""

    name: str
    ok: bool
    value: str = ""
    hint: str = ""


def check(seen: Observation | None) -> list[Check]:
    """Face, distance, head, light and glare; without a face, only the first can be checked."""
    if seen is None or seen.pose is None or seen.left is None or seen.right is None:
        dark = seen is not None and seen.reason is Reason.TOO_DARK
        hint = "It is too dark: turn on a light in front of you." if dark else "Sit so that the camera sees your face."
        return [Check("Face", False, "not seen", hint)]
    distance = seen.pose.distance_mm
    far = "Come nearer." if distance > FARTHEST_MM else "Move back a little."
    turned = float(np.degrees(np.abs(seen.pose.angles[:2]).max()))
    light = (seen.left.brightness + seen.right.brightness) / 2
    dim = "Turn on a light in front of you." if light < _DIM else "There is too much light on your face."
    glare = max(_glare_share(seen, corners) for corners in (LEFT_CORNERS, RIGHT_CORNERS))
    return [
        Check("Face", True, "seen"),
        Check("Distance", NEAREST_MM <= distance <= FARTHEST_MM, f"{distance / 10:.0f} cm", far),
        Check("Head", turned <= _TURNED_DEG, f"{turned:.0f}° turned", "Face the screen."),
        Check("Light", _DIM <= light <= _BRIGHT, f"{light / 2.55:.0f} %", dim),
        Check(
            "Reflections",
            glare <= _GLARE_SHARE,
            f"{glare * 100:.0f} %",
            "Something reflects in your glasses: tilt the screen, or move the lamp.",
        ),
    ]


def _glare_share(seen: Observation, corners: tuple[int, int]) -> float:
    """Share of saturated pixels around an eye, as wide as glasses are."""
    assert seen.landmarks is not None
    ends = seen.landmarks.points_px[list(corners)]
    middle: Array = ends.mean(0)
    half = float(np.linalg.norm(ends[0] - ends[1])) * np.array([0.9, 0.6])
    height, width = seen.frame.image.shape[:2]
    x0, y0 = np.clip(middle - half, 0, [width, height]).astype(int)
    x1, y1 = np.clip(middle + half + 1, 0, [width, height]).astype(int)
    if x1 <= x0 or y1 <= y0:
        return 0.0
    grey = cv2.cvtColor(seen.frame.image[y0:y1, x0:x1], cv2.COLOR_BGR2GRAY)
    return float((grey >= _GLARE_LEVEL).mean())
