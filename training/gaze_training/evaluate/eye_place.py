"""Portraits in which pictures of real eyes are laid, as a webcam would show them: the test then has whole faces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, head_angles
from gaze_demo.landmarks.head_pose import LEFT_CORNERS, RIGHT_CORNERS
from gaze_training.data.photographs import list_photographs
from gaze_training.evaluate.lens_faces import Portrait, observe_portrait
from gaze_training.readers.measured import open_observer

# Width of an eye picture over the distance of the eye's corners. The irises tell it: they are 0.31 of the width of the
# real pictures, and 0.42 (11.7 of 27.5 mm) of an eye's.
PICTURE_WIDTH = 1.3
_MOST_TURN_DEG = 5.0  # pitch and yaw of a head that counts as frontal
_BORDER, _FEATHER = 0.035, 0.03  # of a picture's width: how much of its edge is hidden, and how softly that begins
_NOISE_GRAIN_PX = 0.8

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Webcam:
    """What a webcam does to the picture. `eye_px`: distance of an eye's corners. `noise`: standard deviation in grey
    levels. `jpeg`: quality of 100."""

    eye_px: float = 28.0
    noise: float = 2.0
    jpeg: int = 85


@dataclass(frozen=True, eq=False)
class EyePlaces:
    """A frontal portrait at the scale at which eye pictures keep their own pixels.

    `image`: (h, w) grey levels. `corners_px`: (2, 2, 2) both corners of each eye, the one at the left of the image
    first; pixel edges at whole coordinates. `eye_px`: mean distance of an eye's corners.
    """

    name: str
    image: Floats
    corners_px: Array

    @property
    def eye_px(self) -> float:
        return float(np.linalg.norm(self.corners_px[:, 1] - self.corners_px[:, 0], axis=-1).mean())


def eye_width_px(picture_px: int) -> float:
    """Distance of an eye's corners in a picture of it that is this wide."""
    return picture_px / PICTURE_WIDTH


def choose_portraits(folder: Path, names: Sequence[str], count: int, eye_px: float) -> list[EyePlaces]:
    """The portraits of these names, or else the first `count` of the folder in order of name that show a frontal head
    with both eyes open; they are scaled until their eyes are `eye_px` wide and may not have smaller ones.

    Raises UserError if there is no such portrait, or one of the names has none.
    """
    photographs = sorted(list_photographs(folder))
    by_name = {photograph[0].name: photograph for photograph in photographs}
    for name in names:
        if name not in by_name:
            raise UserError(f"--face {name}: {folder} has no photograph of this name.")
    chosen = [by_name[name] for name in dict.fromkeys(names)]
    found = []
    with open_observer() as observer:
        for photograph in chosen or photographs:
            portrait = observe_portrait(observer, photograph)
            if portrait is None and chosen:
                raise UserError(f"--face {photograph[0].name}: no face is found in this photograph.")
            if portrait is not None and (chosen or _suits(portrait, eye_px)):
                found.append(eye_places(portrait, eye_px))
            if not chosen and len(found) == count:
                break
    if not found:
        raise UserError(
            f"{folder} has no photograph of a frontal face with open eyes {eye_px:.0f} px wide or "
            "more: name a folder of large portraits."
        )
    return found


def _suits(portrait: Portrait, eye_px: float) -> bool:
    seen = portrait.seen
    if seen.pose is None or seen.left is None or seen.right is None:
        return False
    frontal = np.abs(head_angles(seen.pose.rotation)[:2]).max() <= np.radians(_MOST_TURN_DEG)
    return bool(frontal) and all(eye.valid and eye.width_px >= eye_px for eye in (seen.left, seen.right))


def eye_places(portrait: Portrait, eye_px: float) -> EyePlaces:
    """A portrait in which a face was found, scaled until its eyes have this distance of corners."""
    landmarks = portrait.seen.landmarks
    if landmarks is None:
        raise ValueError("a portrait without a face has no place for eyes")
    corners = np.stack([landmarks.points_px[list(pair)] for pair in (LEFT_CORNERS, RIGHT_CORNERS)])
    corners = np.take_along_axis(corners, corners[..., :1].argsort(1), 1)
    scale = eye_px / float(np.linalg.norm(corners[:, 1] - corners[:, 0], axis=-1).mean())
    grey = cv2.cvtColor(portrait.seen.frame.image, cv2.COLOR_BGR2GRAY)
    height, width = grey.shape
    size = round(width * scale), round(height * scale)
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    return EyePlaces(portrait.name, small.astype(np.float32), corners * (np.array(size) / (width, height)))


def lay_in(places: EyePlaces, eye: NDArray[np.uint8]) -> Floats:
    """The portrait (h, w) with this picture of an eye (h, w) at both places, the same at each: both look one way.

    The portrait's brightness is scaled until its skin fits the edges of the pictures.
    """
    size = places.image.shape[1], places.image.shape[0]
    shows, picture = np.zeros(places.image.shape, np.float32), np.zeros(places.image.shape, np.float32)
    for corners in places.corners_px:
        matrix = _laying(corners, eye.shape)
        share = cv2.warpAffine(_feathered(eye.shape), matrix, size)
        laid = cv2.warpAffine(eye, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        picture = np.where(share > shows, laid, picture)
        shows = np.maximum(shows, share)
    edge = (shows > 0.1) & (shows < 0.6)
    level = float(np.median(picture[edge])) / max(float(np.median(places.image[edge])), 1.0)
    skin = np.clip(places.image * level, 0, 255)
    return np.asarray(skin + (picture - skin) * shows, np.float32)


def _laying(corners: Array, shape: tuple[int, ...]) -> Array:
    """Matrix (2, 3) from px of a picture to px of the portrait, both with pixel centres at whole coordinates."""
    height, width = shape
    middle, along = corners.mean(0), (corners[1] - corners[0]) * PICTURE_WIDTH / width
    turn = np.array([[along[0], -along[1]], [along[1], along[0]]])
    return np.c_[turn, middle - 0.5 - turn @ [width / 2 - 0.5, height / 2 - 0.5]]


def _feathered(shape: tuple[int, ...]) -> Floats:
    """How much a picture of this shape shows (h, w): 1 in the middle, 0 at the edges."""
    height, width = shape
    border = max(1, round(_BORDER * width))
    inside = np.zeros((height, width), np.float32)
    inside[border:-border, border:-border] = 1
    return np.asarray(cv2.GaussianBlur(inside, (0, 0), _FEATHER * width), np.float32)


def webcam_picture(image: Floats, eye_px: float, webcam: Webcam, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A picture (h, w) with eyes `eye_px` wide as the webcam gives it: BGR, smaller, moved by a random part of a pixel,
    with noise and the traces of JPEG."""
    scale = webcam.eye_px / eye_px
    shift = rng.uniform(-0.5, 0.5, 2) / scale
    size = image.shape[1], image.shape[0]
    moved = cv2.warpAffine(image, np.array([[1, 0, shift[0]], [0, 1, shift[1]]]), size, borderMode=cv2.BORDER_REPLICATE)
    small = cv2.resize(moved, (round(size[0] * scale), round(size[1] * scale)), interpolation=cv2.INTER_AREA)
    return camera_traces(small, webcam, rng)


def camera_traces(image: Floats | NDArray[np.uint8], webcam: Webcam, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A grey picture (h, w) as BGR (h, w, 3) with a camera's noise and the traces of JPEG."""
    noise = cv2.GaussianBlur(rng.normal(0, 1, image.shape).astype(np.float32), (0, 0), _NOISE_GRAIN_PX)
    noisy = np.clip(image + noise * (webcam.noise / max(float(noise.std()), 1e-6)), 0, 255).astype(np.uint8)
    colour = cv2.cvtColor(noisy, cv2.COLOR_GRAY2BGR)
    coded = cv2.imencode(".jpg", colour, [cv2.IMWRITE_JPEG_QUALITY, webcam.jpeg])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def webcam_pictures(
    places: EyePlaces, eyes: NDArray[np.uint8], webcam: Webcam, rng: np.random.Generator
) -> Iterator[NDArray[np.uint8]]:
    """One picture (h, w, 3) BGR for each eye of (n, h, w)."""
    for eye in eyes:
        yield webcam_picture(lay_in(places, eye), places.eye_px, webcam, rng)
