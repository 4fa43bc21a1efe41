"""People who look into the lens, without pictures."""

import numpy as np

from gaze_demo.geometry import rotation_from_angles, vector_to_pitch_yaw
from gaze_demo.normalisation.normalise import normalising_rotation
from gaze_training.evaluate.lens_faces import LensFaces


def lens_faces(count: int = 40) -> LensFaces:
    """People at 600 mm anywhere in the picture, heads turned at random, two photographs a person."""
    rng = np.random.default_rng(1)
    crops = rng.integers(0, 255, (count, 2, 36, 60)).astype(np.uint8)
    head = np.zeros((count, 2, 2))
    rotation = np.zeros((count, 2, 3, 3))
    centre = np.zeros((count, 2, 3))
    for k in range(count):
        turned = rotation_from_angles(*rng.normal(0, 0.15, 3))
        middle = np.array([*rng.normal(0, 60, 2), 600.0])
        for side, x in enumerate((31.0, -31.0)):
            centre[k, side] = middle + turned @ [x, 0, 0]
            rotation[k, side] = normalising_rotation(centre[k, side], turned)
            facing = rotation[k, side] @ turned @ [0, 0, -1.0] * ([1, 1, 1] if side == 0 else [-1, 1, 1])
            head[k, side] = vector_to_pitch_yaw(facing)
    return LensFaces(
        name=np.array([f"{k}.jpg" for k in range(count)]),
        group=np.array(["town" if k < count // 2 else "village" for k in range(count)]),
        person=np.array([f"{k // 2}" for k in range(count)]),
        crops=crops,
        head=head.astype(np.float32),
        rotation=rotation.astype(np.float32),
        centre_mm=centre.astype(np.float32),
        openness=np.full((count, 2), 0.3, np.float32),
        valid=np.ones((count, 2), bool),
        eye_px=np.full(count, 50, np.float32),
        skin_deg=np.linspace(-60, 70, count, dtype=np.float32),
        iris_up_mm=rng.normal(1.8, 0.4, (count, 2)).astype(np.float32),
    )
