"""The photo renderer: a real face, turned by its depth, with new eyeballs that look somewhere else.

Skin, brows, glasses and light are a photograph's own; the head is turned by the depth of the face mesh; the lids move
and fold with the new gaze; the eyeball is ray traced under the iris it replaces, minus the angle kappa.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.geometry import (
    FORWARD,
    Array,
    mirror_rotation,
    mirror_vector,
    normalised,
    pitch_yaw_to_vector,
    vector_to_pitch_yaw,
)
from gaze_demo.landmarks.search import FaceSearch
from gaze_demo.normalisation.normalise import DISTANCE_MM, normalising_rotation
from gaze_training.data.aperture import (
    PATCH,
    PX_PER_MM,
    X_PX,
    Y_PX,
    front_light,
    lid_lines,
    mirror_light,
    paint_eyeball,
    paint_lashes,
)
from gaze_training.data.data_config import DataConfig
from gaze_training.data.glasses import Glasses, draw_glasses, paint_glasses
from gaze_training.data.obstacles import obstruct
from gaze_training.data.own_eye import OWN_SHAPE, BallPose, paint_own_eye
from gaze_training.data.photo_face import EyePatch, PhotoFace, load_photo_face
from gaze_training.data.photo_lids import fold_skin, moved_lids
from gaze_training.data.photographs import list_photographs
from gaze_training.data.rendered import Render, RenderedFace
from gaze_training.data.sampler import EyeDraw, draw_build, draw_eyes, draw_gaze, draw_turn
from gaze_training.data.split import is_heldout
from gaze_training.data.visibility import IrisDisc, PaintedEye, finish_eye, iris_disc

Image = NDArray[np.float32]
_CENTRE_PX = np.array([PATCH.width / 2, PATCH.height / 2])
_X_MM, _Y_MM = np.meshgrid((X_PX - PATCH.width / 2) / PX_PER_MM, (Y_PX[:, 0] - PATCH.height / 2) / PX_PER_MM)
_UP = np.array([0.0, -1.0, 0.0])
_SURFACE_TO_CENTRE_MM = 11.0
_IRIS_TRAVEL_MM = 12.0
_GLASSES_SHARE = 0.15
_SKIN_ALBEDO = 0.35
_CENTRE_DEPTH_MM = 7.0  # of the eyeball's centre behind the corners


@dataclass(frozen=True, eq=False)
class _Turned:
    """A patch after the head's turn: pixels and points as in `EyePatch`, mirrored frame."""

    linear: Image
    upper: Array
    lower: Array
    iris: Array
    turn: Array
    head: Array
    build: Array


def render_photo(
    rng: np.random.Generator,
    face: PhotoFace,
    *,
    own_eyes: bool = False,
    turned_eyes: bool = False,
    build_spread: float = 0.0,
) -> RenderedFace:
    """A random turn of the head, a random gaze and a random build of the eyes.

    With `own_eyes` the photograph's eyes stay: they looked into the lens, so the gaze turns with the head. Too many of
    them would teach a network to guess the gaze from the head. With `turned_eyes` the eyeballs are the photograph's
    own, turned, and not ray traced. `build_spread`: how far the skin around the eyes is stretched and slanted into that
    of somebody else; 1 is about as far as people differ.
    """
    eyes = draw_eyes(rng)
    turn = draw_turn(rng)
    build = np.eye(2) if own_eyes or build_spread == 0 else draw_build(rng, build_spread)
    head = turn @ face.pose.rotation
    middle = face.pose.eyes_middle_mm
    middle = middle * (600.0 / np.linalg.norm(middle)) * np.exp(rng.normal(0, 0.2))
    centres = [middle + turn @ (eye.centre_mm - face.pose.eyes_middle_mm) for eye in face.eyes]
    target = middle + draw_gaze(rng, head) * float(np.exp(rng.normal(np.log(650.0), 0.25)))
    glasses = draw_glasses(rng) if rng.random() < _GLASSES_SHARE else None
    rendered = []
    for side, (patch, centre) in enumerate(zip(face.eyes, centres, strict=True)):
        mirrored = side == 1
        rotation = normalising_rotation(centre, head)
        gaze = turn @ -normalised(patch.centre_mm) if own_eyes else normalised(target - centre)
        in_patch = rotation @ turn @ patch.rotation.T
        local = rotation @ gaze
        if mirrored:
            in_patch, local = mirror_rotation(in_patch), mirror_vector(local)
        turned = _turn(patch, in_patch, build)
        draw = mirror_light(eyes) if mirrored else eyes
        painted = _kept(patch, turned) if own_eyes else _look(rng, patch, turned, local, draw, own_ball=turned_eyes)
        if glasses is not None:
            painted = _behind_glasses(painted, glasses, turned)
        painted = obstruct(rng, painted)
        rendered.append(finish_eye(painted, rotation, centre, gaze, mirrored=mirrored))
    return RenderedFace((rendered[0], rendered[1]), PATCH, head, face.native_eye_px, f"{face.group}_{face.person}")


def _behind_glasses(painted: PaintedEye, glasses: Glasses, turned: _Turned) -> PaintedEye:
    """The eye with glasses before it, lit as the photograph's skin is."""
    light = np.asarray(painted.linear.mean((0, 1)) / _SKIN_ALBEDO, float)
    eyeball = turned.head @ [0.0, 0.0, _CENTRE_DEPTH_MM] + [0.0, 0.0, DISTANCE_MM]
    linear, hidden = paint_glasses(painted.linear, glasses, turned.head, eyeball, light)
    return replace(painted, linear=linear, hidden=hidden)


def _kept(patch: EyePatch, turned: _Turned) -> PaintedEye:
    """The photograph's own eye as it is after the head's turn."""
    axes = patch.iris_radius_px * (turned.turn[:2, :2] @ turned.build).T
    return PaintedEye(turned.linear, lid_lines(turned.upper, turned.lower), turned.iris, IrisDisc(turned.iris, axes))


def _turn(patch: EyePatch, turn: Array, build: Array) -> _Turned:
    """The patch, stretched by `build` (2, 2), after the head turned about the eye's centre.

    Each pixel looks up where its point of skin was.
    """
    inverse = np.linalg.inv(turn[:2, :2] @ build).astype(np.float32)
    bx, by = np.float32(turn[0, 2]), np.float32(turn[1, 2])
    x, y = _X_MM.astype(np.float32), _Y_MM.astype(np.float32)
    for _ in range(4):  # the depth at the source determines where the source is, so this is iterated
        depth = cv2.remap(patch.depth, *_px(x, y), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        rx, ry = _X_MM.astype(np.float32) - bx * depth, _Y_MM.astype(np.float32) - by * depth
        x, y = inverse[0, 0] * rx + inverse[0, 1] * ry, inverse[1, 0] * rx + inverse[1, 1] * ry
    linear = cv2.remap(patch.linear, *_px(x, y), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)

    def moved(points: Array) -> Array:
        at = (points - _CENTRE_PX) / PX_PER_MM @ build.T
        i = np.clip(points.astype(int), 0, [PATCH.width - 1, PATCH.height - 1])
        return (np.c_[at, patch.depth[i[..., 1], i[..., 0]]] @ turn.T)[..., :2] * PX_PER_MM + _CENTRE_PX

    return _Turned(
        np.asarray(linear, np.float32),
        moved(patch.upper),
        moved(patch.lower),
        moved(patch.iris[None])[0],
        turn,
        turn @ patch.head,
        build,
    )


def _px(x: Image, y: Image) -> tuple[Image, Image]:
    """Millimetres about the centre as OpenCV's pixel coordinates (pixel centres whole)."""
    return (
        np.asarray(x * PX_PER_MM + (PATCH.width / 2 - 0.5), np.float32),
        np.asarray(y * PX_PER_MM + (PATCH.height / 2 - 0.5), np.float32),
    )


def _look(
    rng: np.random.Generator, patch: EyePatch, turned: _Turned, gaze: Array, draw: EyeDraw, *, own_ball: bool
) -> PaintedEye:
    """The patch with an eyeball that looks along `gaze` (mirrored patch frame)."""
    head = turned.head
    pitch, yaw = vector_to_pitch_yaw(head.T @ gaze)
    before_pitch, before_yaw = vector_to_pitch_yaw(patch.head.T @ FORWARD)
    travel = _IRIS_TRAVEL_MM * float(np.sin(pitch) - np.sin(before_pitch))
    old = lid_lines(turned.upper, turned.lower)
    new = moved_lids(rng, old, turned.upper[[0, -1]], travel, draw)
    skin = fold_skin(turned.linear, old, new)

    temporal, up = draw.kappa
    optical = head @ pitch_yaw_to_vector((pitch + up, yaw - temporal))
    optical_before = patch.head @ pitch_yaw_to_vector((before_pitch + up, before_yaw - temporal))
    iris_depth = _iris_depth(rng, patch)
    surface = np.append(turned.build @ (patch.iris - _CENTRE_PX) / PX_PER_MM, iris_depth)
    noise = np.append(rng.normal(0, 0.2, 2), 0.0)
    centre = turned.turn @ (surface - _SURFACE_TO_CENTRE_MM * optical_before + noise)
    centre_mm = centre + [0.0, 0.0, DISTANCE_MM]
    upright = head @ _UP
    upright = normalised(upright - optical * (upright @ optical))
    if own_ball:
        colour, cover = paint_own_eye(
            rng,
            patch.own_eye,
            skin,
            new,
            BallPose(_ball_before(patch, optical_before, iris_depth), optical_before, patch.head @ _UP),
            BallPose(centre, optical, upright),
        )
        colour = _dimmed(colour, cover, draw)
    else:
        level = _level(patch, draw)
        colour, cover = paint_eyeball(new, centre_mm, optical, upright, draw, level)
    image = skin * (1 - cover[..., None]) + colour * cover[..., None]
    image = paint_lashes(rng, image, new, gaze, draw)
    iris = (centre + draw.shape.iris_plane_mm * optical)[:2] * PX_PER_MM + _CENTRE_PX
    shape = OWN_SHAPE if own_ball else draw.shape
    return PaintedEye(np.asarray(image, np.float32), new, iris, iris_disc(centre_mm, optical, upright, shape))


def _level(patch: EyePatch, draw: EyeDraw) -> Array:
    """What (3,) scales a ray traced eyeball to the photograph's light."""
    light = front_light(draw.lights)
    level = patch.sclera * draw.sclera_gain / np.maximum(light * np.asarray(draw.look.sclera), 1e-4)
    return np.asarray(0.75 * level + 0.25 * level.mean(), float)


def _ball_before(patch: EyePatch, optical: Array, iris_depth_mm: float) -> Array:
    """The eyeball's centre (3,) in the photograph, mm against the patch's centre."""
    return np.append((patch.iris - _CENTRE_PX) / PX_PER_MM, iris_depth_mm) - _SURFACE_TO_CENTRE_MM * optical


def _dimmed(colour: Image, cover: Image, draw: EyeDraw) -> Image:
    """Makes an eye that was lit in a studio darker and flatter, as in a room; half as much as for ray traced eyes."""
    weight = cover[..., None]
    mean = (colour * weight).sum((0, 1)) / max(float(weight.sum()), 1e-3)
    flat = 0.5 * draw.flatten
    return np.asarray((colour * (1 - flat) + mean * flat) * np.sqrt(draw.gain), np.float32)


def _iris_depth(rng: np.random.Generator, patch: EyePatch) -> float:
    """Depth of the cornea's front in mm: the corners' depth less what the eyeball bulges out."""
    i = np.clip(patch.upper[[0, -1]].astype(int), 0, [PATCH.width - 1, PATCH.height - 1])
    return float(patch.depth[i[:, 1], i[:, 0]].mean()) - 2.5 + float(rng.normal(0, 0.7))


def photo_renderer(config: DataConfig) -> Render:
    """Draws faces from the photographs in `config.source`; every second one from those with large, sharp eyes.

    Raises UserError if no usable photograph is found.
    """
    cv2.setNumThreads(1)
    with FaceSearch(video=False, blendshapes=False) as search:
        listed = [
            entry
            for entry in list_photographs(Path(config.source))
            if config.people == "all" or is_heldout(entry[1], entry[2]) == (config.people == "heldout")
        ]
        loaded = [load_photo_face(search, *entry) for entry in listed]
    faces = [face for face in loaded if face is not None]
    if not faces:
        raise UserError(f"{config.source} holds no photograph with a face whose open eyes look into the lens.")
    persons = {name: i for i, name in enumerate(sorted({(f.group, f.person) for f in faces}))}
    sharp = [f for f in faces if f.native_eye_px > 40] or faces

    def render(rng: np.random.Generator) -> tuple[RenderedFace, int]:
        pool = faces if rng.random() < 0.5 else sharp
        face = pool[int(rng.integers(len(pool)))]
        rendered = render_photo(
            rng,
            face,
            own_eyes=bool(rng.random() < config.own_eyes),
            turned_eyes=config.turned_eyes > 0 and bool(rng.random() < config.turned_eyes),
            build_spread=config.build_spread,
        )
        return rendered, persons[face.group, face.person]

    return render
