"""Draws the virtual people who are no photograph: python tools/drawn_portraits.py ict_face_model_light.npz [NAME...]

The first argument is the morphable head model that training uses (ICT-FaceKit, MIT licence); it is not shipped. Writes
assets/person_NAME.jpg and assets/person_NAME_regions.png, of everybody or of the people named; tools/portrait.py makes
the landmarks afterwards.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from aged import Age, aged
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
OVERSAMPLED, OVERSAMPLED_OLD = 3, 4
CHIN = 152


@dataclass(frozen=True)
class Drawn:
    """`seed` draws face, skin and lids; `wall` and `shirt` are linear RGB; `blink`: how far the lids hang.

    `age`: None leaves the face as young as the head model's people. `tone` multiplies the skin's linear RGB.
    """

    seed: int
    wall: tuple[float, float, float]
    shirt: tuple[float, float, float]
    blink: float = 0.0
    age: Age | None = None
    tone: tuple[float, float, float] = (1.0, 1.0, 1.0)


DRAWN = {
    "amara": Drawn(6, (0.20, 0.22, 0.24), (0.55, 0.38, 0.12)),
    "noor": Drawn(8, (0.22, 0.21, 0.19), (0.08, 0.16, 0.26)),
    "finn": Drawn(14, (0.10, 0.12, 0.14), (0.22, 0.05, 0.06)),
    "jun": Drawn(15, (0.13, 0.15, 0.14), (0.10, 0.11, 0.13)),
    "ivo": Drawn(16, (0.22, 0.20, 0.18), (0.13, 0.20, 0.15), blink=0.1),
    "otto": Drawn(46, (0.16, 0.19, 0.18), (0.10, 0.14, 0.22), age=Age(1.0, (0.55, 0.55, 0.54), bald=True, beard=True)),
    "rosa": Drawn(
        33, (0.10, 0.11, 0.12), (0.07, 0.16, 0.14), age=Age(1.3, (0.44, 0.43, 0.42), curls=True), tone=(1.3, 1.3, 1.15)
    ),
}


def linear_picture(
    mesh: HeadMesh, person: Person, wall: tuple[float, float, float], oversampled: int = OVERSAMPLED
) -> NDArray[np.float32]:
    """Linear RGB (512 * oversampled squared, 3) of the person, who looks into the lens before a wall."""
    focal = PX_PER_MM * DISTANCE_MM
    camera = Intrinsics(SIZE, SIZE, focal, focal, *EYES)
    placing = Placing(np.eye(3), np.array([0.0, 0.0, DISTANCE_MM]), np.zeros(3))
    person = replace(person, look=replace(person.look, wall=np.array(wall)))
    return render_whole_head(mesh, person, placing, camera, oversampled).linear


def draw(mesh: HeadMesh, drawn: Drawn) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The picture (BGR) and its regions, as gaze_demo.participant.portrait has them."""
    person = draw_person(np.random.default_rng(drawn.seed), mesh)
    look = replace(person.look, shirt=np.array(drawn.shirt))
    if drawn.age is not None:
        tone = np.array(drawn.tone, np.float32)
        skin = replace(look.skin, albedo=look.skin.albedo * tone, hair=np.array(drawn.age.hair) * 0.8)
        look = replace(look, skin=skin)
        if drawn.age.bald:
            look = replace(look, hairline_mm=150.0, sides_mm=24.0, hair_mm=8.0)
    person = replace(person, blink=drawn.blink, look=look)
    lighter, darker = (small(linear_picture(mesh, person, (level,) * 3)) for level in (0.4, 0.1))
    body = (np.abs(lighter - darker).max(2) < 0.02).astype(np.uint8)
    if drawn.age is None:
        picture = small(linear_picture(mesh, person, drawn.wall))
    else:
        large = linear_picture(mesh, person, drawn.wall, OVERSAMPLED_OLD)
        points = landmarks_px(encoded(small(large))) * OVERSAMPLED_OLD
        large, hair = aged(large, points, PX_PER_MM * OVERSAMPLED_OLD, drawn.age, drawn.seed)
        picture = small(large)
        body[small(hair) > 0.5] = 1
    image = encoded(picture)
    chin = int(landmarks_px(image)[CHIN, 1])
    regions = np.where(body == 1, OTHER, BACKDROP).astype(np.uint8)
    regions[:chin][body[:chin] == 1] = SKIN
    return image, regions


def small(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(picture, (SIZE, SIZE), interpolation=cv2.INTER_AREA), np.float32)


def encoded(linear: NDArray[np.float32]) -> NDArray[np.uint8]:
    """BGR as in a file."""
    return np.asarray(np.clip(linear, 0, 1) ** (1 / 2.2) * 255 + 0.5, np.uint8)[..., ::-1].copy()


def landmarks_px(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(478, 2) px of the image."""
    larger = cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    with FaceSearch(video=False, blendshapes=False) as search:
        found = search.find(np.asarray(larger, np.uint8)).landmarks
    if found is None:
        raise SystemExit("No face in the portrait.")
    return found.points_px / 2


def main() -> None:
    mesh = load_head_mesh(Path(sys.argv[1]))
    for name in sys.argv[2:] or DRAWN:
        drawn = DRAWN[name]
        image, regions = draw(mesh, drawn)
        cv2.imwrite(str(paths.assets() / f"person_{name}.jpg"), image, [cv2.IMWRITE_JPEG_QUALITY, 92])
        cv2.imwrite(str(paths.assets() / f"person_{name}_regions.png"), regions, [cv2.IMWRITE_PNG_COMPRESSION, 9])


if __name__ == "__main__":
    main()
