"""Draws one eye into a frame: the skin of the lids is moved, and the eyeball between them is ray traced."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import FORWARD, Array, Intrinsics, pitch_yaw_to_vector, vector_to_pitch_yaw
from gaze_demo.landmarks.head_pose import HeadPose
from gaze_demo.participant.lids import LidEdges, Lids
from gaze_demo.participant.person import Person
from gaze_demo.participant.plate import Plate
from gaze_demo.participant.warp import Warped
from gaze_demo.synthesis.eyeball import shade_eyeball
from gaze_demo.synthesis.light import Lights

Floats = NDArray[np.float32]

_HALF_MM = (19.5, 15.5)  # half the size of the part of a frame that an eye changes
_SUPERSAMPLE = 2
_UPRIGHT = np.array([0.0, -1.0, 0.0])
_LINEAR: Floats = ((np.arange(256, dtype=np.float32) / 255) ** np.float32(2.2)).astype(np.float32)
_ENCODED = np.rint((np.arange(4097) / 4096) ** (1 / 2.2) * 255).astype(np.uint8)
_FLESH_BGR: Floats = np.array([0.22, 0.25, 0.43], np.float32)
_WET_BGR: Floats = np.array([0.32, 0.35, 0.50], np.float32)


@dataclass(frozen=True, eq=False)
class EyeState:
    """`gaze`: (3,) the visual axis, camera frame. `closure`: 0 open to 1 shut."""

    gaze: Array
    closure: float


class EyePainter:
    """One eye of one person on one plate.

    Attributes: `lids`.
    """

    def __init__(self, plate: Plate, side: str, person: Person, lights: Lights) -> None:
        self._plate, self._person, self._lights = plate, person, lights
        self._left = side == "left"
        self.lids = Lids(plate.landmarks_px, side, plate.px_per_mm, person)
        temporal, up = np.radians(person.kappa_left_deg if self._left else person.kappa_right_deg)
        self._outward = 1.0 if self._left else -1.0  # the image's x towards the temple
        self._kappa = np.array([up, -self._outward * temporal])
        self._eyeball_in_head = self._place_eyeball()
        self._rest_pitch = float(vector_to_pitch_yaw(plate.pose.rotation.T @ FORWARD)[0])

    def _place_eyeball(self) -> Array:
        """The eyeball's centre (3,) in the head frame, mm: behind the portrait's own eye."""
        pose, axes = self._plate.pose, self.lids.axes
        corner_middle = pose.left_eye_mm if self._left else pose.right_eye_mm
        seen = axes.inner_px + axes.across * axes.width_mm * axes.px_per_mm / 2
        camera = self._plate.camera
        ray = np.array([(seen[0] - camera.cx) / camera.fx, (seen[1] - camera.cy) / camera.fy, 1.0])
        temporal, up, back = self._person.eyeball_left_mm if self._left else self._person.eyeball_right_mm
        inside = np.array([self._outward * temporal, -up, back])
        return pose.rotation.T @ (ray * corner_middle[2] - pose.translation_mm) + inside

    def optical_axis(self, gaze: Array, pose: HeadPose) -> Array:
        """The optical axis (3,) of an eye whose visual axis is `gaze`, both in the camera frame."""
        angles = vector_to_pitch_yaw(pose.rotation.T @ gaze) + self._kappa
        return pose.rotation @ pitch_yaw_to_vector(angles)

    def centre_mm(self, pose: HeadPose) -> Array:
        """The eyeball's centre (3,), camera frame."""
        return pose.rotation @ self._eyeball_in_head + pose.translation_mm

    def paint(self, frame: NDArray[np.uint8], warped: Warped, pose: HeadPose, state: EyeState) -> None:
        """Draws the eye into a frame that shows the plate through `warped`."""
        box = self._box(pose)
        if box is None:
            return
        x0, y0, x1, y1 = box
        pitch = float(vector_to_pitch_yaw(pose.rotation.T @ state.gaze)[0])
        edges = self.lids.edges(pitch, self._rest_pitch, state.closure)
        x, y = np.ascontiguousarray(warped.x[y0:y1, x0:x1]), np.ascontiguousarray(warped.y[y0:y1, x0:x1])
        share, above = self._eye_place(x, y)
        skin = self._skin(x, y, share, above, edges)
        upper, lower = edges.at(share)
        k = np.float32(self.lids.axes.px_per_mm)
        gap = np.minimum(above - lower, upper - above) * k
        inside = (gap > -1.5) & (share > 0) & (share < 1)
        rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
        if len(rows) and len(columns) and state.closure < 0.97:
            r0, r1 = max(rows[0] - 1, 0), min(rows[-1] + 2, y1 - y0)
            c0, c1 = max(columns[0] - 1, 0), min(columns[-1] + 2, x1 - x0)
            part = skin[r0:r1, c0:c1]
            colour, cover = self._eyeball(x[r0:r1, c0:c1], y[r0:r1, c0:c1], (x0 + c0, y0 + r0), pose, state.gaze, edges)
            part += colour - part * cover[..., None]
        skin *= (1 - self._lash_line(share, above, upper, edges))[..., None]
        frame[y0:y1, x0:x1] = _ENCODED.take(np.clip(skin * 4096, 0, 4096).astype(np.int16))

    def _box(self, pose: HeadPose) -> tuple[int, int, int, int] | None:
        """x0, y0, x1, y1 of what changes, within the frame."""
        camera: Intrinsics = self._plate.camera
        centre = self.centre_mm(pose)
        scale = camera.fx / centre[2]
        middle = camera.project(centre)
        low = np.floor(middle - np.array(_HALF_MM) * scale).astype(int)
        high = np.ceil(middle + np.array(_HALF_MM) * scale).astype(int)
        x0, y0 = int(max(low[0], 0)), int(max(low[1], 0))
        x1, y1 = int(min(high[0], camera.width)), int(min(high[1], camera.height))
        return (x0, y0, x1, y1) if x1 - x0 > 4 and y1 - y0 > 4 else None

    def _eye_place(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Share of the way between the corners, and mm above it, of plate px (centres whole)."""
        to_frame = np.float32(0.5 - self._plate.margin)
        along, above = self.lids.axes.along_above(x + to_frame, y + to_frame)
        return along / np.float32(self.lids.axes.width_mm), above

    def _skin(self, x: Floats, y: Floats, share: Floats, above: Floats, edges: LidEdges) -> Floats:
        """Linear BGR (h, w, 3) of the skin with the moved lids."""
        shift = (self.lids.unmoved(share, above, edges) - above) * np.float32(self.lids.axes.px_per_mm)
        height, width = shift.shape
        fade = np.minimum(_ramp(height)[:, None], _ramp(width)[None])
        shift *= fade
        ux, uy = self.lids.axes.up.astype(np.float32)
        moved = cv2.remap(self._plate.image, x + ux * shift, y + uy * shift, cv2.INTER_LINEAR)
        return _LINEAR.take(moved)

    def _eyeball(
        self, x: Floats, y: Floats, corner: tuple[int, int], pose: HeadPose, gaze: Array, edges: LidEdges
    ) -> tuple[Floats, Floats]:
        """Linear BGR (h, w, 3), already weighted, and cover (h, w) of what shows between the lids."""
        n = _SUPERSAMPLE
        height, width = x.shape
        size = (n * width, n * height)
        share, above = self._eye_place(cv2.resize(x, size), cv2.resize(y, size))
        upper, lower = edges.at(share)
        from_upper, from_lower = upper - above, above - lower
        sharp = np.float32(n * self.lids.axes.px_per_mm)
        cover = np.clip(np.minimum(from_upper, from_lower) * sharp + np.float32(0.5), 0, 1)
        cover *= (share > 0) & (share < 1)
        colour = np.zeros((size[1], size[0], 3), np.float32)
        row, column = np.nonzero(cover > 0)
        if len(row):
            camera = self._plate.camera
            rays = np.empty((len(row), 3), np.float32)
            rays[:, 0] = ((column + 0.5) / n + (corner[0] - camera.cx)) / camera.fx
            rays[:, 1] = ((row + 0.5) / n + (corner[1] - camera.cy)) / camera.fy
            rays[:, 2] = 1
            rays /= np.sqrt(np.einsum("ij,ij->i", rays, rays))[:, None]
            index = (row, column)
            lit = self._between_lids(rays, share[index], from_upper[index], from_lower[index], pose, gaze)
            colour[index] = lit * cover[index][:, None]
        small = (width, height)
        return (
            np.asarray(cv2.resize(colour, small, interpolation=cv2.INTER_AREA), np.float32),
            np.asarray(cv2.resize(cover, small, interpolation=cv2.INTER_AREA), np.float32),
        )

    def _between_lids(
        self, rays: Floats, share: Floats, from_upper: Floats, from_lower: Floats, pose: HeadPose, gaze: Array
    ) -> Floats:
        """Linear BGR (n, 3) along rays: the eyeball in the lids' shadow, the caruncle, the lower lid's wet edge."""
        width = np.float32(self.lids.axes.width_mm)
        inner, outer = share * width, (1 - share) * width
        shadow = 0.62 * np.exp(-from_upper / 1.2) + 0.22 * np.exp(-from_upper / 4) + 0.22 * np.exp(-from_lower / 0.8)
        shadow = np.minimum(shadow + 0.4 * np.exp(-np.minimum(inner, outer) / 2.2), 0.92)
        rgb, hit = shade_eyeball(
            rays,
            self.centre_mm(pose),
            self.optical_axis(gaze, pose),
            pose.rotation @ _UPRIGHT,
            self._person.shape,
            self._person.look,
            self._lights,
            shadow,
        )
        bgr = rgb[:, ::-1]
        dim = (1 - 0.55 * shadow)[:, None]
        pink = np.maximum(np.exp(-((inner / 2.2) ** 2)), 0.5 * np.exp(-((outer / 1.1) ** 2)))
        pink = np.where(hit, pink, np.float32(1))[:, None]
        bgr = bgr + (_FLESH_BGR * dim - bgr) * pink
        rim = (0.55 * np.exp(-((from_lower / 0.75) ** 2)))[:, None]
        return np.asarray(bgr + (_WET_BGR * dim - bgr) * rim, np.float32)

    def _lash_line(self, share: Floats, above: Floats, upper: Floats, edges: LidEdges) -> Floats:
        """How dark (h, w) the roots of the upper lashes make the lid's edge."""
        inside = np.clip(share * 12, 0, 1) * np.clip((1 - share) * 25, 0, 1)
        away = np.maximum(above - upper, (upper - above) * 1.6)
        return np.asarray(0.55 * inside * np.exp(-((away / 0.55) ** 2)), np.float32)


@cache
def _ramp(count: int) -> Floats:
    """0 at both ends of `count` px, 1 in the middle."""
    place = np.minimum(np.arange(count), np.arange(count)[::-1]).astype(np.float32)
    return np.clip(place / np.float32(max(count // 6, 2)), 0, 1)
