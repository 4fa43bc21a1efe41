"""Landmarks by the networks of MediaPipe's bundle, run by LiteRT without MediaPipe's graph."""

from __future__ import annotations

import math
import threading
from functools import cache, partial

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.garbage import networks_apart
from gaze_demo.geometry import Array
from gaze_demo.landmarks.blendshapes import INPUT_POINTS, eye_scores
from gaze_demo.landmarks.bundle import Bundle, landmark_network
from gaze_demo.landmarks.detection import Detection, Letterbox, decode, detector_input
from gaze_demo.landmarks.face import COUNT, HALF_PX, EyeScores, FaceLandmarks
from gaze_demo.landmarks.network import TfliteNetwork
from gaze_demo.landmarks.region import FaceRegion

_SIZE = 256  # side in px of the landmark network's square picture


class DirectEngine:
    """The three networks; see `LandmarkEngine`. The one for the scores of the eyes takes an eighth of the time of that
    for the landmarks, and few frames need it, so it is run when the scores are asked for.

    Raises ImportError if LiteRT is not installed, UserError if the bundle is missing.
    """

    name = "direct"

    def __init__(self, *, blendshapes: bool = True, threads: int = 1) -> None:
        with networks_apart():
            bundle = Bundle()
            self._detector = TfliteNetwork(bundle.network("face_detector"))
            self._landmarks = TfliteNetwork(landmark_network(), threads)
            self._blendshapes = TfliteNetwork(bundle.network("face_blendshapes")) if blendshapes else None
            del bundle  # before free memory is returned
        self._scoring = threading.Lock()
        self._picture = np.empty((_SIZE, _SIZE, 4), np.uint8)

    def close(self) -> None:
        """Nothing to release but memory."""

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        box = Letterbox.of(image.shape[1], image.shape[0])
        self._detector.run(lambda tensor: np.copyto(tensor[0], detector_input(image, box)))
        return decode(self._detector.read((1, 896, 16))[0], self._detector.read((1, 896, 1)).ravel(), box)

    def locate(self, image: NDArray[np.uint8], region: FaceRegion) -> FaceLandmarks | None:
        back = region.to_image(_SIZE)
        rgb = self._cut_out(image, region, back)
        self._landmarks.run(lambda tensor: np.multiply(rgb, np.float32(1 / 255), out=tensor[0]))
        if float(self._landmarks.read((1, 1, 1, 1)).ravel()[0]) <= 0:  # a logit: more likely no face than a face
            return None
        points = self._landmarks.read((1, 1, 1, 3 * COUNT)).reshape(COUNT, 3).astype(float)
        points_px = points[:, :2] @ back[:, :2].T + (back[:, 2] + HALF_PX)
        depth_px = points[:, 2] * (region.side / _SIZE)
        if self._blendshapes is None:
            return FaceLandmarks(points_px, depth_px)
        # The scores depend on how the points are rolled, so they are taken as the upright cut-out has them.
        upright = points[INPUT_POINTS, :2] * (region.side / _SIZE)
        return FaceLandmarks(points_px, depth_px, cache(partial(_score, self._blendshapes, self._scoring, upright)))

    def _cut_out(self, image: NDArray[np.uint8], region: FaceRegion, back: Array) -> NDArray[np.uint8]:
        """The region of a BGR image, (256, 256, 3) RGB; `back`: the map (2, 3) from it to the image."""
        rows, columns = _part_around(image, region)
        from_part = back - [[0.0, 0.0, columns.start], [0.0, 0.0, rows.start]]
        # OpenCV warps four channels in less than half the time of three, to the same values.
        cv2.warpAffine(
            cv2.cvtColor(image[rows, columns], cv2.COLOR_BGR2RGBA),
            from_part,
            (_SIZE, _SIZE),
            dst=self._picture,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(cv2.cvtColor(self._picture, cv2.COLOR_RGBA2RGB), np.uint8)


def _part_around(image: NDArray[np.uint8], region: FaceRegion) -> tuple[slice, slice]:
    """Rows and columns of an image that have all of a region, and its neighbours; where the region leaves the image,
    the part ends with it."""
    height, width = image.shape[:2]
    half = region.side / 2 * (abs(math.cos(region.angle)) + abs(math.sin(region.angle))) + 2
    x0, x1 = (int(min(max(0, x), width)) for x in (region.x - half, region.x + half + 1))
    y0, y1 = (int(min(max(0, y), height)) for y in (region.y - half, region.y + half + 1))
    x0, y0 = min(x0, width - 1), min(y0, height - 1)
    return slice(y0, max(y1, y0 + 1)), slice(x0, max(x1, x0 + 1))


def _score(network: TfliteNetwork, lock: threading.Lock, upright_px: Array) -> EyeScores:
    """The scores of landmarks (146, 2) without roll; other threads may use the same network and lock."""
    with lock:
        network.run(lambda tensor: np.copyto(tensor[0], upright_px, casting="same_kind"))
        return eye_scores(network.read((52,)))
