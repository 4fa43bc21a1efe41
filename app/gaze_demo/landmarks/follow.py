"""Follows one person from frame to frame, and does not mistake another one for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze_demo.landmarks.detection import Detection
from gaze_demo.landmarks.face import FaceLandmarks
from gaze_demo.landmarks.finder import LARGE_PARTS, FaceFinder, distinct
from gaze_demo.landmarks.region import FaceRegion

CHECK_S = 0.25  # interval at which the detector looks for other faces: in the whole picture, then in a part of it
_PARTS_S = 2 * CHECK_S * LARGE_PARTS  # until all parts were looked at
RETURN_S = 1.0  # somebody who is away for a shorter time is followed again; nobody else is followed before
# If a face's region moves further (in sides) or grows by more between two frames, it is another face.
_JUMP, _JUMP_RATIO = 0.4, 1.5
# The person is looked for this far (in sides, and more for each second) from where they were last.
_SAME_PLACE, _PER_S, _SAME_SIZE = 0.4, 0.8, 1.5
_FIRST_LOOKS = 2  # for a face that was just found, because the detector's cut-out is rough


@dataclass(frozen=True)
class _Track:
    """The person who is followed: where, and when seen last."""

    region: FaceRegion
    seen_s: float
    lost: bool = False


class PersonFollower:
    """The landmarks of one person. It starts with the nearest person and then follows that person by place and size.

    Attributes:
        person: a number that rises whenever another person is followed.
        people: how many faces there were when the detector looked last.
        doubtful: in the last frame there was a face, but perhaps another person's.
    """

    def __init__(self, finder: FaceFinder) -> None:
        self._finder = finder
        self._track: _Track | None = None
        self._others: list[FaceRegion] = []
        self._small: list[tuple[FaceRegion, float]] = []  # other faces found in parts only, and when
        self._part_is_next = False
        self._checked_s = -np.inf
        self._shape: tuple[int, ...] = ()
        self.person = 0
        self.people = 0
        self.doubtful = False

    def forget(self) -> None:
        """The next frame does not follow the last one: the nearest person is taken as at the start."""
        self._track, self._others, self._small, self._checked_s = None, [], [], -np.inf

    def find(self, image: NDArray[np.uint8], time_s: float) -> FaceLandmarks | None:
        """The person's landmarks in the next frame; None if they are not there."""
        if image.shape != self._shape or (self._track is not None and time_s < self._track.seen_s):
            self.forget()
            self._shape = image.shape
        self.doubtful = False
        face = self._go_on(image, time_s)
        if face is None:
            return self._search(image, time_s)
        if not 0 <= time_s - self._checked_s < CHECK_S:
            self._look_round(image, time_s)
        return face

    def choose(self, image: NDArray[np.uint8], x_px: float, y_px: float) -> None:
        """Follow the face at this point instead; if there is none, nothing changes."""
        place = FaceRegion(x_px, y_px, max(image.shape[:2]) / 12, 0.0)
        face = clicked(distinct(self._finder.whole(image) + self._finder.near(image, place)), x_px, y_px)
        if face is None or (self._track is not None and _same(face.region, self._track.region)):
            return
        self.person += 1
        self._others = []
        self._track = _Track(self._finder.region(image, face), -np.inf)

    def _go_on(self, image: NDArray[np.uint8], time_s: float) -> FaceLandmarks | None:
        track = self._track
        if track is None or track.lost:
            return None
        face = self._finder.locate(image, track.region)
        region = FaceRegion.of_landmarks(face.points_px) if face else track.region
        jumped = region.distance_to(track.region) > _JUMP or region.ratio_to(track.region) > _JUMP_RATIO
        if face is None or (jumped and np.isfinite(track.seen_s)):
            self._track = _Track(track.region, track.seen_s if np.isfinite(track.seen_s) else time_s, lost=True)
            return None
        self._track = _Track(region, time_s)
        return face

    def _look_round(self, image: NDArray[np.uint8], time_s: float) -> None:
        """Count the other faces: in the whole picture and, the next time, in a part of it, which shows smaller ones."""
        assert self._track is not None
        own = self._track.region
        if self._part_is_next:
            self._look_at_a_part(image, own, time_s)
        else:
            faces = self._finder.whole(image)
            if not any(_same(face.region, own) for face in faces):  # too small to be found in the whole image
                faces = distinct(faces + self._finder.near(image, own))
            self._others = [face.region for face in faces if not _same(face.region, own)]
        self._part_is_next = not self._part_is_next
        self._small = [
            (region, seen_s)
            for region, seen_s in self._small
            if time_s - seen_s < 1.5 * _PARTS_S and not any(_same(region, known) for known in (own, *self._others))
        ]
        self.people = 1 + len(self._others) + len(self._small)
        self._checked_s = time_s

    def _look_at_a_part(self, image: NDArray[np.uint8], own: FaceRegion, time_s: float) -> None:
        for face in self._finder.next_large_part(image):
            known = own.contains(face.region.x, face.region.y) or any(
                _same(face.region, region) for region in (own, *self._others)
            )
            # in a part, patterns are more often taken for faces, but landmarks are not found in them
            if not known and self._finder.locate(image, face.region) is not None:
                self._small = [row for row in self._small if not _same(row[0], face.region)]
                self._small.append((face.region, time_s))

    def _search(self, image: NDArray[np.uint8], time_s: float) -> FaceLandmarks | None:
        track = self._track
        faces = self._finder.whole(image)
        if track is not None and not any(self._may_be(face.region, track, time_s) for face in faces):
            faces = distinct(faces + self._finder.near(image, track.region))
        if not faces:
            faces = self._finder.next_part(image)
        self.people = len(faces)
        self._checked_s = time_s
        chosen = self._returned(faces, track, time_s) if track else self._finder.nearest(image, faces)
        if chosen is None:
            self.doubtful = bool(faces)
            return None
        region = self._finder.region(image, chosen)
        face = self._finder.settle(image, region, _FIRST_LOOKS)
        if face is None:
            return None
        if track is None:
            self.person += 1
        self._track = _Track(FaceRegion.of_landmarks(face.points_px), time_s)
        self._others = [other.region for other in faces if other is not chosen]
        return face

    def _returned(self, faces: list[Detection], track: _Track, time_s: float) -> Detection | None:
        """The face of the person who was lost."""
        fitting = [face for face in faces if self._may_be(face.region, track, time_s)]
        if fitting:
            return min(fitting, key=lambda face: face.region.distance_to(track.region))
        if time_s - track.seen_s >= RETURN_S:
            self._track = None
            return None
        alone = len(faces) == 1 and not self._others and faces[0].region.ratio_to(track.region) < _SAME_SIZE
        return faces[0] if alone else None

    def _may_be(self, region: FaceRegion, track: _Track, time_s: float) -> bool:
        away = region.distance_to(track.region)
        nearer_to_another = any(region.distance_to(other) < away for other in self._others)
        limit = _SAME_PLACE + _PER_S * min(time_s - track.seen_s, RETURN_S)
        return away < limit and region.ratio_to(track.region) < _SAME_SIZE and not nearer_to_another


def clicked(faces: list[Detection], x_px: float, y_px: float) -> Detection | None:
    """The face at a point, or the nearest one no further than its own size away."""
    place = FaceRegion(x_px, y_px, 0.0, 0.0)
    near = [face for face in faces if face.region.distance_to(place) < 1.0]
    return min(near, key=lambda face: face.region.distance_to(place), default=None)


def _same(one: FaceRegion, other: FaceRegion) -> bool:
    return one.distance_to(other) < _SAME_PLACE and one.ratio_to(other) < 2.0
