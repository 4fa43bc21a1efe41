"""Makes a drawn face sixty to seventy years old: wrinkles, bags, spots and grey hair, placed by the face's landmarks.

Skin folds are a relief in millimetres that light from above shades; hair is many short strokes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
Points = NDArray[np.float64]

# Landmarks of the person's right half of the face (left in the picture) and the same of the other half.
_OUTER, _INNER = (33, 263), (133, 362)
_LID_BELOW = ((33, 7, 163, 144, 145, 153, 154, 155, 133), (263, 249, 390, 373, 374, 380, 381, 382, 362))
_LID_ABOVE = ((33, 246, 161, 160, 159, 158, 157, 173, 133), (263, 466, 388, 387, 386, 385, 384, 398, 362))
_BROW = ((46, 53, 52, 65, 55), (276, 283, 282, 295, 285))
_WING = (129, 358)  # of the nose
_MOUTH = (61, 291)
_JAW = ((172, 136, 150, 149, 176), (397, 365, 379, 378, 400))
_FACE = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152) + (
    148,
    176,
    149,
    150,
    136,
    172,
    58,
    132,
    93,
    234,
    127,
    162,
    21,
    54,
    103,
    67,
    109,
)
_LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
_FOREHEAD, _BETWEEN_BROWS, _UNDER_NOSE, _CHIN, _LIP_TOP, _LIP_BOTTOM = 10, 9, 2, 152, 0, 17

_LIGHT = 0.42  # how strongly slopes of the relief are lit
_FINE = 3  # fractional bits of OpenCV's coordinates


@dataclass(frozen=True)
class Age:
    """`wrinkles`: 1 is a face of about seventy. `hair`: linear RGB. `curls`, `beard`: whether there are any. `bald`:
    whether only the sides of the head have hair."""

    wrinkles: float
    hair: tuple[float, float, float]
    curls: bool = False
    beard: bool = False
    bald: bool = False


def aged(linear: Image, landmarks_px: Points, px_per_mm: float, age: Age, seed: int) -> tuple[Image, Image]:
    """The picture (h, w, 3), linear RGB, of the aged face, and where (h, w; 0..1) hair now covers what was behind."""
    face = _Face(landmarks_px, px_per_mm, linear.shape[:2], np.random.default_rng(seed))
    picture = linear * face.spots(age.wrinkles)[..., None]
    picture = face.pale_lips(picture)
    picture = picture * _shading(face.relief(age.wrinkles), px_per_mm)[..., None]
    cover = np.zeros(linear.shape[:2], np.float32)
    light = float(np.percentile(linear[face.inside()], 70)) / 0.35
    colour = np.array(age.hair, np.float32) * np.float32(min(light, 1.3))
    picture = face.brows(picture, colour)
    if age.beard:
        picture = face.beard(picture, colour)
    if age.curls:
        picture, cover = face.curls(picture, colour)
    return np.asarray(picture, np.float32), cover


def _shading(relief: Image, px_per_mm: float) -> Image:
    """Light on a relief (h, w) in mm: from above, and less in creases."""
    down = cv2.Scharr(relief, cv2.CV_32F, 0, 1, scale=px_per_mm / 32)
    hollow = np.maximum(cv2.GaussianBlur(relief, (0, 0), 1.6 * px_per_mm) - relief, 0)
    return np.asarray(np.clip(1 + _LIGHT * np.tanh(down), 0.3, 1.6) / (1 + 0.9 * hollow), np.float32)


class _Face:
    """One face: `mm` are px per millimetre; folds are placed by its landmarks."""

    def __init__(self, landmarks_px: Points, mm: float, size: Sequence[int], rng: np.random.Generator) -> None:
        self._px, self._mm, self._size, self._rng = landmarks_px, mm, (int(size[0]), int(size[1])), rng

    def relief(self, amount: float) -> Image:
        """Height (h, w) in mm towards the viewer."""
        total = np.zeros(self._size, np.float32)
        for fold, depth, width in self._folds():
            total -= self._stroke(fold, width) * np.float32(depth * amount)
        for k in (0, 1):
            total += self._bag(k) * np.float32(1.5 * amount) + self._hood(k) * np.float32(1.2 * amount)
            jowl = self._px[_JAW[k][1]] + [(14 if k == 0 else -14) * self._mm, -9 * self._mm]
            total += self._blob(jowl, (9, 8)) * np.float32(1.8 * amount)
        grain = cv2.GaussianBlur(self._rng.standard_normal(self._size).astype(np.float32), (0, 0), 0.7 * self._mm)
        return total + grain / grain.std() * np.float32(0.07 * amount) * self.inside()

    def _folds(self) -> list[tuple[Points, float, float]]:
        """Lines (n, 2) in px, with their depth and width in mm."""
        px, mm, rng = self._px, self._mm, self._rng
        folds: list[tuple[Points, float, float]] = []
        left, right = px[_BROW[0][1]], px[_BROW[1][1]]
        middle, top = px[_BETWEEN_BROWS], px[_FOREHEAD]
        for k, share in enumerate((0.22, 0.42, 0.60, 0.77)):
            t = np.linspace(0.03 + 0.05 * k, 0.97 - 0.05 * k, 40)
            x = left[0] + (right[0] - left[0]) * t
            y = middle[1] + (top[1] - middle[1]) * share - 4.5 * mm * np.sin(np.pi * t) + 3 * mm
            y += mm * (0.9 * np.sin(t * 9 + rng.uniform(0, 6)) + 0.5 * np.sin(t * 23 + rng.uniform(0, 6)))
            folds.append((np.stack([x, y], 1), 0.9 - 0.1 * k, 1.1))
        for aside in (-1, 1):
            start = middle + [aside * 4.0 * mm, 5 * mm]
            folds.append((start + np.outer(np.linspace(0, 1, 12), [aside * 1.0 * mm, -13 * mm]), 0.9, 1.1))
        for k, out in ((0, -1), (1, 1)):
            corner, mouth = px[_OUTER[k]], px[_MOUTH[k]]
            for angle in (-34, -16, 2, 20, 38):
                length, turn = rng.uniform(10, 16) * mm, np.radians(angle)
                t = np.linspace(0, 1, 14)
                way = np.array([out * np.cos(turn), np.sin(turn)])
                bow = np.outer(t * (1 - t), [0, np.sign(angle + 1) * 4 * mm])
                folds.append((corner + [out * 4 * mm, 0] + np.outer(t, way * length) - bow, 0.75, 0.9))
            lower = px[list(_LID_BELOW[k])]
            for below, depth in ((3.0, 0.6), (11.5, 1.2)):
                arc = lower + np.stack([np.zeros(9), (below * np.sin(np.linspace(0.25, 2.8, 9)) + 1) * mm], 1)
                folds.append((_smooth(arc), depth, 1.2))
            wing = px[_WING[k]]
            t = np.linspace(0, 1, 30)[:, None]
            end = mouth + [out * 7 * mm, 1 * mm]
            cheek = wing + [out * 2 * mm, -3 * mm] + (end - wing) * t + [out * 5 * mm, 0] * t * (1 - t)
            folds.append((cheek, 1.5, 2.6))
            drop = np.linspace(0, 1, 14)[:, None]
            folds.append((mouth + [out * 1.5 * mm, 1 * mm] + drop * [out * 3.5 * mm, 17 * mm], 1.3, 1.4))
            beside = mouth + [out * 13 * mm, -6 * mm]
            folds.append((beside + drop * [out * -1.0 * mm, 20 * mm] + [out * 4 * mm, 0] * drop * (1 - drop), 0.7, 1.2))
        lip, nose = px[_LIP_TOP], px[_UNDER_NOSE]
        for x in (-17, -12, -7, 7, 12, 17):
            start = lip + [x * mm, (abs(x) * 0.12 - 0.5) * mm]
            folds.append((start + np.outer([0, 1], [0.1 * x * mm, 0.55 * (nose[1] - lip[1])]), 0.35, 0.9))
        chin = px[_CHIN]
        for below, width in ((16, 52), (30, 60)):
            t = np.linspace(-1, 1, 30)
            neck = chin + np.stack([t * width / 2, below + 5 * (1 - t * t)], 1) * mm
            folds.append((neck, 1.2, 2.6))
        return folds

    def _bag(self, k: int) -> Image:
        lower = self._px[list(_LID_BELOW[k])].mean(0)
        return self._blob(lower + [0, 6.5 * self._mm], (11, 4.2))

    def _hood(self, k: int) -> Image:
        """Skin that hangs from the brow's outer half onto the lid."""
        upper = self._px[list(_LID_ABOVE[k])]
        return self._blob(upper[2] + [0, -4.5 * self._mm], (9, 3.6))

    def _blob(self, middle: Points, reach_mm: tuple[float, float]) -> Image:
        y, x = np.mgrid[0 : self._size[0], 0 : self._size[1]].astype(np.float32)
        dx, dy = (x - middle[0]) / (reach_mm[0] * self._mm), (y - middle[1]) / (reach_mm[1] * self._mm)
        return np.asarray(np.exp(-(dx * dx + dy * dy)), np.float32)

    def _stroke(self, line: Points, width_mm: float) -> Image:
        """1 on a line that fades out at its ends, 0 away from it."""
        drawn = np.zeros(self._size, np.float32)
        points = np.round(line * (1 << _FINE)).astype(np.int32)
        strength = np.sin(np.linspace(0.25, np.pi - 0.25, len(points) - 1)) if len(points) > 2 else [1.0]
        for a, b, s in zip(points[:-1], points[1:], strength, strict=True):
            cv2.line(drawn, a.tolist(), b.tolist(), float(s), max(1, round(0.8 * self._mm)), cv2.LINE_AA, _FINE)
        soft = cv2.GaussianBlur(drawn, (0, 0), width_mm * self._mm / 2)
        return np.asarray(soft / max(float(soft.max()), 1e-6), np.float32)

    def inside(self) -> NDArray[np.bool_]:
        """The face (h, w) from forehead to chin."""
        mask = np.zeros(self._size, np.uint8)
        cv2.fillPoly(mask, [np.round(self._px[list(_FACE)]).astype(np.int32)], 1)
        return mask > 0

    def spots(self, amount: float) -> Image:
        """Share of the light (h, w) that age spots leave: brown blotches on temples, cheeks and forehead."""
        shade = np.ones(self._size, np.float32)
        rows, columns = np.nonzero(self.inside())
        eyes = self._px[[*_OUTER, *_INNER]]
        left = 16
        while left:
            at = int(self._rng.integers(len(rows)))
            place = np.array([columns[at], rows[at]], float)
            near_eye = np.linalg.norm(eyes - place, axis=1).min() < 13 * self._mm
            if near_eye or abs(place[0] - eyes[:, 0].mean()) < 18 * self._mm:  # nor on nose and mouth
                continue
            size = self._rng.uniform(0.9, 2.4)
            shade *= 1 - np.float32(0.36 * amount) * self._blob(place, (size, size * self._rng.uniform(0.7, 1.2)))
            left -= 1
        return shade

    def pale_lips(self, picture: Image) -> Image:
        """Lips that are thinner by a third and half as red."""
        top, bottom = self._px[_LIP_TOP], self._px[_LIP_BOTTOM]
        middle = (self._px[13] + self._px[14]) / 2
        y, x = np.mgrid[0 : self._size[0], 0 : self._size[1]].astype(np.float32)
        half = np.float32((bottom[1] - top[1]) / 2)
        away = (y - np.float32(middle[1])) / half
        fade = np.exp(-((away / 1.6) ** 4) - ((x - np.float32(middle[0])) / (26 * self._mm)) ** 4)
        thinner = cv2.remap(picture, x, y + np.float32(0.45) * half * away * fade.astype(np.float32), cv2.INTER_LINEAR)
        mask = np.zeros(self._size, np.float32)
        cv2.fillPoly(mask, [np.round(self._px[list(_LIPS)]).astype(np.int32)], 1.0)
        mask = cv2.GaussianBlur(mask, (0, 0), 2 * self._mm)[..., None] * np.float32(0.5)
        skin = thinner[self.inside()].mean(0)
        grey = thinner.mean(2, keepdims=True) * (skin / skin.mean())
        return np.asarray(thinner + (grey - thinner) * mask, np.float32)

    def brows(self, picture: Image, colour: Image) -> Image:
        """Bushy brows that grow outwards and down."""
        rng, mm = self._rng, self._mm
        roots, tips = [], []
        for k, out in ((0, -1), (1, 1)):
            line = _smooth(self._px[list(_BROW[k])], 200)[::-1]
            at = rng.integers(0, 200, 420)
            root = line[at] + rng.normal(0, [0.6 * mm, 1.3 * mm], (420, 2))
            share = at / 200
            turn = np.radians(-50 + 75 * share + rng.normal(0, 22, 420))
            way = np.stack([out * np.cos(turn), np.sin(turn)], 1) * rng.uniform(3, 6.5, (420, 1)) * mm
            roots.append(root)
            tips.append(root + way)
        return self._hairs(picture, np.concatenate(roots), np.concatenate(tips), colour, 0.62)

    def beard(self, picture: Image, colour: Image) -> Image:
        """A short full beard with a moustache."""
        rng, mm = self._rng, self._mm
        lips = np.zeros(self._size, np.uint8)
        cv2.fillPoly(lips, [np.round(self._px[list(_LIPS)]).astype(np.int32)], 1)
        lips = cv2.erode(lips, np.ones((3, 3), np.uint8))
        y, x = np.mgrid[0 : self._size[0], 0 : self._size[1]].astype(np.float32)
        middle, mouth_y = self._px[_LIP_TOP][0], self._px[13][1]
        across = np.abs(x - middle) / mm
        nose_y = self._px[_UNDER_NOSE][1]
        edge = np.where(across < 24, nose_y + 2.5 * mm + 0.16 * across * mm, mouth_y + (12 - 1.05 * (across - 24)) * mm)
        chin = cv2.dilate(self.inside().astype(np.uint8), np.ones((round(9 * mm), 1), np.uint8)) > 0
        where = chin & (y > edge) & (lips == 0)
        rows, columns = np.nonzero(where)
        n = 5200
        at = rng.integers(0, len(rows), n)
        root = np.stack([columns[at], rows[at]], 1).astype(float)
        out = (root[:, 0] - middle) / (45 * mm)
        above = root[:, 1] < mouth_y
        turn = np.stack([np.where(above, 1.5 * np.sign(out), 0.5 * out), np.ones(n)], 1) + rng.normal(0, 0.35, (n, 2))
        tip = root + turn / np.linalg.norm(turn, axis=1)[:, None] * rng.uniform(2.5, 5.0, (n, 1)) * mm
        keep = lips[tip[:, 1].astype(int), tip[:, 0].astype(int)] == 0
        return self._hairs(picture, root[keep], tip[keep], colour, 0.55)

    def curls(self, picture: Image, colour: Image) -> tuple[Image, Image]:
        """Short curly hair around the head and over the ears; the picture and where it is."""
        rng, mm = self._rng, self._mm
        y, x = np.mgrid[0 : self._size[0], 0 : self._size[1]].astype(np.float32)
        middle = self._px[168]
        low = self._px[_MOUTH[0], 1]
        dx, dy = (x - middle[0]) / mm, (y - middle[1] + 22 * mm) / mm
        outer = (np.abs(dx) / 91) ** 2.3 + (np.abs(dy) / np.where(dy < 0, 97, 88)) ** 2.3
        inner = (np.abs(dx) / 66) ** 2.6 + (np.abs(dy - 20) / np.where(dy < 20, 56, 200)) ** 2.6
        ragged = self._noise(9) * 0.09
        where = (outer + ragged < 1) & (inner + ragged > 1) & (y < low - 4 * mm)
        rows, columns = np.nonzero(where)
        hair, mask = picture.copy(), cv2.GaussianBlur(where.astype(np.float32), (0, 0), 0.5 * mm)
        hair += (colour * np.float32(0.40) - hair) * mask[..., None]
        clumps = np.exp(0.32 * self._noise(9))
        n = 2600
        at = rng.permutation(len(rows))[:n]
        top = 1.12 - 0.5 * np.clip((rows[at] - middle[1]) / (110 * mm) + 0.5, 0, 1)
        cover = np.zeros(self._size, np.float32)
        for r, c, lit in zip(rows[at], columns[at], top, strict=True):
            radius = rng.uniform(3.0, 7.0) * mm
            start, span = rng.uniform(180, 320), rng.uniform(60, 130)
            shade = float(lit * clumps[r, c] * rng.uniform(0.6, 1.1))
            arc = (int(c), int(r)), (int(radius), int(radius * 0.75)), rng.uniform(-30, 30), start, start + span
            thick = max(1, round(rng.uniform(0.6, 1.3) * mm))
            cv2.ellipse(hair, *arc, (colour * np.float32(shade)).tolist(), thick, cv2.LINE_AA)
            cv2.ellipse(cover, *arc, 1.0, thick, cv2.LINE_AA)
        return hair, np.maximum(mask, cover)

    def _noise(self, cell_mm: float) -> Image:
        soft = cv2.GaussianBlur(
            self._rng.standard_normal(self._size).astype(np.float32), (0, 0), cell_mm * self._mm / 2
        )
        return np.asarray(soft / soft.std(), np.float32)

    def _hairs(self, picture: Image, roots: Points, tips: Points, colour: Image, cover: float) -> Image:
        """Straight hairs of varying shade, each of which covers what is below it by a share."""
        drawn = picture.copy()
        thick = max(1, round(0.45 * self._mm))
        for a, b in zip(np.round(roots * 8).astype(int), np.round(tips * 8).astype(int), strict=True):
            shade = colour * np.float32(self._rng.uniform(0.45, 1.2))
            cv2.line(drawn, a.tolist(), b.tolist(), shade.tolist(), thick, cv2.LINE_AA, _FINE)
        return np.asarray(picture + (drawn - picture) * np.float32(cover), np.float32)


def _smooth(points: Points, count: int = 40) -> Points:
    """A curve (count, 2) through few points."""
    t = np.linspace(0, 1, len(points))
    weights = [np.polyfit(t, points[:, axis], min(4, len(points) - 1)) for axis in (0, 1)]
    return np.stack([np.polyval(w, np.linspace(0, 1, count)) for w in weights], 1)
