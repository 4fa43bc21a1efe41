"""Where the app finds a rendered head and its eyes, relative to the truth, and what it would find with the exact
pose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gaze_demo.geometry import Array, head_angles
from gaze_demo.landmarks.head_pose import HeadPose, eye_centres_in_head_mm
from gaze_demo.normalisation.normalise import CropGeometry, normalising_rotation, warp_matrix
from gaze_demo.observation import Observation
from gaze_training.data.whole_head import HeadPicture

_CROP = CropGeometry()
# What `place_errors` measures: live minus true. `eye in crop`: where the live crop shows the point that is the centre
# of the crop with the exact pose. The last two are the live centre minus the true eyeball's, to compare with where the
# renderers of training put a crop's centre. Temporal and down in the true head's frame.
PLACE_COLUMNS = (
    *("head pitch, deg", "head yaw, deg", "head roll, deg"),
    *("centre temporal, mm", "centre down, mm", "distance, %"),
    *("eye in crop temporal, px", "eye in crop down, px", "crop scale, %", "crop roll, deg"),
    *("centre from eyeball temporal, mm", "centre from eyeball down, mm"),
)


def with_exact_pose(picture: HeadPicture, seen: Observation) -> Observation:
    """The observation as it would be with the true head's pose, at the distance that follows from the app's head
    size."""
    if seen.pose is None:
        return seen
    truth = picture.truth
    left, right = eye_centres_in_head_mm()
    middle = (truth.left_eye_mm + truth.right_eye_mm) / 2
    size = np.linalg.norm(left - right) / np.linalg.norm(truth.left_eye_mm - truth.right_eye_mm)
    pose = HeadPose(truth.head_rotation, middle * size - truth.head_rotation @ ((left + right) / 2))
    return replace(seen, pose=pose)


def place_errors(picture: HeadPicture, seen: Observation) -> Array:
    """`PLACE_COLUMNS` of one picture, eyes averaged as a mirror would have it; NaN if no face was found."""
    truth, pose = picture.truth, seen.pose
    if pose is None:
        return np.full(len(PLACE_COLUMNS), np.nan)
    turned = np.degrees(head_angles(pose.rotation) - head_angles(truth.head_rotation))
    eyes = []
    for side, true, live, ball in (
        (1, truth.left_eye_mm, pose.left_eye_mm, picture.eyeballs_mm[0]),
        (-1, truth.right_eye_mm, pose.right_eye_mm, picture.eyeballs_mm[1]),
    ):
        distance = np.linalg.norm(live) / np.linalg.norm(true)
        aside = (live / distance - true) @ truth.head_rotation  # as far as it is visible in the picture
        from_ball = (live / distance - ball) @ truth.head_rotation
        there = warp_matrix(true, normalising_rotation(true, truth.head_rotation), picture.camera, _CROP)
        here = warp_matrix(live, normalising_rotation(live, pose.rotation), seen.camera, _CROP)
        shift, scale, roll = _between(here @ np.linalg.inv(there))
        eyes.append(
            [
                *(side * aside[0], aside[1], 100 * (distance - 1)),
                *(side * shift[0], shift[1], 100 * (scale - 1), np.degrees(roll)),
                *(side * from_ball[0], from_ball[1]),
            ]
        )
    return np.concatenate([turned, np.mean(eyes, axis=0)])


def _between(homography: Array) -> tuple[Array, float, float]:
    """Shift (2,) in px, scale and roll in radians of a homography between crops, at the crop's centre."""
    centre = np.array([_CROP.width / 2, _CROP.height / 2])

    def move(x: float, y: float) -> Array:
        at = homography @ [*(centre + [x, y]), 1.0]
        return at[:2] / at[2]

    across, down = move(0.5, 0) - move(-0.5, 0), move(0, 0.5) - move(0, -0.5)
    scale = np.sqrt(abs(across[0] * down[1] - across[1] * down[0]))
    return move(0, 0) - centre, float(scale), float(np.arctan2(across[1] - down[0], across[0] + down[1]))
