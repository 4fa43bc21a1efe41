"""A portrait in front of a camera: scaled to the distance of its head, with depth and a wall behind it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array, Intrinsics
from gaze_demo.landmarks.face import FaceLandmarks
from gaze_demo.landmarks.head_pose import LEFT_CORNERS, RIGHT_CORNERS, HeadPose, canonical_face, estimate_head_pose
from gaze_demo.participant.portrait import Portrait

Floats = NDArray[np.float32]

CELLS = 64  # depth and weights change slowly: a frame is this many cells wide
_MARGIN = 0.16  # of the frame's width: what is kept beyond the frame's edges, for a head that moves aside
_EYES_AT = 0.43  # where the eyes are at rest, of the frame's height
_TOP_PX = 90  # rows added above the photograph
_DEPTH_REACH_MM, _CORRECTIONS = 5.0, 12
_SKULL_SLOPE, _SKULL_DEPTH_MM = 0.7, 55.0
# How far lids and lower orbit are brought before the canonical face, whose lids are flat, on the grid even more so: so
# the lids lie 6 and 4 mm before the corners, about as on the ICT head and on the eyes that training draws.
_LIDS_MM, _LIDS_REACH_MM = 6.0, (7.0, 9.0)


@dataclass(frozen=True, eq=False)
class Tables:
    """What a coarse grid over the plate knows: each (rows, columns) float32.

    `depth`: mm from the camera. `turn`, `sway`: how far (0..1) a point goes along with the head's turn and shift.
    `cover`: 1 on the person and a rim of the wall around it, fading to 0 on the wall.
    """

    depth: Floats
    turn: Floats
    sway: Floats
    cover: Floats


@dataclass(frozen=True, eq=False)
class Plate:
    """The portrait as the camera sees it at rest.

    `image`: (h, w, 3) uint8 BGR, larger than the frame by `margin` px on every side. `landmarks_px`: (478, 2) of the
    frame. `pose`: the head's at rest. `wall`: (height, width, 3) uint8, the frame without the person. `cell`: px a cell
    of `tables`, which begin at the plate's top left corner.
    """

    image: NDArray[np.uint8]
    margin: int
    landmarks_px: Array
    pose: HeadPose
    camera: Intrinsics
    wall: NDArray[np.uint8]
    cell: int
    tables: Tables

    @property
    def px_per_mm(self) -> float:
        """At the eyes."""
        return self.camera.fx / float(self.pose.eyes_middle_mm[2])


def set_portrait(portrait: Portrait, camera: Intrinsics, distance_mm: float) -> Plate:
    """The plate whose eyes are `distance_mm` from the lens, level with it and a little above the frame's middle."""
    scale, offset, pose = _place(portrait, camera, distance_mm)
    corner = offset - [0.0, _TOP_PX * scale]
    cell = max(1, round(camera.width / CELLS))
    margin = int(np.ceil(_MARGIN * camera.width / cell)) * cell
    columns = -(-(camera.width + 2 * margin) // cell)
    rows = -(-(camera.height + 2 * margin) // cell)
    to_plate = np.array([[scale, 0, corner[0] + margin], [0, scale, corner[1] + margin], [0, 0, 1]])
    size = (columns * cell, rows * cell)
    image = _warped(cv2.bilateralFilter(_taller(portrait.image), 5, 14, 1.6), to_plate, size)
    # The photograph has a lower resolution than a frame: sharpen it
    soft = cv2.GaussianBlur(image, (0, 0), 0.6 * scale)
    image = cv2.addWeighted(image, 1.3, soft, -0.3, 0)
    landmarks = portrait.landmarks_px * scale + offset

    coarse = np.diag([1 / cell, 1 / cell, 1.0]) @ to_plate
    empty = ((_TOP_PX, 0), (0, 0))
    person = _shrunk(np.pad(portrait.person, empty), coarse, (columns, rows))
    head = _shrunk(np.pad(portrait.head, empty), coarse, (columns, rows))
    photo_px = np.float32(cell / scale)
    beside_person, beside_head = _distance(person) * photo_px, _distance(head) * photo_px
    turn: Floats = 1 - _smooth(beside_head / np.float32(34))
    rim: Floats = 2 + 5 * turn  # wide around the hair, narrow around the shoulders
    cover: Floats = 1 - _smooth((beside_person - rim) / (np.float32(2.5) * rim))
    chin = float(portrait.landmarks_px[152, 1])
    down = ((np.arange(rows, dtype=np.float32) + 0.5) * cell - margin - offset[1]) / scale - chin
    sway = np.broadcast_to((1 - 0.7 * _smooth(down / 190))[:, None], (rows, columns))
    depth = _depth(landmarks + margin, pose, camera, cell, (rows, columns))
    tables = Tables(depth, turn, np.ascontiguousarray(sway, np.float32), cover)
    wall = _wall(image, beside_person < 2.5 * rim, margin, camera)
    return Plate(np.asarray(image, np.uint8), margin, landmarks, pose, camera, wall, cell, tables)


def _place(portrait: Portrait, camera: Intrinsics, distance_mm: float) -> tuple[float, Array, HeadPose]:
    """Scale and offset from the photograph to the frame at which the head's pose has that distance."""
    eyes = portrait.landmarks_px[[33, 133, 362, 263]].mean(0)
    wanted = np.array([camera.cx, _EYES_AT * camera.height])
    scale = camera.fx / 370.0
    for _ in range(6):
        pose = _pose(portrait, camera, scale, wanted - eyes * scale)
        scale *= pose.distance_mm / distance_mm
    offset = wanted - eyes * scale
    return scale, offset, _pose(portrait, camera, scale, offset)


def _pose(portrait: Portrait, camera: Intrinsics, scale: float, offset: Array) -> HeadPose:
    landmarks = portrait.landmarks_px * scale + offset
    pose = estimate_head_pose(FaceLandmarks(landmarks, np.zeros(len(landmarks))), camera)
    if pose is None:
        raise ValueError("the portrait's landmarks show no head")
    return pose


def _warped(image: NDArray[np.uint8], matrix: Array, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Through an affine map of px whose centres are at halves; beyond the edges the image is reflected."""
    warped = cv2.warpAffine(image, _whole(matrix), size, flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(warped, np.uint8)


def _shrunk(outline: Floats, matrix: Array, size: tuple[int, int]) -> NDArray[np.bool_]:
    """An outline (0..1) on a coarse grid."""
    smooth = cv2.GaussianBlur(outline, (0, 0), max(0.3, 0.4 / float(matrix[0, 0])))
    return cv2.warpAffine(smooth, _whole(matrix), size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101) > 0.5


def _whole(matrix: Array) -> Array:
    """The same map (2, 3) for OpenCV, whose pixel centres are whole."""
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
    return np.asarray((np.linalg.inv(half) @ matrix @ half)[:2])


def _taller(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """With more of the wall above: the top rows are repeated, with increasing blur."""
    top = photo[:3].mean(0, keepdims=True, dtype=np.float32)
    width = photo.shape[1]
    padded = np.pad(top, ((0, 0), (width // 2, width // 2), (0, 0)), mode="reflect")
    rows = [cv2.GaussianBlur(padded, (0, 0), min(1 + 0.9 * up, 30.0)) for up in range(_TOP_PX)]
    above = np.concatenate(rows[::-1])[:, width // 2 : width // 2 + width]
    return np.vstack([np.clip(above, 0, 255).astype(np.uint8), photo])


def _distance(inside: NDArray[np.bool_]) -> Floats:
    """Cells from the nearest that is inside."""
    return np.asarray(cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)


def _smooth(x: Floats) -> Floats:
    """0 below 0, 1 above 1, smooth in between."""
    t = np.clip(x, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _depth(landmarks_px: Array, pose: HeadPose, camera: Intrinsics, cell: int, shape: tuple[int, int]) -> Floats:
    """Millimetres from the camera over the grid: the canonical face's where the landmarks are, with lids that cover an
    eyeball, a skull's around it.

    A mean over the landmarks near a cell is flatter than the face, so what it misses is spread again, by the successive
    corrections of Barnes ("A technique for maximizing details in numerical weather map analysis", 1964).
    """
    mesh = canonical_face() @ pose.rotation.T + pose.translation_mm
    px_per_mm = camera.fx / float(pose.eyes_middle_mm[2])
    known = landmarks_px[: len(mesh)].astype(np.float32)
    x, y = np.meshgrid(*((np.arange(n, dtype=np.float32) + 0.5) * (cell / px_per_mm) for n in shape[::-1]))
    at = known / np.float32(px_per_mm)
    near = ((x[..., None] - at[:, 0]) ** 2 + (y[..., None] - at[:, 1]) ** 2 + np.float32(_DEPTH_REACH_MM**2)) ** -2
    near /= near.sum(-1, keepdims=True)
    columns, rows = (np.ascontiguousarray(known[None, :, axis] / cell - np.float32(0.5)) for axis in (0, 1))
    true = mesh[:, 2].astype(np.float32)
    depth, missing = np.zeros(shape, np.float32), true
    for _ in range(_CORRECTIONS):
        depth += cv2.GaussianBlur(near @ missing, (0, 0), 0.6)
        missing = true - cv2.remap(depth, columns, rows, cv2.INTER_LINEAR)[0]
    for corners in (LEFT_CORNERS, RIGHT_CORNERS):
        middle_x, middle_y = at[list(corners)].mean(0)
        off_x, off_y = (x - middle_x) / _LIDS_REACH_MM[0], (y - middle_y) / _LIDS_REACH_MM[1]
        depth -= np.float32(_LIDS_MM) * np.exp(-(off_x**2 + off_y**2) / 2)
    outline = cv2.convexHull(landmarks_px[: len(mesh)].astype(np.float32) / cell).astype(np.int32)
    face = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(face, outline, 1)
    beyond = _distance(face == 1) * (cell / px_per_mm)
    behind = _SKULL_DEPTH_MM * (1 - np.exp(-_SKULL_SLOPE * beyond / _SKULL_DEPTH_MM))
    return np.asarray(depth + cv2.GaussianBlur(behind, (0, 0), 0.8), np.float32)


def _wall(image: NDArray[np.uint8], hidden: NDArray[np.bool_], margin: int, camera: Intrinsics) -> NDArray[np.uint8]:
    """The frame without the person: the hidden part is filled from its surroundings, coarse to fine."""
    rows, columns = hidden.shape
    small = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32)
    seen = (~hidden).astype(np.float32)[..., None]
    filled = np.zeros_like(small)
    for sigma in (40, 20, 10, 5, 2.5):
        weight = cv2.GaussianBlur(seen, (0, 0), sigma)[..., None]
        guess = cv2.GaussianBlur(small * seen, (0, 0), sigma) / np.maximum(weight, 1e-6)
        trust = np.clip(weight * 8, 0, 1)
        filled += (guess - filled) * trust
    height, width = image.shape[:2]
    large = cv2.resize(filled, (width, height), interpolation=cv2.INTER_CUBIC)
    keep = cv2.resize(cv2.GaussianBlur(seen, (0, 0), 1.0), (width, height))[..., None]
    keep = np.clip(2 * keep - 1, 0, 1)
    whole = image * keep + large * (1 - keep)
    frame = whole[margin : margin + camera.height, margin : margin + camera.width]
    return np.ascontiguousarray(np.clip(frame, 0, 255), np.uint8)
