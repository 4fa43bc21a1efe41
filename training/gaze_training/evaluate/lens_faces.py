"""Photographs of people who look into the lens, as a model sees them; found and normalised once, then cached."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, Intrinsics
from gaze_demo.landmarks.head_pose import LEFT_CORNERS, RIGHT_CORNERS
from gaze_demo.normalisation.normalise import FOCAL_PX, HEIGHT_PX, WIDTH_PX, CropGeometry, normalise_eye, warp_matrix
from gaze_demo.observation import Observation
from gaze_training.data.photographs import PHOTO_FOCAL, list_photographs
from gaze_training.evaluate.skin import typology_angle_deg
from gaze_training.readers.files import read_image
from gaze_training.readers.measured import IRIS_CENTRES, Observes, observe, open_observer

_VERSION = 5


@dataclass(frozen=True)
class Portrait:
    """One photograph: its file's name, its group and person, and what the app's own observer sees in it."""

    name: str
    group: str
    person: str
    seen: Observation


@dataclass(frozen=True, eq=False)
class LensFaces:
    """`n` photographs; eyes in the order left, right (the person's own).

    `name`, `group`, `person`: (n,) text. `crops`: (n, 2, h, w) grey, the right eye mirrored. `head`: (n, 2, 2) measured
    head pitch and yaw in the crop's frame, radians. `rotation`: (n, 2, 3, 3) camera frame to virtual camera, not
    mirrored. `centre_mm`: (n, 2, 3) the eyes in the camera frame. `openness`: (n, 2) lid distance over corner distance.
    `valid`: (n, 2) the app would read this eye: open, large and bright enough. `eye_px`: (n,) width of an eye in the
    photograph. `skin_deg`: (n,) typology angle of the skin. `iris_up_mm`: (n, 2) how far
    the iris's centre lies above the line of the corners, as the crop shows it.
    """

    name: NDArray[np.str_]
    group: NDArray[np.str_]
    person: NDArray[np.str_]
    crops: NDArray[np.uint8]
    head: NDArray[np.float32]
    rotation: NDArray[np.float32]
    centre_mm: NDArray[np.float32]
    openness: NDArray[np.float32]
    valid: NDArray[np.bool_]
    eye_px: NDArray[np.float32]
    skin_deg: NDArray[np.float32]
    iris_up_mm: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.name)

    def where(self, keep: NDArray[np.bool_]) -> LensFaces:
        """The photographs chosen by a mask (n,)."""
        return LensFaces(**{f.name: getattr(self, f.name)[keep] for f in fields(self)})

    @property
    def open(self) -> NDArray[np.bool_]:
        """Photographs (n,) of which both eyes can be read."""
        return np.asarray(self.valid.all(1))


def crop_geometry(scale: int = 1) -> CropGeometry:
    """The crop of the models at `scale` times its pixels."""
    return CropGeometry(WIDTH_PX * scale, HEIGHT_PX * scale, FOCAL_PX * scale)


def load_lens_faces(folder: Path, cache: Path, *, scale: int = 1, focal: float = PHOTO_FOCAL) -> LensFaces:
    """The faces of a folder of photographs, from `cache` if they were prepared before.

    `scale`: crop pixels over 60 x 36. `focal`: the photographs' focal length in widths of the image. Raises UserError
    if the folder has no photograph with a face.
    """
    photographs = list_photographs(folder)
    stamps = "".join(f"{path.name}{path.stat().st_size}{group}{person}" for path, group, person in photographs)
    key = hashlib.sha256(f"{_VERSION}{scale}{focal}{stamps}".encode()).hexdigest()[:16]
    stored = cache / f"lens-faces-{key}.npz"
    if stored.is_file():
        with suppress(Exception), np.load(stored, allow_pickle=False) as arrays:  # a damaged cache is created again
            return LensFaces(**{f.name: arrays[f.name] for f in fields(LensFaces)})
    faces = concatenate([prepare(portrait, crop_geometry(scale)) for portrait in observe_portraits(folder, focal)])
    cache.mkdir(parents=True, exist_ok=True)
    part = stored.with_name(f"{stored.name}.{os.getpid()}")  # two runs may prepare the same faces
    with part.open("wb") as file:
        np.savez_compressed(file, **{f.name: getattr(faces, f.name) for f in fields(faces)})
    part.replace(stored)
    return faces


def observe_portraits(folder: Path, focal: float = PHOTO_FOCAL, *, mirrored: bool = False) -> Iterator[Portrait]:
    """The photographs of a folder in which a face is found, `mirrored` or as they are.

    Raises UserError if there is none.
    """
    any_face = False
    with open_observer() as observer:
        for photograph in list_photographs(folder):
            portrait = observe_portrait(observer, photograph, focal, mirrored=mirrored)
            if portrait is not None:
                any_face = True
                yield portrait
    if not any_face:
        raise UserError(f"{folder} has no photograph with a face: name a folder of face photographs.")


def observe_portrait(
    observer: Observes, photograph: tuple[Path, str, str], focal: float = PHOTO_FOCAL, *, mirrored: bool = False
) -> Portrait | None:
    """A photograph (file, group, person), `mirrored` or as it is; None if it is broken or has no face."""
    path, group, person = photograph
    image = read_image(path)
    if image is None:
        return None
    seen = observe(observer, image[:, ::-1] if mirrored else image, photograph_camera(image, focal))
    return None if seen.pose is None else Portrait(path.name, group, person, seen)


def photograph_camera(image: NDArray[np.uint8], focal: float = PHOTO_FOCAL) -> Intrinsics:
    """The camera of a photograph whose focal length is known in widths of the image."""
    height, width = image.shape[:2]
    return Intrinsics(width, height, focal * width, focal * width, width / 2, height / 2)


def concatenate(parts: Sequence[LensFaces]) -> LensFaces:
    """All photographs of the parts, in their order."""
    return LensFaces(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(LensFaces)})


def prepare(portrait: Portrait, geometry: CropGeometry) -> LensFaces:
    """A portrait as arrays of length 1. Raises ValueError if no face was found."""
    seen = portrait.seen
    if seen.pose is None or seen.left is None or seen.right is None or seen.landmarks is None:
        raise ValueError("a portrait without a face cannot be prepared")
    eyes = (seen.left, seen.right)
    normal = [
        normalise_eye(
            seen.frame.image, eye.centre_mm, seen.pose.rotation, seen.camera, geometry, mirrored=eye.side == "right"
        )
        for eye in eyes
    ]
    heights = [
        _iris_up_px(seen.landmarks.points_px[[*corners, iris]], eye.centre_mm, n.rotation, seen.camera, geometry)
        * (geometry.distance_mm / geometry.focal_px)
        for eye, n, corners, iris in zip(eyes, normal, (LEFT_CORNERS, RIGHT_CORNERS), IRIS_CENTRES, strict=True)
    ]
    return LensFaces(
        name=np.array([portrait.name]),
        group=np.array([portrait.group]),
        person=np.array([portrait.person]),
        crops=np.array([[cv2.cvtColor(n.crop, cv2.COLOR_BGR2GRAY) for n in normal]], np.uint8),
        head=np.array([[n.head_pitch_yaw for n in normal]], np.float32),
        rotation=np.array([[n.rotation for n in normal]], np.float32),
        centre_mm=np.array([[eye.centre_mm for eye in eyes]], np.float32),
        openness=np.array([[eye.openness for eye in eyes]], np.float32),
        valid=np.array([[eye.valid for eye in eyes]], bool),
        eye_px=np.array([(seen.left.width_px + seen.right.width_px) / 2], np.float32),
        skin_deg=np.array([typology_angle_deg(seen.frame.image, seen.landmarks)], np.float32),
        iris_up_mm=np.array([heights], np.float32),
    )


def _iris_up_px(
    points_px: Array, centre_mm: Array, rotation: Array, camera: Intrinsics, geometry: CropGeometry
) -> float:
    """Both corners and the iris's centre (3, 2) in the picture: its height above their line in px of the crop."""
    mapped = np.c_[points_px, np.ones(3)] @ warp_matrix(centre_mm, rotation, camera, geometry).T
    first, second, iris = mapped[:, :2] / mapped[:, 2:]
    along = (iris[0] - first[0]) / (second[0] - first[0])
    return float(first[1] + along * (second[1] - first[1]) - iris[1])
