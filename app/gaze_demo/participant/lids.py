"""The lids of one eye: where their edges are at rest, and where they go when the eye turns or blinks.

An eye's own axes lie on the plate: `along` runs from the inner to the outer corner, `above` at right angles to it
towards the brow, both in mm. Left and right eyes are therefore treated alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array
from gaze_demo.participant.person import Person

Floats = NDArray[np.float32]

LEFT = ((362, 398, 384, 385, 386, 387, 388, 466, 263), (362, 382, 381, 380, 374, 373, 390, 249, 263))
# Landmarks from the inner to the outer corner: upper lid, lower lid.
RIGHT = ((133, 173, 157, 158, 159, 160, 161, 246, 33), (133, 155, 154, 153, 145, 144, 163, 7, 33))

_STEPS = 48
_IRIS_TRAVEL_MM = 12.0
_LEAST_GAP_MM = 1.6
_LASHES_MM = 2.2  # the photograph's lashes cover this much of the upper lid, which therefore moves as a whole
_REACH_UP_MM, _REACH_DOWN_MM = 2.0, 3.0


@dataclass(frozen=True, eq=False)
class EyeAxes:
    """`inner_px` (2,): the inner corner on the frame at rest; `across`, `up`: unit vectors there; `width_mm`."""

    inner_px: Array
    across: Array
    up: Array
    px_per_mm: float
    width_mm: float

    def along_above(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Millimetres along and above of frame px at rest."""
        dx, dy = x - np.float32(self.inner_px[0]), y - np.float32(self.inner_px[1])
        (ax, ay), (ux, uy) = self.across / self.px_per_mm, self.up / self.px_per_mm
        return dx * np.float32(ax) + dy * np.float32(ay), dx * np.float32(ux) + dy * np.float32(uy)


@dataclass(frozen=True, eq=False)
class LidEdges:
    """Millimetres above the line between the corners, (49,) at equal steps along it."""

    upper: Array
    lower: Array

    def at(self, share: Floats) -> tuple[Floats, Floats]:
        """Upper and lower edge (n...) at shares 0..1 of the way from the inner to the outer corner."""
        place = np.clip(share, 0, 1) * np.float32(_STEPS)
        index = np.minimum(place.astype(np.int32), _STEPS - 1)
        part = place - index.astype(np.float32)
        edges = np.stack([self.upper, self.lower]).astype(np.float32)
        rise = np.diff(edges, axis=1)
        return edges[0].take(index) + rise[0].take(index) * part, edges[1].take(index) + rise[1].take(index) * part


class Lids:
    """The lids of one eye of one person, `axes` and `rest` being those of the portrait."""

    def __init__(self, landmarks_px: Array, side: str, px_per_mm: float, person: Person) -> None:
        upper, lower = LEFT if side == "left" else RIGHT
        inner, outer = landmarks_px[upper[0]], landmarks_px[upper[-1]]
        across = (outer - inner) / np.linalg.norm(outer - inner)
        up = np.array([across[1], -across[0]])
        up = up if up[1] < 0 else -up
        width = float(np.linalg.norm(outer - inner)) / px_per_mm
        self.axes = EyeAxes(inner, across, up, px_per_mm, width)
        self.rest = LidEdges(*(self._edge(landmarks_px[list(line)]) for line in (upper, lower)))
        self._person = person
        share = np.linspace(0, 1, _STEPS + 1)
        self._bump = (4 * share * (1 - share)) ** 0.7
        self._hood = person.hood_mm * self._bump * np.clip((share - 0.3) / 0.4, 0, 1)

    def _edge(self, points_px: Array) -> Array:
        """A smooth line through the landmarks of a lid, from corner to corner."""
        along, above = self.axes.along_above(*points_px.T.astype(np.float32))
        share = np.clip(along / self.axes.width_mm, 0, 1).astype(float)

        def basis(t: Array) -> Array:
            return ((t * (1 - t)) ** 0.8)[:, None] * np.stack([np.ones_like(t), 2 * t - 1, (2 * t - 1) ** 2], 1)

        weights = np.linalg.lstsq(basis(share[1:-1]), above[1:-1].astype(float), rcond=None)[0]
        return basis(np.linspace(0, 1, _STEPS + 1)) @ weights

    def edges(self, pitch: float, rest_pitch: float, closure: float) -> LidEdges:
        """Lid edges of an eye turned to `pitch` (radians in the head, up is +), `closure` 0 open to 1 shut.

        `rest_pitch` is the eye's in the portrait.
        """
        person, bump = self._person, self._bump
        travel = _IRIS_TRAVEL_MM * (np.sin(pitch) - np.sin(rest_pitch))
        upper = self.rest.upper + (person.lids_open_mm[0] + person.upper_follow * travel) * bump - self._hood
        follow = person.lower_follow * (1.0 if travel < 0 else 0.6)
        lower = self.rest.lower + (follow * travel - person.lids_open_mm[1]) * bump
        upper = np.maximum(upper, lower + _LEAST_GAP_MM * bump)
        meeting = lower + 0.12 * (upper - lower)
        return LidEdges(upper + (meeting - upper) * closure, lower + (meeting - lower) * closure)

    def unmoved(self, share: Floats, above: Floats, edges: LidEdges) -> Floats:
        """Where (mm above) the skin that is now at `above` was at rest.

        Near its edge a lid moves as a whole; further away the skin stretches, and at brow and cheek it does not move.
        """
        now_upper, now_lower = edges.at(share)
        was_upper, was_lower = self.rest.at(share)
        up, down = now_upper - was_upper, now_lower - was_lower
        beyond = np.maximum(above - now_upper - np.float32(_LASHES_MM), 0)
        beyond /= np.maximum(np.float32(_REACH_UP_MM), np.abs(up) * np.float32(0.6))
        below = np.maximum(now_lower - above, 0)
        below /= np.maximum(np.float32(_REACH_DOWN_MM), np.abs(down) * np.float32(0.6))
        higher = above > (now_upper + now_lower) * np.float32(0.5)
        upper_was = np.maximum(above - up * (1 + beyond) * np.exp(-beyond), was_upper)
        lower_was = np.minimum(above - down * (1 + below) * np.exp(-below), was_lower)
        # Never from between the lids, where the photograph shows its own eye
        return np.where(higher, upper_was, lower_was)
