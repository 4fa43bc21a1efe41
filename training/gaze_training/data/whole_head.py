"""A whole head in a webcam's picture, with exactly known pose, eyes and gaze.

Not for training: the results of the app's landmarker, head pose and crops on these pictures are compared with the truth
(`evaluate/heads.py`). The picture is drawn in the camera's frame, independently of the normalisation that it tests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze_demo.camera.frame import Truth
from gaze_demo.geometry import Array, Intrinsics, normalised, pitch_yaw_to_vector, vector_to_pitch_yaw
from gaze_training.data.degrade import CameraDraw, degrade
from gaze_training.data.head import blink_weight
from gaze_training.data.head_mesh import HeadMesh
from gaze_training.data.head_picture import EyeAxes, Posed, draw_picture
from gaze_training.data.head_skin import HeadLook, draw_look
from gaze_training.data.sampler import EyeDraw, draw_eyes, draw_gaze, draw_head

Image = NDArray[np.float32]

CAMERA = Intrinsics.from_hfov(640, 480)
OVERSAMPLED = 3
_IDENTITY_SPREAD = 0.9


@dataclass(frozen=True, eq=False)
class Person:
    """`shape`: (n, 3) vertices at rest; `eyeballs`: (2, 3), both mm in the head frame. `habit`: (m,) expression weights
    without gaze. `blink`: how far the lids of an open eye hang."""

    shape: Image
    eyeballs: Array
    habit: Image
    blink: float
    eyes: EyeDraw
    look: HeadLook


@dataclass(frozen=True, eq=False)
class Placing:
    """Where a head is and what it looks at, camera frame, mm. `middle_mm`: (3,) between the eyeballs, about which the
    head turns. `target_mm`: (3,) where both visual axes meet."""

    head: Array
    middle_mm: Array
    target_mm: Array


@dataclass(frozen=True, eq=False)
class HeadPicture:
    """`linear`: RGB, `OVERSAMPLED` times the size of `camera`'s images. `eyeballs_mm`: (2, 3) centres of rotation, from
    which the gazes of `truth` start; the eyes' centres of `truth` are the midpoints of the lids' corners."""

    linear: Image
    camera: Intrinsics
    truth: Truth
    eyeballs_mm: Array


def draw_person(rng: np.random.Generator, mesh: HeadMesh) -> Person:
    """A random identity; a face at rest with a little of every expression."""
    eyes = draw_eyes(rng)
    weights = rng.normal(0, _IDENTITY_SPREAD, len(mesh.identity)).astype(np.float32)
    shape = mesh.neutral + np.tensordot(weights, mesh.identity, 1)
    eyeballs = mesh.eyeballs + np.tensordot(weights, mesh.eyeball_identity, 1)
    habit = np.zeros(len(mesh.names), np.float32)
    amounts: dict[str, float] = {}
    for i, name in enumerate(mesh.names):
        if not name.startswith("eye") or name.startswith(("eyeSquint", "eyeWide")):
            both = name.removesuffix("_L").removesuffix("_R")
            amounts.setdefault(both, max(0.0, rng.normal(-0.1, 0.25)))
            habit[i] = amounts[both]
    return Person(shape, eyeballs, habit, float(rng.uniform(-0.1, 0.1)), eyes, draw_look(rng))


def draw_placing(rng: np.random.Generator) -> Placing:
    """Before a screen: 45 to 80 cm from the lens, the face within the picture, eyes on something up to 1 m away."""
    depth = float(rng.uniform(450, 800))
    reach = depth * np.tan(np.radians(30.0)) - 150.0
    middle = np.array([rng.uniform(-0.8, 0.8) * reach, rng.uniform(-60, 30) * depth / 600, depth])
    head = draw_head(rng)
    return Placing(head, middle, middle + draw_gaze(rng, head) * float(np.exp(rng.normal(np.log(650.0), 0.25))))


def render_whole_head(
    mesh: HeadMesh, person: Person, placing: Placing, camera: Intrinsics = CAMERA, oversampled: int = OVERSAMPLED
) -> HeadPicture:
    """The person's picture; no randomness beyond the person's own."""
    head = placing.head
    origin = placing.middle_mm - head @ person.eyeballs.mean(0)

    def place(points: NDArray[np.floating]) -> Array:
        return np.asarray(points @ head.T + origin, float)

    centres = place(person.eyeballs)
    gaze = normalised(placing.target_mm - centres)
    local = vector_to_pitch_yaw(gaze @ head)
    vertices = person.shape + np.tensordot(_expression(mesh, person, local), mesh.expression, 1)
    axes = []
    for side, centre, (pitch, yaw) in zip((1, -1), centres, local, strict=True):
        temporal, up = person.eyes.kappa
        optical = head @ pitch_yaw_to_vector((pitch + up, yaw - side * temporal))
        axes.append(EyeAxes(centre, optical, side))
    posed = Posed(place(vertices), head, (axes[0], axes[1]))
    large = camera.scaled(camera.width * oversampled, camera.height * oversampled)
    corners = place(person.shape[mesh.corners]).mean(1)
    truth = Truth(placing.target_mm, gaze[0], gaze[1], corners[0], corners[1], head)
    return HeadPicture(draw_picture(mesh, person.look, person.eyes, person.shape, posed, large), camera, truth, centres)


def photograph(rng: np.random.Generator, picture: HeadPicture) -> NDArray[np.uint8]:
    """What a webcam makes of a picture: BGR (height, width, 3), by the training's own degrader."""
    camera = picture.camera
    hard = bool(rng.random() < 0.25)
    defocus = float(rng.uniform(0.4, 1.2) if hard else rng.uniform(0.3, 0.8))
    webcam = CameraDraw(eye_px=float("nan"), hard=hard, defocus_px=defocus)
    return degrade(rng, picture.linear, camera.width / picture.linear.shape[1], webcam)[0]


def _expression(mesh: HeadMesh, person: Person, local: Array) -> Image:
    """Weights (m,) of lids that follow the visual axes (2, 2; pitch, yaw in the head), as in `head.py`."""
    weights = person.habit.copy()
    lids = person.eyes.lids
    for side, suffix, (pitch, yaw) in zip((1, -1), ("_L", "_R"), np.degrees(local), strict=True):
        look = {
            "eyeLookUp": lids.upper_follow / 0.8 * pitch / 28,
            "eyeLookDown": -lids.down_follow / 0.9 * pitch / 32,
            "eyeLookIn": side * yaw / 38,
            "eyeLookOut": -side * yaw / 38,
        }
        for name, value in look.items():
            weights[mesh.names.index(name + suffix)] = np.clip(value, 0, 1.1)
        blink = blink_weight(lids, float(np.radians(pitch)), person.blink)
        weights[mesh.names.index("eyeBlink" + suffix)] = blink
    return weights
