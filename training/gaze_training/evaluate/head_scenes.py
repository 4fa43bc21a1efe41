"""Test pictures of whole heads: people anywhere in front of a screen, and series in which only one thing moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array, pitch_yaw_to_vector, rotation_from_angles
from gaze_training.data.head_mesh import HeadMesh
from gaze_training.data.whole_head import (
    HeadPicture,
    Person,
    Placing,
    draw_person,
    draw_placing,
    photograph,
    render_whole_head,
)

Kind = Literal["anywhere", "turn pitch", "turn yaw", "irises pitch", "irises yaw"]

# Turns of the head while the target stays, and of the gaze while the head stays.
TURNS_DEG: dict[Kind, tuple[float, ...]] = {
    "turn pitch": (-12, -6, 0, 6, 12),
    "turn yaw": (-20, -13, -6.5, 0, 6.5, 13, 20),
    "irises pitch": (-20, -13, -6, 0, 6, 12),
    "irises yaw": (-24, -16, -8, 0, 8, 16, 24),
}
PICTURES_IN_SERIES = sum(len(turns) for turns in TURNS_DEG.values())


@dataclass(frozen=True, eq=False)
class Scene:
    """A webcam's image (h, w, 3) BGR and its truth. `person` numbers the people of a `kind`; `turned_deg`: what of
    `TURNS_DEG` this picture shows, 0 if heads are anywhere."""

    kind: Kind
    person: int
    turned_deg: float
    image: NDArray[np.uint8]
    picture: HeadPicture


def head_scenes(mesh: HeadMesh, count: int, people: int, seed: int) -> Iterator[Scene]:
    """`count` people anywhere, then all series of `people` others; the same for the same seed."""
    for i in range(count):
        rng = np.random.default_rng([seed, 0, i])
        yield _scene(mesh, draw_person(rng, mesh), draw_placing(rng), "anywhere", i, 0.0, [seed, 1, i])
    for i in range(people):
        rng = np.random.default_rng([seed, 2, i])
        person = draw_person(rng, mesh)
        for kind, turned, placing in series_of_placings(rng):
            yield _scene(mesh, person, placing, kind, i, turned, [seed, 3, i])  # one camera for the whole series


def series_of_placings(rng: np.random.Generator) -> Iterator[tuple[Kind, float, Placing]]:
    """The series of one person before a screen below the lens: kind, `TURNS_DEG`'s angle, where head and target are."""
    middle = np.array([rng.normal(0, 40), rng.normal(-20, 30), rng.uniform(500, 700)])
    target = np.array([rng.uniform(-150, 150), rng.uniform(30, 220), 0.0])
    for kind, turns in TURNS_DEG.items():
        for turned in turns:
            yield kind, turned, _turned(kind, float(np.radians(turned)), middle, target)


def _scene(
    mesh: HeadMesh, person: Person, placing: Placing, kind: Kind, number: int, turned: float, camera: list[int]
) -> Scene:
    picture = render_whole_head(mesh, person, placing)
    return Scene(kind, number, turned, photograph(np.random.default_rng(camera), picture), picture)


def _turned(kind: Kind, turned: float, middle: Array, target: Array) -> Placing:
    """The head turned (radians) while the target stays, or the target moved before a head that faces the camera."""
    pitch, yaw = (turned, 0.0) if kind.endswith("pitch") else (0.0, turned)
    if kind.startswith("turn"):
        return Placing(rotation_from_angles(pitch, yaw), middle, target)
    return Placing(np.eye(3), middle, middle + 600.0 * pitch_yaw_to_vector((pitch, yaw)))
