"""The procedural renderer: an eye region made without any files, both eyes of a face in the same light. The camera's
rays are intersected with a relief of bone, lids and folds (Tevs, Ihrke, Seidel 2008 call it height field intersection),
lit and textured; between the lids the ray-traced eyeball of every other renderer shows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import (
    Array,
    mirror_rotation,
    mirror_vector,
    normalised,
    pitch_yaw_to_vector,
    vector_to_pitch_yaw,
)
from gaze_demo.normalisation.normalise import DISTANCE_MM, normalising_rotation
from gaze_training.data.aperture import (
    PATCH,
    PX_PER_MM,
    X_PX,
    Y_PX,
    LidLines,
    front_light,
    mirror_light,
    paint_eyeball,
    paint_lashes,
)
from gaze_training.data.data_config import DataConfig
from gaze_training.data.eye_region import EyeRegion, LidPose, draw_region, pose_lids
from gaze_training.data.glasses import Glasses, draw_glasses, paint_glasses
from gaze_training.data.obstacles import obstruct
from gaze_training.data.relief import Relief, fold, key_shadow, look_up_grid, rest_relief
from gaze_training.data.rendered import Render, RenderedEye, RenderedFace
from gaze_training.data.sampler import EyeDraw, draw_eyes, draw_gaze, draw_head
from gaze_training.data.skin import Skin, draw_skin
from gaze_training.data.surface import shade_skin
from gaze_training.data.visibility import PaintedEye, finish_eye, iris_disc

Image = NDArray[np.float32]

_PEOPLE = 160
_SKIN_SEED = 78
# Skin is drawn at 2.2 px per mm, finer than the models' crops, which takes a third of the time of the whole patch.
_SKIN_SIZE = (119, 98)
_GLASSES_SHARE = 0.3
_IRIS_MM = 10.6
_IRIS_ALBEDO, _FLATTEN = 0.7, 0.4


@dataclass(frozen=True, eq=False)
class _Person:
    """What both eyes share. `lash_line`: darkness 0..1 and width in mm of the roots of the upper lashes."""

    region: EyeRegion
    rest: Image
    skin: Skin
    eyes: EyeDraw
    glasses: Glasses | None
    texture_shift: Array
    lash_line: tuple[float, float]


def procedural_renderer(config: DataConfig) -> Render:
    """Draws faces without any file; the person's number is that of the skin."""
    return draw_procedural


def draw_procedural(rng: np.random.Generator) -> tuple[RenderedFace, int]:
    """A random person, head pose, gaze and light; the person's number."""
    number = int(rng.integers(_PEOPLE))
    return render_procedural(rng, _skin(number)), number


@lru_cache(_PEOPLE)
def _skin(number: int) -> Skin:
    return draw_skin(np.random.default_rng([_SKIN_SEED, number]))


def render_procedural(rng: np.random.Generator, skin: Skin) -> RenderedFace:
    """Both eyes of a face with this skin, everything else drawn."""
    eyes = _as_measured(draw_eyes(rng))
    region = draw_region(rng, eyes)
    glasses = draw_glasses(rng) if rng.random() < _GLASSES_SHARE else None
    shift = np.array([rng.normal(0, 1.5), rng.normal(0, 1.0)])
    lash_line = float(rng.uniform(0.45, 1.0)), float(rng.uniform(0.8, 2.4))
    person = _Person(region, rest_relief(region, eyes.shape.radius_mm), skin, eyes, glasses, shift, lash_line)
    head = draw_head(rng)
    middle = np.array([0.0, 0.0, DISTANCE_MM])
    apart = float(rng.normal(63.0, 3.3))
    centres = [middle + head @ np.array([side * apart / 2, 0.0, 0.0]) for side in (1, -1)]
    target = middle + draw_gaze(rng, head) * float(np.exp(rng.normal(np.log(650.0), 0.25)))
    rendered = [_eye(rng, person, head, centre, target, mirrored=side == 1) for side, centre in enumerate(centres)]
    return RenderedFace((rendered[0], rendered[1]), PATCH, head, 200.0, "procedural")


def _as_measured(eyes: EyeDraw) -> EyeDraw:
    """Irises as dark against the skin as real ones: 0.2 to 0.3 of its light, where the sampler's have 0.46."""
    outer, inner = (np.array(c) * _IRIS_ALBEDO for c in (eyes.look.iris_outer, eyes.look.iris_inner))
    look = replace(eyes.look, iris_outer=tuple(outer.tolist()), iris_inner=tuple(inner.tolist()))
    return replace(eyes, look=look, flatten=_FLATTEN * eyes.flatten)


def _eye(
    rng: np.random.Generator, person: _Person, head: Array, centre: Array, target: Array, *, mirrored: bool
) -> RenderedEye:
    rotation = normalising_rotation(centre, head)
    gaze = normalised(target - centre)
    local_head, local = rotation @ head, rotation @ gaze
    if mirrored:
        local_head, local = mirror_rotation(local_head), mirror_vector(local)
    eyes = mirror_light(person.eyes) if mirrored else person.eyes
    painted = obstruct(rng, _patch(rng, person, eyes, local_head, local))
    return finish_eye(painted, rotation, centre, gaze, mirrored=mirrored)


def _patch(rng: np.random.Generator, person: _Person, eyes: EyeDraw, head: Array, gaze: Array) -> PaintedEye:
    """One eye in its (mirrored) virtual camera."""
    pitch, yaw = vector_to_pitch_yaw(head.T @ gaze)
    temporal, up = eyes.kappa
    in_head = pitch_yaw_to_vector((pitch + up, yaw - temporal))
    pose, straight = (pose_lids(person.region, eyes, *angles) for angles in ((float(pitch), float(yaw)), (0.0, 0.0)))
    relief = fold(person.rest, pose, straight, _IRIS_MM * in_head[:2])

    corners = np.stack(pose.corners())
    depth = -relief.height_at(*corners.astype(np.float32).T[..., None])[:, 0].astype(float).mean()
    middle = np.append(corners.mean(0), depth)
    eyeball = head @ -middle + [0, 0, DISTANCE_MM]
    optical = head @ in_head
    upright = head @ np.array([0.0, -1.0, 0.0])
    upright = normalised(upright - optical * (upright @ optical))

    lids = _project_lids(pose, relief, head, eyeball)
    picture, level = _draw_skin(person, eyes, relief, head, eyeball)
    colour, cover = paint_eyeball(lids, eyeball, optical, upright, eyes, np.full(3, level))
    rows = np.flatnonzero(cover.any(1))
    shown = slice(rows.min(initial=PATCH.height), rows.max(initial=0) + 1)
    picture[shown] += (colour[shown] - picture[shown]) * cover[shown, :, None]
    picture = _lash_line(picture, lids, person.lash_line)
    picture = paint_lashes(rng, picture, lids, gaze, eyes)
    hidden = None
    if person.glasses is not None:
        picture, hidden = paint_glasses(picture, person.glasses, head, eyeball, front_light(eyes.lights))
    iris = _project(eyeball + eyes.shape.iris_plane_mm * optical)
    return PaintedEye(picture, lids, iris, iris_disc(eyeball, optical, upright, eyes.shape), hidden)


def _project(points: Array) -> Array:
    """Points (..., 3) of the patch's camera frame in px (..., 2)."""
    return points[..., :2] / points[..., 2:] * PATCH.focal_px + [PATCH.width / 2, PATCH.height / 2]


def _project_lids(pose: LidPose, relief: Relief, head: Array, eyeball: Array) -> LidLines:
    """The lids' edges, which lie on the skin, as lines over the columns of the patch."""
    inner, outer = pose.corners()
    x = np.linspace(inner[0], outer[0], 48, dtype=np.float32)
    lines, ends = [], []
    for y in pose.lines(x):
        z = -relief.height_at(x[None], y[None])[0]
        px = _project(np.stack([x, y, z], -1).astype(float) @ head.T + eyeball)
        order = np.argsort(px[:, 0])
        lines.append(np.interp(X_PX, px[order, 0], px[order, 1]))
        ends.append((px[0, 0], px[-1, 0]))
    return LidLines(lines[0], lines[1], float(min(ends)[0]), float(max(e[1] for e in ends)))


def _lash_line(picture: Image, lids: LidLines, line: tuple[float, float]) -> Image:
    """Darkens the roots of the upper lashes in the picture (h, w, 3), denser to the temple and a little beyond it."""
    darkness, width = line[0], np.float32(line[1] * PX_PER_MM)
    along = (X_PX - np.float32(lids.inner)) / np.float32(lids.outer - lids.inner)
    dense = np.clip(6 * along, 0, 1) * np.clip((np.float32(1.2) - along) * 5, 0, 1) * (0.4 + 0.6 * along)
    edge = lids.upper.astype(np.float32) + np.float32(0.4) * np.maximum(X_PX - np.float32(lids.outer), 0)
    shown = dense > 0
    rows = slice(max(0, int(edge[shown].min(initial=0) - 4 * width)), int(edge[shown].max(initial=0)) + 6)
    above, reach = edge - Y_PX[rows], np.float32(0.6) + np.float32(0.8) * np.clip(along, 0, 1.2)
    band = np.exp(-np.maximum(above / (width * reach), -above / (np.float32(0.5 * PX_PER_MM) * reach)))
    picture[rows] *= (1 - np.float32(darkness) * dense * band)[..., None]
    return picture


def _draw_skin(person: _Person, eyes: EyeDraw, relief: Relief, head: Array, eyeball: Array) -> tuple[Image, float]:
    """Lit skin (h, w, 3) of the whole patch, and the share of light that reaches the eye."""
    width, height = _SKIN_SIZE
    in_head = _rays() @ head.astype(np.float32)
    x, y = relief.hit(head.T @ -eyeball, in_head)
    normal, openness, moved = relief.surface_at(x, y)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    flat = normal.reshape(-1, 3) @ head.T.astype(np.float32)
    texture = np.stack([x + np.float32(person.texture_shift[0]), y - moved + np.float32(person.texture_shift[1])], -1)
    lit = shade_skin(person.skin, texture.reshape(-1, 2), flat, head, eyes.lights).reshape(height, width, 3)
    share = _key_share(eyes)
    if share > 0.15:
        towards = head.T @ np.asarray(eyes.lights.directions, float)[0]
        shadow = look_up_grid(key_shadow(relief, towards), x, y)
        openness = openness * (1 - np.float32(share) * (1 - shadow))
    flush = look_up_grid(relief.edge, x, y)[..., None] * np.array([-0.06, -0.17, -0.16], np.float32)
    lit = lit * openness[..., None] * (1 + flush)
    middle = openness[height // 2 - 8 : height // 2 + 8, width // 2 - 20 : width // 2 + 20]
    large = cv2.resize(lit, (PATCH.width, PATCH.height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.float32), float(middle.mean())


@cache
def _rays() -> Image:
    """Rays (h, w, 3) through the middles of the skin's pixels, z 1, in the patch's camera frame."""
    width, height = _SKIN_SIZE
    scale = PATCH.width / width / PATCH.focal_px
    column, row = np.meshgrid(np.arange(width) + 0.5 - width / 2, np.arange(height) + 0.5 - height / 2)
    return np.stack([column * scale, row * scale, np.ones_like(column)], -1).astype(np.float32)


def _key_share(eyes: EyeDraw) -> float:
    """How much of the light on a face comes from the first lamp."""
    half, colour = np.asarray(eyes.lights.half_sizes, float), np.asarray(eyes.lights.colours, float)
    if len(half) == 0:
        return 0.0
    power = 4 / np.pi * half.prod(1) * colour.mean(1)
    return float(power[0] / (power.sum() + np.asarray(eyes.lights.ambient_up, float).mean()))
