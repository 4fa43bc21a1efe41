"""Makes the virtual participant's assets of the photograph: python tools/portrait.py astronaut.png

The photograph (512 x 512) is `astronaut.png` of scikit-image's data folder. Writes assets/portrait.jpg, the regions of
it (hair, skin, clothes) in assets/portrait_regions.png, and the landmarks of every virtual person. Without an argument
only the landmarks are made again, which is necessary after a change of gaze_demo/participant/person.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo import paths
from gaze_demo.landmarks.face import HALF_PX
from gaze_demo.landmarks.search import FaceSearch
from gaze_demo.participant.person import PEOPLE
from gaze_demo.participant.portrait import HAIR, OTHER, SKIN, restyled

BODY = (
    "110 190 130 160 290 160 310 220 345 262 365 345 420 345 470 370 500 420 511 511 0 511 18 400 22 320 40 265 90 222"
)
SURELY_BODY = "130 230 160 200 280 205 300 240 315 250 340 340 380 400 470 420 480 511 40 511 40 400 50 300 90 240"
COLLAR = (
    "183 149 170 148 158 149 146 153 136 160 127 170 121 180 113 187 113 196 117 204 112 209 130 230 290 260 303 236"
    " 299 222 293 210 285 198 275 188 265 180 254 174 230 180 190 165"
)
BESIDE_COLLAR = "279 189 290 189 298 205 304 222 312 236 305 235 301 222 295 209 287 197"
FACE = (
    "187 77 198 80 215 79 235 80 248 85 262 91 266 105 269 128 280 124 275 137 268 138 258 155 254 184 235 191 203 188"
    " 186 178 181 135 175 132 169 118 180 122 182 105"
)
LIPS_INSIDE = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
HEAD = (226, 95)
SCALES = (1.3, 1.5, 1.75, 2.1, 2.6, 3.0)
SHIFTS = ((0.0, 0.0), (23.4, 11.7), (-17.3, 29.1), (9.6, -13.8))


def polygon(points: str) -> NDArray[np.int32]:
    return np.array(points.split(), np.int32).reshape(-1, 2)


def find_landmarks(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(478, 2) px of the image: the mean over views of many sizes and places, as the landmarker's own error varies."""
    found = []
    with FaceSearch(video=False, blendshapes=False) as search:
        for scale in SCALES:
            for dx, dy in SHIFTS:
                view = np.array([[scale, 0, dx], [0, scale, dy]])
                size = (round(scale * image.shape[1]), round(scale * image.shape[0]))
                seen = cv2.warpAffine(image, view, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
                landmarks = search.find(np.asarray(seen, np.uint8)).landmarks
                if landmarks is not None:
                    found.append((landmarks.points_px - HALF_PX - [dx, dy]) / scale)
    if not found:
        raise SystemExit("No face in the portrait.")
    return np.mean(found, 0).astype(np.float32)


def silhouette(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """1 if the person is: GrabCut (Rother 2004) from a rough outline."""
    near = np.zeros(photo.shape[:2], np.uint8)
    cv2.fillPoly(near, [polygon(BODY)], 1)
    cv2.ellipse(near, HEAD, (84, 98), 0, 0, 360, 1, -1)
    near = cv2.dilate(near, np.ones((9, 9), np.uint8))
    mask = np.where(near == 1, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8)
    mask[:250, :60] = mask[:10] = cv2.GC_BGD
    cv2.ellipse(mask, HEAD, (55, 70), 0, 0, 360, cv2.GC_FGD, -1)
    cv2.fillPoly(mask, [polygon(SURELY_BODY)], cv2.GC_FGD)
    cv2.fillPoly(mask, [polygon(COLLAR)], cv2.GC_FGD)
    cv2.fillPoly(mask, [polygon(BESIDE_COLLAR)], cv2.GC_BGD)
    cv2.setRNGSeed(1)
    cv2.grabCut(photo, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 8, cv2.GC_INIT_WITH_MASK)
    person = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    _, labels, sizes, _ = cv2.connectedComponentsWithStats(person)
    largest = (labels == 1 + int(np.argmax(sizes[1:, cv2.CC_STAT_AREA]))).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(largest, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), np.uint8)


def regions(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grey levels as in gaze_demo.participant.portrait."""
    person = silhouette(photo)
    face = np.zeros_like(person)
    cv2.fillPoly(face, [polygon(FACE)], 1)
    above = np.arange(512)[:, None] < 148
    beside = (np.arange(512)[None] > 150) & (np.arange(512)[None] < 302)
    levels = np.where(above & beside, HAIR, OTHER).astype(np.uint8)
    levels[face == 1] = SKIN
    cv2.fillPoly(levels, [np.rint(find_landmarks(photo)[list(LIPS_INSIDE)]).astype(np.int32)], OTHER)
    return np.where(person == 1, levels, 0).astype(np.uint8)


def main() -> None:
    assets = paths.assets()
    if len(sys.argv) > 1:
        photo = cv2.imread(sys.argv[1], cv2.IMREAD_COLOR)
        if photo is None or photo.shape != (512, 512, 3):
            raise SystemExit(f"{sys.argv[1]} is not the photograph of 512 x 512 px.")
        cv2.imwrite(str(assets / "portrait.jpg"), photo, [cv2.IMWRITE_JPEG_QUALITY, 94])
        cv2.imwrite(str(assets / "portrait_regions.png"), regions(photo), [cv2.IMWRITE_PNG_COMPRESSION, 9])
    landmarks = [find_landmarks(restyled(person)[0]) for person in PEOPLE]
    np.save(Path(assets / "portrait_landmarks.npy"), np.stack(landmarks))


if __name__ == "__main__":
    main()
