"""The head renderer: a morphable 3D head with true lids and parallax, drawn in software.

Uses the light version of the ICT face model (USC Institute for Creative Technologies, MIT licence). The mesh gives
skin, lids and socket; the eyeball is ray traced behind it as in every other renderer.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.geometry import (
    Array,
    mirror_rotation,
    mirror_vector,
    normalised,
    pitch_yaw_to_vector,
    vector_to_pitch_yaw,
)
from gaze_demo.normalisation.normalise import DISTANCE_MM, normalising_rotation
from gaze_demo.synthesis.light import Lights
from gaze_training.data.aperture import (
    PATCH,
    X_PX,
    Y_PX,
    LidLines,
    front_light,
    mirror_light,
    paint_eyeball,
    paint_lashes,
)
from gaze_training.data.data_config import DataConfig
from gaze_training.data.glasses import Glasses, draw_glasses, paint_glasses
from gaze_training.data.obstacles import obstruct
from gaze_training.data.raster import interpolate, paint_triangles, smooth_normals
from gaze_training.data.rendered import Render, RenderedFace
from gaze_training.data.sampler import EyeDraw, LidDraw, draw_eyes, draw_gaze, draw_head
from gaze_training.data.skin import Skin, draw_skin
from gaze_training.data.surface import shade_skin
from gaze_training.data.visibility import PaintedEye, finish_eye, iris_disc

Image = NDArray[np.float32]

_EYE_CM = np.array([3.095, 3.614, 8.16])  # the left eyeball's centre in the neutral model
# The model's centimetres, y up and z to the viewer, as millimetres of the head frame.
_TO_MM = np.array([10.0, -10.0, -10.0])
_LEFT_EYEBALL = slice(21451, 23021)
_REACH_CM = 4.8
_IDENTITY_SPREAD = 0.9
_INTER_EYE_MM = 63.0
_SKINS = 48
_GLASSES_SHARE = 0.25
# How far a whole blink moves the upper lid, and the iris when the eye turns by a right angle.
_BLINK_MM, _TRAVEL_MM = 10.0, 12.0
_FRONT = ("eye", "brow", "cheek", "nose")


@dataclass(frozen=True, eq=False)
class HeadModel:
    """The part of the model around the left eye, in mm about that eyeball's centre, head frame (nose at -x).

    `neutral`: (n, 3). `identity`: (k, n, 3) deltas of unit weight. `eyeball`: (k, 3) how each moves the eyeball's
    centre. `expression`: (m, n, 3) with `names`. `triangles`: (t, 3).
    """

    neutral: Image
    identity: Image
    eyeball: Image
    expression: Image
    names: tuple[str, ...]
    triangles: NDArray[np.int64]


def load_head_model(path: Path) -> HeadModel:
    """Read `ict_face_model_light.npz`. Raises UserError if the file is not that."""
    try:
        with np.load(path, allow_pickle=False) as file:
            neutral, identity, expression = (
                np.asarray(file[k], np.float32) for k in ("neutral", "identity", "expression")
            )
            names = [str(n) for n in file["expression_names"]]
            faces, material = file["faces"], file["face_material"]
            skin = [str(m) for m in file["materials"]].index("M_Face")
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise UserError(f"{path} is not the ICT face model ({error}): name its ict_face_model_light.npz.") from error
    near = (np.abs(neutral - _EYE_CM)[:, :2].max(1) < _REACH_CM) & (neutral[:, 2] > 4)
    quads = faces[(material == skin) & near[np.maximum(faces, 0)].all(1)]
    triangles = np.concatenate([quads[:, :3], quads[quads[:, 3] >= 0][:, [0, 2, 3]]])
    used, index = np.unique(triangles, return_inverse=True)
    kept = [i for i, n in enumerate(names) if n.startswith(_FRONT) and not n.endswith("_R")]
    return HeadModel(
        neutral=((neutral[used] - _EYE_CM) * _TO_MM).astype(np.float32),
        identity=(identity[:, used] * _TO_MM).astype(np.float32),
        eyeball=(identity[:, _LEFT_EYEBALL].mean(1) * _TO_MM).astype(np.float32),
        expression=(expression[kept][:, used] * _TO_MM).astype(np.float32),
        names=tuple(names[i] for i in kept),
        triangles=index.reshape(triangles.shape),
    )


def head_renderer(config: DataConfig) -> Render:
    """Draws faces from the model at `config.source`; the person's number is that of the skin."""
    model = load_head_model(Path(config.source))
    skins = [draw_skin(np.random.default_rng([77, i])) for i in range(_SKINS)]

    def render(rng: np.random.Generator) -> tuple[RenderedFace, int]:
        person = int(rng.integers(len(skins)))
        return render_head(rng, model, skins[person]), person

    return render


def render_head(rng: np.random.Generator, model: HeadModel, skin: Skin) -> RenderedFace:
    """A random identity, expression, head pose and gaze; the face is symmetric, the poses of its two eyes are not."""
    eyes = draw_eyes(rng)
    weights = rng.normal(0, _IDENTITY_SPREAD, len(model.identity)).astype(np.float32)
    shape = model.neutral + np.tensordot(weights, model.identity, 1)
    eyeball = weights @ model.eyeball
    corners = eyeball + np.array([rng.normal(-0.1, 0.7), rng.normal(1.75, 0.6), -8.0])
    head = draw_head(rng)
    middle = np.array([0.0, 0.0, 600.0])
    centres = [middle + head @ np.array([side * _INTER_EYE_MM / 2, 0, 0]) for side in (1, -1)]
    target = middle + draw_gaze(rng, head) * float(np.exp(rng.normal(np.log(650.0), 0.25)))
    habit = _habit(rng, model)
    glasses = draw_glasses(rng) if rng.random() < _GLASSES_SHARE else None
    rendered = []
    for side, centre in enumerate(centres):
        mirrored = side == 1
        rotation = normalising_rotation(centre, head)
        gaze = normalised(target - centre)
        local_head, local = rotation @ head, rotation @ gaze
        if mirrored:
            local_head, local = mirror_rotation(local_head), mirror_vector(local)
        draw = mirror_light(eyes) if mirrored else eyes
        painted = _patch(rng, model, shape, eyeball, corners, local_head, local, habit, skin, draw, glasses)
        rendered.append(finish_eye(obstruct(rng, painted), rotation, centre, gaze, mirrored=mirrored))
    return RenderedFace((rendered[0], rendered[1]), PATCH, head, 200.0, "head")


def _habit(rng: np.random.Generator, model: HeadModel) -> Image:
    """Expression weights of a face at rest: a little of everything, no gaze yet."""
    weights = np.zeros(len(model.names), np.float32)
    for i, name in enumerate(model.names):
        if not name.startswith("eye"):
            weights[i] = max(0.0, rng.normal(-0.1, 0.35))
        elif name in ("eyeSquint_L", "eyeWide_L"):
            weights[i] = max(0.0, rng.normal(-0.1, 0.3))
    return weights


def _patch(
    rng: np.random.Generator,
    model: HeadModel,
    shape: Image,
    eyeball: NDArray[np.floating],
    corners: NDArray[np.floating],
    head: Array,
    gaze: Array,
    habit: Image,
    skin: Skin,
    draw: EyeDraw,
    glasses: Glasses | None,
) -> PaintedEye:
    """One eye in its (mirrored) virtual camera."""
    pitch, yaw = vector_to_pitch_yaw(head.T @ gaze)
    weights = habit.copy()
    look = {
        "eyeLookUp_L": draw.lids.upper_follow / 0.8 * np.degrees(pitch) / 28,
        "eyeLookDown_L": -draw.lids.down_follow / 0.9 * np.degrees(pitch) / 32,
        "eyeLookIn_L": np.degrees(yaw) / 38,
        "eyeLookOut_L": -np.degrees(yaw) / 38,
    }
    for name, value in look.items():
        weights[model.names.index(name)] = np.clip(value, 0, 1.1)
    weights[model.names.index("eyeBlink_L")] = blink_weight(draw.lids, float(pitch), rng.uniform(-0.1, 0.1))
    vertices = shape + np.tensordot(weights, model.expression, 1)
    posed = (vertices - corners) @ head.T + [0, 0, DISTANCE_MM]
    centre_mm = head @ (eyeball - corners) + [0, 0, DISTANCE_MM]

    temporal, up = draw.kappa
    optical = head @ pitch_yaw_to_vector((pitch + up, yaw - temporal))
    upright = head @ np.array([0.0, -1.0, 0.0])
    upright = normalised(upright - optical * (upright @ optical))
    picture, depth = _draw_skin(model, vertices, posed, head, skin, draw.lights)
    lids = _opening(depth, centre_mm, draw)
    if lids is None:  # the lids are shut
        lids = LidLines(np.full(PATCH.width, PATCH.height / 2.0), np.full(PATCH.width, PATCH.height / 2.0), 50.0, 154.0)
    else:
        colour, cover = paint_eyeball(lids, centre_mm, optical, upright, draw, np.ones(3))
        picture = picture * (1 - cover[..., None]) + colour * cover[..., None]
        picture = paint_lashes(rng, picture, lids, gaze, draw)
    hidden = None
    if glasses is not None:
        picture, hidden = paint_glasses(picture, glasses, head, centre_mm, front_light(draw.lights))
    at = centre_mm + draw.shape.iris_plane_mm * optical
    iris = at[:2] / at[2] * PATCH.focal_px + [PATCH.width / 2, PATCH.height / 2]
    return PaintedEye(picture, lids, iris, iris_disc(centre_mm, optical, upright, draw.shape), hidden)


def blink_weight(lids: LidDraw, pitch: float, rest: float) -> float:
    """The weight of the model's blink for lids at this pitch of the eye in the head; `rest`: that of an open eye.

    Looking down alone lowers the upper lid, so less of the blink is left to do.
    """
    down = float(np.clip(-lids.down_follow / 0.9 * np.degrees(pitch) / 32, 0, 1))
    open_eye = rest + lids.droop_mm / _BLINK_MM
    lost = max(lids.closure, lids.narrowing(_TRAVEL_MM * float(np.sin(pitch))))
    return float(np.clip(max(open_eye, lost) * (1 - 0.6 * down), -0.1, 1.1))


def _draw_skin(
    model: HeadModel, vertices: Image, posed: Array, head: Array, skin: Skin, lights: Lights
) -> tuple[Image, Image]:
    """Lit skin (h, w, 3) and its depth in mm (h, w), infinite if there is none; painted far to near."""
    tri = model.triangles
    smooth = smooth_normals(posed, tri)
    smooth *= -np.sign((smooth * posed).sum(1).mean())  # outwards: towards the camera
    px = posed[:, :2] / posed[:, 2:] * PATCH.focal_px + [PATCH.width / 2, PATCH.height / 2]
    corners = px[tri]
    shown = (corners.max(1) > 0).all(1) & (corners.min(1) < [PATCH.width, PATCH.height]).all(1)
    order = np.flatnonzero(shown)
    order = order[np.argsort(-posed[tri[order]][:, :, 2].mean(1))]
    index = paint_triangles(px, tri, order, (PATCH.height, PATCH.width))
    row, column = np.nonzero(index >= 0)
    face = tri[index[row, column]]
    of_vertex = np.concatenate([vertices[:, :2], smooth, posed[:, 2:]], 1).astype(np.float32)
    of_pixel = interpolate(px.astype(np.float32), face, X_PX[column], Y_PX[row, 0], of_vertex)
    picture = np.zeros((PATCH.height, PATCH.width, 3), np.float32)
    picture[row, column] = shade_skin(skin, of_pixel[:, :2], of_pixel[:, 2:5], head, lights)
    depth = np.full((PATCH.height, PATCH.width), np.inf, np.float32)
    depth[row, column] = of_pixel[:, 5]
    return picture, depth


def _opening(depth: Image, centre_mm: Array, draw: EyeDraw) -> LidLines | None:
    """Lid lines: where the eyeball lies before the skin. None if hardly a column of it is visible."""
    x = (X_PX[None] - PATCH.width / 2) / PATCH.focal_px
    y = (Y_PX - PATCH.height / 2) / PATCH.focal_px
    norm = np.sqrt(x * x + y * y + 1)
    along = (x * centre_mm[0] + y * centre_mm[1] + centre_mm[2]) / norm
    square = along**2 - centre_mm @ centre_mm + draw.shape.radius_mm**2
    ball = np.where(square > 0, (along - np.sqrt(np.maximum(square, 0))) / norm, np.inf)
    seen = (ball < depth) & np.isfinite(ball)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(seen.astype(np.uint8), connectivity=4)
    if count < 2:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    seen = _with_gaps(labels == largest, depth)
    columns = np.flatnonzero(seen.any(0))
    if len(columns) < 30:
        return None
    upper, lower = seen.argmax(0)[columns], PATCH.height - seen[::-1].argmax(0)[columns]
    lines = []
    for edge in (upper, lower):
        line = np.interp(X_PX, X_PX[columns], edge.astype(np.float32)).astype(np.float32)
        lines.append(cv2.GaussianBlur(line[None], (0, 0), 1.2, borderType=cv2.BORDER_REPLICATE)[0].astype(float))
    return LidLines(lines[0], lines[1], float(columns[0]), float(columns[-1] + 1))


def _with_gaps(seen: NDArray[np.bool_], depth: Image) -> NDArray[np.bool_]:
    """The eyeball's region with the gaps beside it where the mesh shows nothing: flesh goes there."""
    bare = (~np.isfinite(depth) | seen).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(bare, connectivity=8)
    at = labels[seen][0]
    x, y, w, h = stats[at, :4]
    inside = x > 0 and y > 0 and x + w < bare.shape[1] and y + h < bare.shape[0]
    return np.asarray(labels == at if inside else seen, bool)
