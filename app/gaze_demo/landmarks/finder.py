"""Finds faces in an image: large, small, rolled and upside down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze_demo.landmarks.detection import Detection
from gaze_demo.landmarks.engine import LandmarkEngine
from gaze_demo.landmarks.face import FaceLandmarks
from gaze_demo.landmarks.region import FaceRegion

Image = NDArray[np.uint8]

_LEVELS = (2, 4)  # parts of a still image are a half, then a quarter of its longer side wide
_SMALLEST_PX = 96
_HALVES = ((0.25, 0.25), (0.25, 0.0), (0.0, 0.25), (0.5, 0.25), (0.0, 0.0), (0.5, 0.0), (0.25, 0.5))
_THIRDS = tuple((x, y) for y in (0.33, 0.08, 0.58) for x in (0.33, 0.08, 0.58, 0.2, 0.46))
# Left, top and size of the parts in which a stream is searched, one per frame, the likeliest first.
_LIVE_PARTS = (*((*corner, 0.5) for corner in _HALVES), *((*corner, 0.34) for corner in _THIRDS))
_ALL_HALVES = (*_HALVES, (0.0, 0.5), (0.5, 0.5))  # every face that is small enough lies in one of them as a whole
LARGE_PARTS = len(_ALL_HALVES)
_AROUND = 3.0  # side of the part around a region by the region's side: the face fills two ninths of it
_SURE_SCORE, _SURE_ROLL = 0.9, np.radians(60)
# An upright face scores 0.9 and more. One on its side scores 0.8; one upside down 0.7, with key points of an upright
# face.
_TURNED_BETTER = 0.1
_SETTLED_PX, _MOST_LOOKS = 0.05, 6


@dataclass(frozen=True)
class Part:
    """A part of an image, in px."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def around(cls, region: FaceRegion, image: Image) -> Part:
        """A square around a region, cut where the image ends."""
        side = max(_AROUND * region.side, 1.0)
        x0, x1 = np.clip([region.x - side / 2, region.x + side / 2], 0, image.shape[1]).astype(int)
        y0, y1 = np.clip([region.y - side / 2, region.y + side / 2], 0, image.shape[0]).astype(int)
        return cls(int(x0), int(y0), int(max(x1 - x0, 1)), int(max(y1 - y0, 1)))

    def of(self, image: Image) -> Image:
        return image[self.y : self.y + self.height, self.x : self.x + self.width]


_ALIKE = 0.7  # the detector's boxes of faces at the same distance differ by up to this factor
_ACROSS = ((10, 152), (234, 454))  # landmarks at the forehead and the chin, and at both sides of the face


class FaceFinder:
    """All faces of an image, and the landmarks of one, by an engine."""

    def __init__(self, engine: LandmarkEngine) -> None:
        self.engine = engine
        self._turn = self._large_turn = 0

    def whole(self, image: Image) -> list[Detection]:
        """The faces of the whole image; those below about a ninth of its longer side are missed."""
        return self.engine.detect(image)

    def near(self, image: Image, region: FaceRegion) -> list[Detection]:
        """The faces around a region, small ones too."""
        part = Part.around(region, image)
        return [] if min(part.width, part.height) < 8 else self._in_part(image, part)

    def next_part(self, image: Image) -> list[Detection]:
        """The faces of a part of the image, another one with each call."""
        self._turn += 1
        return self._in_share(image, *_LIVE_PARTS[(self._turn - 1) % len(_LIVE_PARTS)])

    def next_large_part(self, image: Image) -> list[Detection]:
        """The faces of a part half as wide and high as the image, another one with each of `LARGE_PARTS` calls."""
        self._large_turn += 1
        return self._in_share(image, *_ALL_HALVES[(self._large_turn - 1) % LARGE_PARTS], 0.5)

    def nearest(self, image: Image, faces: list[Detection]) -> Detection | None:
        """The face that is largest, and so most likely the nearest; if the sizes are similar, the landmarks decide."""
        if not faces:
            return None
        largest = max(face.size for face in faces)
        alike = [face for face in faces if face.size > _ALIKE * largest]
        if len(alike) == 1:
            return alike[0]
        sizes = [_head_size(self.engine.locate(image, self.region(image, face))) for face in alike]
        return alike[int(np.argmax(sizes))]

    def thorough(self, image: Image) -> list[Detection]:
        """The faces of the whole image or, if there is none, of smaller and smaller parts."""
        found = self.whole(image)
        for level in _LEVELS:
            if not found:
                found = [face for part in _tiles(image, level) for face in self._in_part(image, part)]
        return distinct(found)

    def region(self, image: Image, face: Detection) -> FaceRegion:
        """Where to look for the landmarks of a face, turned as the face is.

        The detector reports an upside-down face as an upright one, so a face that is not certainly upright is rotated
        and checked again.
        """
        region = face.region
        if face.score >= _SURE_SCORE and abs(region.angle) < _SURE_ROLL:
            return region
        part = Part.around(region, image)
        pixels, best = part.of(image), face.score + _TURNED_BETTER
        for turns in (1, 2, 3):
            for other in self.engine.detect(np.ascontiguousarray(np.rot90(pixels, turns))):
                turned = _turned_back(other.region, turns, part)
                if other.score > best and turned.distance_to(region) < 0.3:
                    region, best = turned, other.score
        return region

    def locate(self, image: Image, region: FaceRegion) -> FaceLandmarks | None:
        """The landmarks in a region, from one run of the network."""
        return self.engine.locate(image, region)

    def settle(self, image: Image, region: FaceRegion, most_looks: int = _MOST_LOOKS) -> FaceLandmarks | None:
        """The landmarks in a region, repeated until the cut-out no longer moves. The landmarks depend on the cut-out by
        a few tenths of a px, and the detector's cut-out is rough.
        """
        face = self.engine.locate(image, region)
        for _ in range(most_looks - 1):
            if face is None:
                break
            last, region = region, FaceRegion.of_landmarks(face.points_px)
            if last.distance_to(region) * region.side + abs(last.side - region.side) < _SETTLED_PX:
                break
            face = self.engine.locate(image, region)
        return face

    def _in_share(self, image: Image, left: float, top: float, size: float) -> list[Detection]:
        """The faces of a part whose place and size are shares of the image's width and height."""
        height, width = image.shape[:2]
        part = Part(int(left * width), int(top * height), int(size * width), int(size * height))
        return self._in_part(image, part) if part.width >= _SMALLEST_PX else []

    def _in_part(self, image: Image, part: Part) -> list[Detection]:
        return [face.moved(part.x, part.y) for face in self.engine.detect(part.of(image))]


def _head_size(face: FaceLandmarks | None) -> float:
    """Height and width of the face in space, in px, so that a turn changes little; 0 for none."""
    if face is None:
        return 0.0
    points = np.column_stack([face.points_px, face.depth_px])
    return float(sum(np.linalg.norm(points[a] - points[b]) for a, b in _ACROSS))


def distinct(faces: list[Detection]) -> list[Detection]:
    """The faces without duplicates from overlapping parts."""
    kept: list[Detection] = []
    for face in faces:
        if all(face.region.distance_to(other.region) > 0.3 for other in kept):
            kept.append(face)
    return kept


def _turned_back(region: FaceRegion, turns: int, part: Part) -> FaceRegion:
    """A region of a part that `np.rot90` turned `turns` times, in px of the image."""
    x, y = region.x, region.y
    if turns == 1:
        x, y = part.width - 1 - y, x
    elif turns == 2:
        x, y = part.width - 1 - x, part.height - 1 - y
    else:
        x, y = y, part.height - 1 - x
    angle = float(np.angle(np.exp(1j * (region.angle + turns * np.pi / 2))))
    return FaceRegion(x + part.x, y + part.y, region.side, angle)


def _tiles(image: Image, level: int) -> Iterator[Part]:
    """Square parts that overlap by half."""
    height, width = image.shape[:2]
    side = max(width, height) // level
    if side < _SMALLEST_PX:
        return
    w, h = min(side, width), min(side, height)
    for y in np.linspace(0, height - h, max(1, round(2 * (height - h) / side) + 1)).astype(int):
        for x in np.linspace(0, width - w, max(1, round(2 * (width - w) / side) + 1)).astype(int):
            yield Part(int(x), int(y), w, h)
