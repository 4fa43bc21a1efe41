"""Any ONNX model with a contract in the zero test, by the app's own pipeline from photograph to gaze."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, angle_between, mirror_vector, vector_to_pitch_yaw
from gaze_demo.model.load import GazeEstimator
from gaze_training.data.photographs import PHOTO_FOCAL
from gaze_training.data.split import is_heldout
from gaze_training.evaluate.lens_faces import (
    LensFaces,
    Portrait,
    concatenate,
    crop_geometry,
    observe_portraits,
    prepare,
)
from gaze_training.evaluate.zero import ZeroResult, zero_result_of_gaze


@dataclass(frozen=True, eq=False)
class ModelAnswers:
    """A model's answers to `faces`, the photographs that all models were asked of; NaN if there is none.

    `gaze`: (n, 3) camera frame. `eyes`: (n, 2, 2) pitch and yaw of each eye in its mirrored normalised frame, NaN if
    the model gives one gaze for both.
    """

    faces: LensFaces
    gaze: Array
    eyes: Array

    @property
    def known(self) -> NDArray[np.bool_]:
        """Photographs (n,) that the model answered."""
        return np.asarray(np.isfinite(self.gaze).all(1))

    def zero(self) -> ZeroResult:
        """The zero test on the photographs that the model answered."""
        known = self.known
        return zero_result_of_gaze(self.faces.where(known), self.gaze[known], self.eyes[known])


def zero_test_of_models(
    models: Sequence[GazeEstimator], folder: Path, *, people: str = "heldout", focal: float = PHOTO_FOCAL
) -> dict[str, ZeroResult]:
    """The zero test of each model, by its name; `people`: those held out of training, or "all".

    Raises UserError if the folder has no photograph with a face.
    """
    answers = _answers(models, _readable(observe_portraits(folder, focal), people))
    return {name: answer.zero() for name, answer in answers.items()}


def mirror_test_of_models(
    models: Sequence[GazeEstimator], folder: Path, *, people: str = "heldout", focal: float = PHOTO_FOCAL
) -> dict[str, float]:
    """Mean angle in degrees between each model's gaze and that in the mirrored photograph, mirrored back.

    Raises UserError if the folder has no photograph with a face.
    """
    as_taken = _answers(models, _readable(observe_portraits(folder, focal), people))
    mirrored = _answers(models, _readable(observe_portraits(folder, focal, mirrored=True), people))
    apart = {}
    for name, answer in as_taken.items():
        other = dict(zip(mirrored[name].faces.name.tolist(), mirrored[name].gaze, strict=True))
        pairs = [
            (gaze, other[file])
            for file, gaze in zip(answer.faces.name.tolist(), answer.gaze, strict=True)
            if file in other
        ]
        first, second = np.array(pairs).transpose(1, 0, 2)
        apart[name] = float(np.degrees(np.nanmean(angle_between(first, mirror_vector(second)))))
    return apart


def _readable(portraits: Iterable[Portrait], people: str) -> Iterator[Portrait]:
    """Portraits of the people asked for of which both eyes can be read."""
    for portrait in portraits:
        eyes = (portrait.seen.left, portrait.seen.right)
        asked_for = people == "all" or is_heldout(portrait.group, portrait.person)
        if asked_for and all(eye is not None and eye.valid for eye in eyes):
            yield portrait


def _answers(models: Sequence[GazeEstimator], portraits: Iterable[Portrait]) -> dict[str, ModelAnswers]:
    """Each model's answers, by its name, one portrait in memory at a time."""
    faces: list[LensFaces] = []
    given: list[list[tuple[Array, Array]]] = []
    for portrait in portraits:
        face = prepare(portrait, crop_geometry())
        faces.append(face)
        given.append([_answer(model, portrait, face) for model in models])
    if not faces:
        raise UserError(
            "None of these photographs shows two eyes that can be read: name a folder of other photographs."
        )
    everyone = concatenate(faces)
    return {
        model.entry.name: ModelAnswers(
            everyone, np.array([row[k][0] for row in given]), np.array([row[k][1] for row in given])
        )
        for k, model in enumerate(models)
    }


def _answer(model: GazeEstimator, portrait: Portrait, face: LensFaces) -> tuple[Array, Array]:
    """Gaze (3,) in the camera frame and each eye's angles (2, 2) in its mirrored frame, NaN if there is none."""
    estimate = model.estimate(portrait.seen)
    gaze = np.full(3, np.nan) if estimate.gaze is None else estimate.gaze
    eyes = np.full((2, 2), np.nan)
    for side, eye in enumerate((estimate.left, estimate.right)):
        if eye is not None:
            local = face.rotation[0, side] @ eye
            eyes[side] = vector_to_pitch_yaw(mirror_vector(local) if side == 1 else local)
    return gaze, eyes
