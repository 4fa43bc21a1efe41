"""The test of refusal: portraits whose eyes are blurred, under a white spot or behind a patch, and portraits in bad
light, through the app's landmarks, crops and models. A model should give no gaze of an eye that cannot be seen, and
should go on giving one in bad light.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array
from gaze_demo.landmarks.head_pose import LEFT_CORNERS, RIGHT_CORNERS
from gaze_training.data.photographs import list_photographs
from gaze_training.evaluate.eye_place import Webcam, camera_traces
from gaze_training.evaluate.lens_faces import Portrait, observe_portrait, photograph_camera
from gaze_training.evaluate.screen import Estimates
from gaze_training.readers.measured import Observes, observe, open_observer

Image = NDArray[np.uint8]
NOTHING = "nothing"
# A patch covers this much of an eye's width to each side, and up and down. It has a grey level, or that of the cheek.
_PATCH = (0.75, 0.45)
_CHEEK = (0.6, 1.0)  # where a cheek's level is taken, in eye widths below the eye
_SPOT_UP = 0.05  # of an eye's width: a white spot lies this far above the middle of the corners


@dataclass(frozen=True)
class Disturbance:
    """`blur`: sigma in px of the camera's image. `spot`: diameter of a white disc on each eye, as a share of the eye's
    width. `patch`: grey level of a patch over each eye; "cheek" for the level of the skin below it. `light`: factor of
    all grey levels."""

    name: str
    blur: float = 0.0
    spot: float = 0.0
    patch: int | str | None = None
    light: float = 1.0


DISTURBANCES = (
    Disturbance(NOTHING),
    *(Disturbance(f"blur of sigma {sigma} px", blur=sigma) for sigma in (2, 3, 4, 6)),
    *(Disturbance(f"white disc, {share} of an eye wide", spot=share) for share in (0.2, 0.3, 0.4)),
    Disturbance("patch like the cheek", patch="cheek"),
    Disturbance("patch, black", patch=15),
    Disturbance("patch, white", patch=240),
    *(Disturbance(f"{light} times as bright", light=light) for light in (0.5, 1.5, 2.0)),
)


@dataclass
class Refusals:
    """Of `asked` portraits, how many a model gave no gaze for, with its reasons."""

    asked: int = 0
    refused: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def share(self) -> float:
        return self.refused / self.asked if self.asked else float("nan")


def hidden_test(
    models: Mapping[str, Estimates], folder: Path, *, count: int, webcam: Webcam, seed: int
) -> dict[str, dict[str, Refusals]]:
    """By model and disturbance. Only portraits count in which the model gives a gaze when nothing disturbs it; the
    first row is of all.

    Raises UserError if no photograph shows eyes as wide as the webcam's.
    """
    results = {name: {d.name: Refusals() for d in DISTURBANCES} for name in models}
    with open_observer() as observer:
        for number, portrait in enumerate(_portraits(observer, folder, count, webcam.eye_px, seed)):
            rng = np.random.default_rng([seed, number])
            read: dict[str, bool] = {}
            for disturbance in DISTURBANCES:
                image = camera_traces(disturbed(portrait, disturbance), webcam, rng)
                seen = observe(observer, image, photograph_camera(image))
                for name, model in models.items():
                    estimate = model.estimate(replace(seen))
                    if disturbance.name == NOTHING:
                        read[name] = estimate.gaze is not None
                    elif not read[name]:
                        continue
                    row = results[name][disturbance.name]
                    row.asked += 1
                    if estimate.gaze is None:
                        row.refused += 1
                        row.reasons[estimate.reason.value] = row.reasons.get(estimate.reason.value, 0) + 1
    return results


@dataclass(frozen=True, eq=False)
class SmallPortrait:
    """`image`: (h, w) grey. `corners_px`: (2, 2, 2) both corners of both eyes."""

    image: Image
    corners_px: Array

    @property
    def eye_px(self) -> float:
        return float(np.linalg.norm(self.corners_px[:, 1] - self.corners_px[:, 0], axis=-1).mean())


def disturbed(portrait: SmallPortrait, disturbance: Disturbance) -> Image:
    """The portrait (h, w) with the disturbance drawn at both eyes, or on all of it if it is a blur."""
    image, width = cv2.convertScaleAbs(portrait.image, alpha=disturbance.light), portrait.eye_px
    if disturbance.blur:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), disturbance.blur), np.uint8)
    for x, y in portrait.corners_px.mean(1):
        if disturbance.spot:
            radius = round(disturbance.spot * width / 2)
            cv2.circle(image, (round(x), round(y - _SPOT_UP * width)), radius, 255, -1, cv2.LINE_AA)
        if disturbance.patch is not None:
            rows = [round(y + below * width) for below in _CHEEK]
            cheek = np.median(portrait.image[rows[0] : rows[1], round(x - 0.3 * width) : round(x + 0.3 * width)])
            level = float(cheek) if isinstance(disturbance.patch, str) else float(disturbance.patch)
            low = (round(x - _PATCH[0] * width), round(y - _PATCH[1] * width))
            high = (round(x + _PATCH[0] * width), round(y + _PATCH[1] * width))
            cv2.rectangle(image, low, high, level, -1)
    return np.asarray(image, np.uint8)


def _portraits(observer: Observes, folder: Path, count: int, eye_px: float, seed: int) -> Iterator[SmallPortrait]:
    """Up to `count` portraits in random order, shrunk until their eyes are `eye_px` wide; smaller ones are left out."""
    photographs = sorted(list_photographs(folder))
    found = 0
    for number in np.random.default_rng(seed).permutation(len(photographs)):
        portrait = observe_portrait(observer, photographs[number])
        small = None if portrait is None or not portrait.seen.valid else _shrunk(portrait, eye_px)
        if small is None:
            continue
        yield small
        found += 1
        if found == count:
            return
    if not found:
        raise UserError(f"{folder} has no face with open eyes {eye_px:.0f} px wide or more: name larger portraits.")


def _shrunk(portrait: Portrait, eye_px: float) -> SmallPortrait | None:
    landmarks = portrait.seen.landmarks
    assert landmarks is not None
    corners = np.stack([landmarks.points_px[list(pair)] for pair in (LEFT_CORNERS, RIGHT_CORNERS)])
    grey = cv2.cvtColor(portrait.seen.frame.image, cv2.COLOR_BGR2GRAY)
    whole = SmallPortrait(np.asarray(grey, np.uint8), corners)
    scale = eye_px / whole.eye_px
    if scale > 1.0:
        return None
    size = round(grey.shape[1] * scale), round(grey.shape[0] * scale)
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return SmallPortrait(np.asarray(small, np.uint8), corners * (np.array(size) / (grey.shape[1], grey.shape[0])))
