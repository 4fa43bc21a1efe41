"""Eyes drawn as an ellipse with a dark disc that moves with the gaze: quick to make and to learn."""

from __future__ import annotations

import cv2
import numpy as np

from gaze_training.data.sample import Faces


def drawn_faces(count: int, seed: int = 0, people: int = 8) -> Faces:
    """Faces whose gaze can be read from the crops; every tenth eye is not valid, every fifth has no outside label."""
    rng = np.random.default_rng(seed)
    faces = Faces.empty(count)
    faces.gaze[:] = rng.uniform((-0.4, -0.5), (0.3, 0.5), (count, 2, 2))
    faces.head[:] = rng.normal(0, 0.15, (count, 2, 2))
    faces.outside[:] = faces.gaze * (0.6, 0.9) + rng.normal(0, 0.05, (count, 2, 2))
    faces.outside[::5] = np.nan
    faces.openness[:] = 1.0
    faces.valid[:] = True
    faces.valid[::10, 0] = False
    faces.person[:] = rng.integers(0, people, count)
    faces.iris_px[:] = np.stack([30 - 19 * np.sin(faces.gaze[..., 1]), 18 - 19 * np.sin(faces.gaze[..., 0])], -1)
    for face in range(count):
        for side in range(2):
            crop = np.full((36, 60), 150, np.uint8)
            cv2.ellipse(crop, (30, 18), (22, 11), 0, 0, 360, 210, -1)
            x, y = faces.iris_px[face, side]
            cv2.circle(crop, (round(float(x) * 8), round(float(y) * 8)), 6 * 8, 60, -1, cv2.LINE_AA, 3)
            faces.crops[face, side] = np.clip(crop + rng.normal(0, 3, crop.shape), 0, 255)
    return faces
