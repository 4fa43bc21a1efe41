"""Glasses in front of an eye: rim, its shadow, tint, reflections, and how the lens shrinks what is behind it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array
from gaze_training.data.aperture import PATCH, PX_PER_MM
from gaze_training.data.visibility import Hidden

Image = NDArray[np.float32]

_ANGLE = np.linspace(0, 2 * np.pi, 72, endpoint=False)
_SHIFT = 3
_GLARE = 1.5  # a reflection brighter than this many times the light of a face hides what is behind it


@dataclass(frozen=True, eq=False)
class Glasses:
    """One lens in the head frame about the eyeball's centre, nose at -x; the other eye has its mirror image.

    `half_mm`: (2,) half width and height. `middle_mm`: (2,). `square`: 2 an ellipse, more is squarer. `before_mm`: how
    far before the eyeball's centre. `wrap`: how much it bends back to the temple. `rim_mm`: width, 0 is rimless.
    `colour`: (3,) of the rim. `tint`: (3,) what the lens lets through. `power`: size of what lies behind, 1 is plain.
    `shadow`: 0..1. `mirrored`: (n, 7) soft quads: x, y, half width, half height (mm), roll, softness (mm), brightness.
    """

    half_mm: Array
    middle_mm: Array
    square: float
    before_mm: float
    wrap: float
    rim_mm: float
    colour: Array
    tint: Array
    power: float
    shadow: float
    mirrored: Array

    def outline(self) -> Array:
        """The rim (72, 3)."""
        cos, sin = np.cos(_ANGLE), np.sin(_ANGLE)
        x = self.middle_mm[0] + self.half_mm[0] * np.sign(cos) * np.abs(cos) ** (2 / self.square)
        y = self.middle_mm[1] + self.half_mm[1] * np.sign(sin) * np.abs(sin) ** (2 / self.square)
        return np.stack([x, y, -self.before_mm + self.wrap * np.maximum(x, 0)], -1)


def draw_glasses(rng: np.random.Generator) -> Glasses:
    """Common frames: thin wire, usual rims, thick dark ones, half-moons low on the nose; most with reflections."""
    kind = rng.random()
    rim = 0.0 if kind < 0.1 else rng.uniform(0.5, 1.0) if kind < 0.35 else rng.uniform(0.9, 3.0)
    if kind > 0.75:
        rim = rng.uniform(2.8, 6.0)
    dark = rng.random() < (0.85 if rim > 2.8 else 0.55)
    colour = np.full(3, 0.02) * rng.uniform(0.3, 3) if dark else rng.uniform(0.02, 0.5) * np.exp(rng.normal(0, 0.3, 3))
    low = rng.random() < 0.25
    half_height = rng.uniform(9, 16) if low else rng.uniform(13, 22)
    return Glasses(
        half_mm=np.array([rng.uniform(20, 28), half_height]),
        middle_mm=np.array([rng.uniform(-1, 4), rng.uniform(4, 14) if low else rng.normal(2.5, 3.0)]),
        square=float(rng.uniform(2, 4.5)),
        before_mm=float(rng.uniform(22, 32) if low else rng.uniform(22, 27)),
        wrap=float(rng.uniform(0.05, 0.18)),
        rim_mm=float(rim),
        colour=colour,
        tint=1 - rng.uniform(0, 0.14) * np.exp(rng.normal(0, 0.2, 3)),
        power=float(np.clip(rng.normal(0.97, 0.03), 0.88, 1.06)),
        shadow=float(rng.uniform(0, 0.5)),
        mirrored=np.array(_soft_spots(rng) + _bright_shapes(rng)).reshape(-1, 7),
    )


def _soft_spots(rng: np.random.Generator) -> list[list[float]]:
    """Up to two faint reflections anywhere on the lens."""
    return [
        [
            *rng.uniform((-20, -14), (20, 14)),
            *np.exp(rng.normal(np.log((4.0, 3.0)), 0.6)),
            rng.uniform(-0.5, 0.5),
            rng.uniform(0.3, 2.0),
            abs(rng.normal(0, 0.35)),
        ]
        for _ in range(int(rng.integers(0, 3)))
    ]


def _bright_shapes(rng: np.random.Generator) -> list[list[float]]:
    """In four glasses of ten a screen, or a window with its panes, that hides part of the eye."""
    if rng.random() > 0.4:
        return []
    x, y = rng.normal((0.0, 0.0), (8.0, 6.0))
    across = rng.uniform(2.0, 9.0)
    up, roll, soft = across * rng.uniform(0.5, 1.1), rng.normal(0, 0.15), rng.uniform(0.15, 0.8)
    bright = float(np.exp(rng.uniform(np.log(0.3), np.log(3.0))))
    if rng.random() < 0.6:
        return [[x, y, across, up, roll, soft, bright]]
    bar = rng.uniform(0.3, 0.9)
    rows = (-1, 1) if rng.random() < 0.5 else (0,)
    panes = [(i, j) for i in (-1, 1) for j in rows]
    half = np.array([across / 2 - bar / 2, up / len(rows) - bar / 2 * (len(rows) - 1)])
    half = np.maximum(half, 0.3)
    cos, sin = np.cos(roll), np.sin(roll)
    shapes = []
    for i, j in panes:
        dx, dy = i * across / 2, j * up / 2
        shapes.append([x + cos * dx - sin * dy, y + sin * dx + cos * dy, half[0], half[1], roll, soft, bright])
    return shapes


def paint_glasses(picture: Image, glasses: Glasses, head: Array, eyeball: Array, light: Array) -> tuple[Image, Hidden]:
    """The picture (h, w, 3) with glasses in front, and what they hide of it; head (3, 3), eyeball (3,) mm and light
    (3,) in the patch's frame."""
    rim = _project(glasses.outline() @ head.T + eyeball)
    lens = np.zeros(picture.shape[:2], np.float32)
    cv2.fillPoly(lens, [_fixed(rim)], 1.0, cv2.LINE_AA, _SHIFT)
    picture = _through_lens(picture, rim.mean(0), glasses.power, lens)
    picture = _shade(picture, glasses, head, eyeball)
    tint = (glasses.tint.astype(np.float32) - 1) * lens[..., None] + 1
    mirrored = _reflections(glasses, head, eyeball) * lens
    glare = np.clip(mirrored * np.float32(light.mean() / max(_GLARE * float(picture.mean()), 1e-6)), 0, 1)
    picture = picture * tint + mirrored[..., None] * light.astype(np.float32)
    cover = np.zeros(picture.shape[:2], np.float32)
    if glasses.rim_mm > 0:
        width = max(1, round(glasses.rim_mm * PX_PER_MM))
        cv2.polylines(cover, [_fixed(rim)], True, 1.0, width, cv2.LINE_AA, _SHIFT)
        _add_bridge_and_arm(cover, glasses, head, eyeball, width)
        cover = cv2.GaussianBlur(cover, (0, 0), 0.7)
        shine = np.linspace(1.5, 0.6, picture.shape[0], dtype=np.float32)[:, None, None]
        hidden = cover[..., None]
        picture = picture * (1 - hidden) + (glasses.colour * light).astype(np.float32) * shine * hidden
    return np.asarray(picture, np.float32), Hidden(np.asarray(cover, np.float32), np.asarray(glare, np.float32))


def _through_lens(picture: Image, middle: Array, power: float, lens: Image) -> Image:
    """What lies behind the lens, shrunk or enlarged about the lens's middle."""
    inverse = 1 / power
    matrix = np.array([[inverse, 0, (1 - inverse) * middle[0]], [0, inverse, (1 - inverse) * middle[1]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(picture, matrix, picture.shape[1::-1], flags=flags, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(picture + (seen - picture) * lens[..., None], np.float32)


def _shade(picture: Image, glasses: Glasses, head: Array, eyeball: Array) -> Image:
    """The rim's shadow, a little lower on the skin behind it."""
    if glasses.rim_mm == 0 or glasses.shadow < 0.05:
        return picture
    behind = _project((glasses.outline() + [0.0, 5.0, 11.0]) @ head.T + eyeball)
    dark = np.zeros(picture.shape[:2], np.float32)
    cv2.polylines(dark, [_fixed(behind)], True, 1.0, round(glasses.rim_mm * PX_PER_MM) + 1, cv2.LINE_AA, _SHIFT)
    dark = cv2.GaussianBlur(dark, (0, 0), 2.0 * PX_PER_MM / 2)
    return picture * (1 - np.float32(glasses.shadow) * dark)[..., None]


def _reflections(glasses: Glasses, head: Array, eyeball: Array) -> Image:
    total = np.zeros((PATCH.height, PATCH.width), np.float32)
    for x, y, across, up, roll, soft, bright in glasses.mirrored:
        cos, sin = np.cos(roll), np.sin(roll)
        quad = np.array([[-across, -up], [across, -up], [across, up], [-across, up]]) @ [[cos, sin], [-sin, cos]]
        corners = np.c_[quad + glasses.middle_mm + [x, y], np.full(4, -glasses.before_mm)]
        mask = np.zeros_like(total)
        cv2.fillPoly(mask, [_fixed(_project(corners @ head.T + eyeball))], 1.0, cv2.LINE_AA, _SHIFT)
        total += np.float32(bright) * cv2.GaussianBlur(mask, (0, 0), soft * PX_PER_MM)
    return total


def _add_bridge_and_arm(cover: Image, glasses: Glasses, head: Array, eyeball: Array, width: int) -> None:
    left, right = glasses.middle_mm[0] - glasses.half_mm[0], glasses.middle_mm[0] + glasses.half_mm[0]
    height = glasses.middle_mm[1] - 0.35 * glasses.half_mm[1]
    back = -glasses.before_mm + glasses.wrap * max(right, 0)
    bridge = np.array([[left, height, -glasses.before_mm], [left - 14, height - 2, -glasses.before_mm - 2]])
    arm = np.array([[right, height, back], [right + 4, height, back + 6], [right + 10, height, back + 60]])
    lines = [_project(line @ head.T + eyeball) for line in (bridge, arm)]
    if lines[1][-1, 0] < lines[1][0, 0]:  # the arm goes back behind the face
        del lines[1]
    for line in lines:
        cv2.polylines(cover, [_fixed(line)], False, 1.0, width, cv2.LINE_AA, _SHIFT)


def _project(points: Array) -> Array:
    return points[..., :2] / points[..., 2:] * PATCH.focal_px + [PATCH.width / 2, PATCH.height / 2]


def _fixed(points_px: Array) -> NDArray[np.int32]:
    """Pixels as OpenCV's fixed-point numbers."""
    return np.round((points_px - 0.5) * (1 << _SHIFT)).astype(np.int32)
