"""The picture behind a virtual person: NASA's portrait of the astronaut Eileen Collins, restyled, or a drawn one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo import paths
from gaze_demo.geometry import Array
from gaze_demo.participant.glasses import with_glasses
from gaze_demo.participant.person import PEOPLE, Colour, Person, Style

Floats = NDArray[np.float32]

# Grey levels of the `_regions.png` beside a portrait; OTHER is clothes, the neck of drawn people, and the mouth.
BACKDROP, HAIR, SKIN, OTHER = 0, 85, 170, 255

_FACE_X, _FACE_Y, _MOUTH_Y = 225.5, 118.0, 141.0
_FACE_REACH = 80.0
_CHIN_Y = 178


@dataclass(frozen=True, eq=False)
class Portrait:
    """`image` (512, 512, 3) uint8 BGR; `landmarks_px` (478, 2).

    `person`, `head`: (512, 512) 0..1, if it shows the person, and of the person the head without the neck.
    """

    image: NDArray[np.uint8]
    person: Floats
    head: Floats
    landmarks_px: Array


def load_portrait(person: int) -> Portrait:
    """The portrait as virtual person number `person` with the landmarks that the landmarker finds in it."""
    image, outline, head = restyled(PEOPLE[person])
    landmarks = np.load(paths.assets() / "portrait_landmarks.npy", allow_pickle=False)[person]
    glasses = PEOPLE[person].style.glasses
    if glasses is not None:
        image = with_glasses(image, landmarks.astype(float), glasses)
    return Portrait(image, outline, head, landmarks.astype(float))


def restyled(person: Person) -> tuple[NDArray[np.uint8], Floats, Floats]:
    """A person's picture in its style, and where the person and the head are in it (0..1)."""
    style = person.style
    photo = cv2.imread(str(paths.assets() / f"{person.portrait}.jpg"), cv2.IMREAD_COLOR)
    regions = cv2.imread(str(paths.assets() / f"{person.portrait}_regions.png"), cv2.IMREAD_GRAYSCALE)
    linear = (photo.astype(np.float32) / 255) ** np.float32(2.2)
    gains = ((HAIR, style.hair), (SKIN, style.skin), (OTHER, style.clothes), (BACKDROP, style.backdrop))
    masks = {level: cv2.GaussianBlur((regions == level).astype(np.float32), (0, 0), 0.9) for level, _ in gains}
    mouth = np.zeros_like(regions)  # OTHER inside the face means teeth
    mouth[: int(_MOUTH_Y) + 20] = regions[: int(_MOUTH_Y) + 20] == OTHER
    masks[OTHER] *= 1 - cv2.GaussianBlur(mouth.astype(np.float32), (0, 0), 0.9)
    if style.skin_contrast != 1:
        level = linear.mean(2, keepdims=True) / 0.5
        linear *= 1 + masks[SKIN][..., None] * (level ** (style.skin_contrast - 1) - 1)
    for level, gain in gains:
        linear *= 1 + masks[level][..., None] * (_bgr(gain) - 1)
    image = (np.clip(linear, 0, 1) ** np.float32(1 / 2.2) * 255 + np.float32(0.5)).astype(np.uint8)
    x, y = _stretch(style, regions.shape[0], regions.shape[1])
    image = cv2.remap(image, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    head = (regions == HAIR) | (regions == SKIN)
    if person.portrait == "portrait":  # the photograph's regions do not separate the neck from the face
        head[_CHIN_Y:] = False
    outlines = np.dstack([regions > 0, head]).astype(np.float32)
    outlines = cv2.remap(outlines, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if style.mirrored:
        image, outlines = np.ascontiguousarray(image[:, ::-1]), np.ascontiguousarray(outlines[:, ::-1])
    return (
        np.asarray(image, np.uint8),
        np.asarray(outlines[..., 0], np.float32),
        np.asarray(outlines[..., 1], np.float32),
    )


def _bgr(gain: Colour) -> Floats:
    return np.array(gain[::-1], np.float32)


def _stretch(style: Style, height: int, width: int) -> tuple[Floats, Floats]:
    """Where each pixel of the restyled face comes from: stretched about its middle, fading out around the head."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    dx, dy = x - np.float32(_FACE_X), y - np.float32(_FACE_Y)
    fade = np.exp(-(((dx * dx + dy * dy) / np.float32(_FACE_REACH**2)) ** 2))
    below = np.clip((y - _MOUTH_Y) / 30, 0, 1)
    jaw = np.float32(style.jaw * 60) * below * np.exp(-((np.maximum(y - 178, 0) / 25) ** 2)) * np.exp(-((dx / 70) ** 2))
    from_x = x - dx * fade * np.float32(style.wider / (1 + style.wider))
    from_y = y - dy * fade * np.float32(style.longer / (1 + style.longer)) - jaw
    return from_x.astype(np.float32), from_y.astype(np.float32)
