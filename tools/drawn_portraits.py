"""Draws the virtual people who are no photograph: python tools/drawn_portraits.py ict_face_model_light.npz

The argument is the morphable head model that training uses (ICT-FaceKit, MIT licence); it is not shipped. Writes
assets/person_NAME.jpg and assets/person_NAME_regions.png; tools/portrait.py makes the landmarks afterwards.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo import paths
from gaze_demo.geometry import Intrinsics
from gaze_demo.landmarks.search import FaceSearch
from gaze_demo.participant.portrait import BACKDROP, OTHER, SKIN
from gaze_training.data.head_mesh import HeadMesh, load_head_mesh
from gaze_training.data.whole_head import Person, Placing, draw_person, render_whole_head

SIZE = 512
EYES = (225.1, 103.2)  # where the photograph has the middle of the eyes: the plate knows people of its scale
PX_PER_MM, DISTANCE_MM = 0.668, 900.0
OVERSAMPLED = 3
CHIN = 152


@dataclass(frozen=True)
class Drawn:
    """`seed` draws face, skin and lids; `wall` and `shirt` are linear RGB; `blink`: how far the lids hang."""

    seed: int
    wall: tuple[float, float, float]
    shirt: tuple[float, float, float]
    blink: float = 0.0


DRAWN = {
    "amara": Drawn(6, (0.20, 0.22, 0.24), (0.55, 0.38, 0.12)),
    "noor": Drawn(8, (0.22, 0.21, 0.19), (0.08, 0.16, 0.26)),
    "finn": Drawn(14, (0.10, 0.12, 0.14), (0.22, 0.05, 0.06)),
    "jun": Drawn(15, (0.13, 0.15, 0.14), (0.10, 0.11, 0.13)),
    "ivo": Drawn(16, (0.22, 0.20, 0.18), (0.13, 0.20, 0.15), blink=0.1),
}


def linear_picture(mesh: HeadMesh, person: Person) -> NDArray[np.float32]:
    """Linear RGB (512, 512, 3): the person looks into the lens."""
    focal = PX_PER_MM * DISTANCE_MM
    camera = Intrinsics(SIZE, SIZE, focal, focal, *EYES)
    placing = Placing(np.eye(3), np.array([0.0, 0.0, DISTANCE_MM]), np.zeros(3))
    large = render_whole_head(mesh, person, placing, camera, OVERSAMPLED).linear
    return np.asarray(cv2.resize(large, (SIZE, SIZE), interpolation=cv2.INTER_AREA), np.float32)


def with_wall(person: Person, wall: tuple[float, float, float]) -> Person:
    return replace(person, look=replace(person.look, wall=np.array(wall)))


def draw(mesh: HeadMesh, drawn: Drawn) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The picture (BGR) and its regions, as gaze_demo.participant.portrait has them."""
    person = draw_person(np.random.default_rng(drawn.seed), mesh)
    person = replace(person, blink=drawn.blink, look=replace(person.look, shirt=np.array(drawn.shirt)))
    picture = linear_picture(mesh, with_wall(person, drawn.wall))
    lighter, darker = (linear_picture(mesh, with_wall(person, (level,) * 3)) for level in (0.4, 0.1))
    body = (np.abs(lighter - darker).max(2) < 0.02).astype(np.uint8)
    image = np.asarray(np.clip(picture, 0, 1) ** (1 / 2.2) * 255 + 0.5, np.uint8)[..., ::-1].copy()
    larger = cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    with FaceSearch(video=False, blendshapes=False) as search:
        found = search.find(np.asarray(larger, np.uint8)).landmarks
    if found is None:
        raise SystemExit("No face in the portrait.")
    chin = int(found.points_px[CHIN, 1] / 2)
    regions = np.where(body == 1, OTHER, BACKDROP).astype(np.uint8)
    regions[:chin][body[:chin] == 1] = SKIN
    return image, regions


def main() -> None:
    mesh = load_head_mesh(Path(sys.argv[1]))
    for name, drawn in DRAWN.items():
        image, regions = draw(mesh, drawn)
        cv2.imwrite(str(paths.assets() / f"person_{name}.jpg"), image, [cv2.IMWRITE_JPEG_QUALITY, 92])
        cv2.imwrite(str(paths.assets() / f"person_{name}_regions.png"), regions, [cv2.IMWRITE_PNG_COMPRESSION, 9])


if __name__ == "__main__":
    main()
