"""The zero test: people who look into the lens, and how far from it a model's gaze is. A constant answer wins this
test, so it is always shown together with one (`predict.CONSTANTS`) and with the response tests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import (
    Array,
    angle_between,
    normalised,
    pitch_yaw_to_vector,
    vector_to_pitch_yaw,
)
from gaze_training.data.split import is_heldout
from gaze_training.evaluate.lens_faces import LensFaces
from gaze_training.evaluate.predict import Predict, in_batches
from gaze_training.evaluate.skin import TONES

_UNMIRROR = np.array([[1.0, 1.0], [1.0, -1.0]])


@dataclass(frozen=True)
class ZeroRow:
    """One group of people, angles in degrees.

    `error`: mean over images of the angle between the mean gaze of both eyes and the direction to the lens;
    `error_se`: its standard error over people. `bias_*`, `spread_*`: mean and standard deviation of the gaze's pitch
    and yaw against the lens. `temporal`: mean yaw of each eye towards its own temple (`spread_*` cannot see it, as both
    eyes cancel). `eyes_apart`: mean angle between the eyes' predictions, each against its own direction to the lens.
    `per_head_*`: change of prediction per degree of measured head turn; the target is fixed, so 0 is correct.
    """

    group: str
    images: int
    people: int
    error: float
    error_se: float
    median: float
    bias_pitch: float
    bias_yaw: float
    spread_pitch: float
    spread_yaw: float
    temporal: float
    eyes_apart: float
    per_head_pitch: float
    per_head_yaw: float


@dataclass(frozen=True)
class PersonRow:
    """One person, degrees: mean error over images, mean pitch and yaw against the lens, openness of the eyes."""

    group: str
    person: str
    images: int
    error: float
    pitch: float
    yaw: float
    openness: float


@dataclass(frozen=True)
class ZeroResult:
    """`groups`: as the photographs name them. `tones`: by skin, `skin.TONES`."""

    groups: tuple[ZeroRow, ...]
    tones: tuple[ZeroRow, ...]
    persons: tuple[PersonRow, ...]

    def group(self, name: str) -> ZeroRow:
        return next(row for row in self.groups if row.group == name)


def heldout_mask(faces: LensFaces) -> NDArray[np.bool_]:
    """Photographs (n,) of people kept out of training."""
    return np.array([is_heldout(str(g), str(p)) for g, p in zip(faces.group, faces.person, strict=True)], bool)


def zero_test(faces: LensFaces, predict: Predict) -> ZeroResult:
    """The test on all photographs given (choose with `faces.where`); (0, 0) in each eye's own frame is correct."""
    n = len(faces)
    flat = in_batches(predict, faces.crops.reshape(2 * n, *faces.crops.shape[2:]), faces.head.reshape(2 * n, 2))
    return zero_result(faces, flat.reshape(n, 2, 2).astype(float))


def zero_result(faces: LensFaces, angles: Array) -> ZeroResult:
    """The test's figures from predictions (n, 2 eyes, 2) as pitch and yaw in the mirrored normalised frames."""
    eyes = np.einsum("neji,nej->nei", faces.rotation.astype(float), pitch_yaw_to_vector(angles * _UNMIRROR))
    return zero_result_of_gaze(faces, normalised(eyes.sum(1)), angles)


def zero_result_of_gaze(faces: LensFaces, gaze: Array, angles: Array | None = None) -> ZeroResult:
    """As `zero_result`, of the face's gaze (n, 3) in the camera frame; `angles` if single eyes are known."""
    to_lens = normalised(-faces.centre_mm.astype(float).mean(1))
    error = np.degrees(angle_between(gaze, to_lens))
    off = np.degrees(vector_to_pitch_yaw(gaze) - vector_to_pitch_yaw(to_lens))
    if angles is None:
        angles = np.full((len(faces), 2, 2), np.nan)
    names = sorted(set(faces.group.tolist()))
    groups = [_row(name, faces, faces.group == name, error, off, angles) for name in names]
    if len(names) > 1:
        groups.append(_row("all", faces, np.ones(len(faces), bool), error, off, angles))
    tones = [
        _row(name, faces, mask, error, off, angles)
        for name, (low, high) in TONES.items()
        if (mask := (faces.skin_deg > low) & (faces.skin_deg <= high)).any()
    ]
    return ZeroResult(tuple(groups), tuple(tones), tuple(_persons(faces, error, off)))


def _row(name: str, faces: LensFaces, mask: NDArray[np.bool_], error: Array, off: Array, angles: Array) -> ZeroRow:
    keys = np.char.add(faces.group[mask], faces.person[mask])
    means = np.array([error[mask][keys == key].mean() for key in np.unique(keys)])
    eyes = np.degrees(angles[mask])
    straight = eyes * _UNMIRROR
    head = (np.degrees(faces.head[mask].astype(float)) * _UNMIRROR).mean(1)
    return ZeroRow(
        group=name,
        images=int(mask.sum()),
        people=len(means),
        error=float(error[mask].mean()),
        error_se=float(means.std(ddof=1) / np.sqrt(len(means))) if len(means) > 1 else float("nan"),
        median=float(np.median(error[mask])),
        bias_pitch=float(off[mask, 0].mean()),
        bias_yaw=float(off[mask, 1].mean()),
        spread_pitch=float(off[mask, 0].std()),
        spread_yaw=float(off[mask, 1].std()),
        temporal=float(0.0 - eyes[..., 1].mean()),
        eyes_apart=float(np.linalg.norm(straight[:, 0] - straight[:, 1], axis=-1).mean()),
        per_head_pitch=_slope(head[:, 0], off[mask, 0]),
        per_head_yaw=_slope(head[:, 1], off[mask, 1]),
    )


def _slope(x: Array, y: Array) -> float:
    variance = float(np.var(x))
    return float(np.mean((x - x.mean()) * (y - y.mean())) / variance) if variance > 0 else float("nan")


def _persons(faces: LensFaces, error: Array, off: Array) -> list[PersonRow]:
    rows = []
    for group, person in sorted(set(zip(faces.group.tolist(), faces.person.tolist(), strict=True))):
        mask = (faces.group == group) & (faces.person == person)
        pitch, yaw = off[mask].mean(0)
        openness = float(faces.openness[mask].mean())
        rows.append(
            PersonRow(group, person, int(mask.sum()), float(error[mask].mean()), float(pitch), float(yaw), openness)
        )
    return rows
