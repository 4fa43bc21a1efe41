"""A loaded model: onnxruntime on one thread, with inputs and outputs as in its contract."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from gaze_demo.estimate import EyeCondition, GazeEstimate
from gaze_demo.model.crops import View, make_views, to_tensor
from gaze_demo.model.eye_picture import EyePicture, eye_pictures
from gaze_demo.model.outputs import decode, decode_conditions, decode_covariances
from gaze_demo.model.registry import ModelEntry, contract_of
from gaze_demo.model.runner import Runner, Tensors
from gaze_demo.model.tensors import (
    check_answers,
    check_tensors,
    crop_shape,
    image_tensors,
    output_names,
    row_count,
)
from gaze_demo.model.two_eyes import EyeGaze, combine
from gaze_demo.model.verdict import both_closed, is_unsure, judge, worst
from gaze_demo.observation import EyeObservation, Observation, Reason


class GazeModel:
    """Estimates gaze from observations; one model, one thread, not to be shared between threads.

    Raises ContractError if the file is no model or does not have the tensors that its contract names.
    """

    def __init__(self, entry: ModelEntry) -> None:
        self.entry = entry
        self.contract = contract_of(entry)
        self._outputs = output_names(self.contract.output)
        self._form = f"{self.contract.input.model_dump_json()} in the frame {self.contract.output.frame}"
        for careful in (False,) if entry.origin == "shipped" else (True, False):
            self._runner = Runner(entry.path, careful=careful)
            self._batch = check_tensors(entry.path, self.contract, self._runner)
            self._rehearse()

    def estimate(self, seen: Observation) -> GazeEstimate:
        """The gaze of an observation, in the camera frame; its `reason` says why there is none."""
        origin = seen.pose.eyes_middle_mm if seen.pose else None
        if seen.left is None or seen.right is None or not self._worth_a_run(seen):
            return GazeEstimate(self.entry.name, None, None, None, origin, seen.reason, 0.0, 0.0)
        started = time.perf_counter()
        views, feeds = self._prepared(seen)
        eyes, pictures = (seen.left, seen.right), eye_pictures(seen)
        prepared = time.perf_counter()
        answers = self._run(feeds)
        done = time.perf_counter()
        gazes = self._gazes(views, answers)
        embedding = answers.get(self.contract.output.embedding or "")
        blank = GazeEstimate(
            model=self.entry.name,
            gaze=None,
            left=None,
            right=None,
            origin_mm=origin,
            reason=Reason.NO_ANSWER,
            normalisation_ms=(prepared - started) * 1e3,
            model_ms=(done - prepared) * 1e3,
            embedding=None if embedding is None else embedding.astype(float),
        )
        if len(views) == 2:
            conditions = decode_conditions(self.contract.output, answers)
            return _of_two_eyes(blank, eyes, pictures, gazes, conditions)
        return _of_one_view(blank, eyes, pictures, gazes[0])

    @property
    def provider(self) -> str:
        """Where it runs, as `gaze_demo.model.providers` names it."""
        return self._runner.provider

    @property
    def notice(self) -> str:
        """A sentence if it runs on the CPU although another provider was chosen, else nothing."""
        return self._runner.notice

    @property
    def tells_condition(self) -> bool:
        """Whether the model reports how much of an iris it sees, which detects a closed eye better than landmarks."""
        condition = self.contract.output.condition
        return condition is not None and "iris_visible" in condition.components

    def _worth_a_run(self, seen: Observation) -> bool:
        """Whether an eye may be read, by the landmarks or by the model's own sight of it."""
        return seen.valid or (
            self.tells_condition
            and any(eye is not None and eye.reason is Reason.EYE_CLOSED for eye in (seen.left, seen.right))
        )

    def _gazes(self, views: list[View], answers: Tensors) -> list[EyeGaze | None]:
        """Gaze and covariance of each view in the camera frame; None if the answer is not finite."""
        output = self.contract.output
        vectors = decode(output, answers)
        covariances = decode_covariances(output, answers) or [None] * len(views)
        return [
            EyeGaze(
                view.to_camera(vector, output.frame),
                None if covariance is None else view.covariance_to_camera(covariance, vector, output.frame),
            )
            if np.isfinite(vector).all()
            else None
            for view, vector, covariance in zip(views, vectors, covariances, strict=True)
        ]

    def _prepared(self, seen: Observation) -> tuple[list[View], Tensors]:
        """Crops and inputs; those of another model with the same contract are reused."""

        def prepare() -> tuple[list[View], Tensors]:
            views = make_views(self.contract, seen)
            return views, self._feeds(views)

        return seen.prepared.once(self._form, prepare)

    def _feeds(self, views: list[View]) -> Tensors:
        """The model's inputs, one row a view."""
        form = self.contract.input
        crops = [[to_tensor(crop, form.pixels) for crop in view.crops] for view in views]
        feeds = {name: np.stack([row[i] for row in crops]) for i, name in enumerate(image_tensors(self.contract))}
        if form.head_pose:
            numbers = [view.head_numbers(form.head_pose) for view in views]
            feeds[form.head_pose.tensor] = np.array(numbers, np.float32)
        return feeds

    def _run(self, feeds: Tensors) -> Tensors:
        rows = len(next(iter(feeds.values())))
        if self._batch == 1 and rows > 1:
            runs = [self._run({name: values[i : i + 1] for name, values in feeds.items()}) for i in range(rows)]
            return {name: np.concatenate([run[name] for run in runs]) for name in self._outputs}
        return self._runner.run(self._outputs, feeds)

    def _rehearse(self) -> None:
        """One run on a grey picture, because the first one is slow, and because it shows the shapes that the file
        leaves open."""
        form, rows = self.contract.input, row_count(self.contract)
        shape = crop_shape(self.contract)
        feeds = {
            name: np.full((rows, *shape), np.mean(form.pixels.value_range), np.float32)
            for name in image_tensors(self.contract)
        }
        if form.head_pose:
            feeds[form.head_pose.tensor] = np.zeros((rows, len(form.head_pose.components)), np.float32)
        check_answers(self.entry.path, self.contract, self._run(feeds))


def _of_two_eyes(
    blank: GazeEstimate,
    eyes: tuple[EyeObservation, EyeObservation],
    pictures: tuple[EyePicture, EyePicture] | None,
    gazes: list[EyeGaze | None],
    conditions: list[EyeCondition],
) -> GazeEstimate:
    told: list[EyeCondition | None] = [*conditions] or [None, None]
    reasons = [
        judge(eye, picture, condition, gaze.covariance if gaze else None)
        for eye, picture, gaze, condition in zip(eyes, pictures or (None, None), gazes, told, strict=True)
    ]
    reasons = [
        Reason.NO_ANSWER if gaze is None and reason is Reason.NONE else reason
        for gaze, reason in zip(gazes, reasons, strict=True)
    ]
    if both_closed(eyes, conditions):
        reasons = [Reason.EYE_CLOSED if reason is Reason.NONE else reason for reason in reasons]
    left, right = (gaze if reason is Reason.NONE else None for gaze, reason in zip(gazes, reasons, strict=True))
    both = combine([gaze for gaze in (left, right) if gaze is not None])
    return replace(
        blank,
        gaze=both.vector if both else None,
        left=left.vector if left else None,
        right=right.vector if right else None,
        reason=Reason.NONE if both else worst(reasons),
        left_reason=reasons[0],
        right_reason=reasons[1],
        left_condition=told[0],
        right_condition=told[1],
        left_covariance=left.covariance if left else None,
        right_covariance=right.covariance if right else None,
        covariance=both.covariance if both else None,
    )


def _of_one_view(
    blank: GazeEstimate,
    eyes: tuple[EyeObservation, EyeObservation],
    pictures: tuple[EyePicture, EyePicture] | None,
    gaze: EyeGaze | None,
) -> GazeEstimate:
    """The answer of a model that reads both eyes at once: it has none only if neither eye can be read."""
    reasons = [judge(eye, picture, None, None) for eye, picture in zip(eyes, pictures or (None, None), strict=True)]
    if Reason.NONE not in reasons:
        return replace(blank, reason=worst(reasons), left_reason=reasons[0], right_reason=reasons[1])
    if gaze is None:
        return blank
    if is_unsure(gaze.covariance):
        return replace(blank, reason=Reason.UNSURE)
    return replace(blank, gaze=gaze.vector, covariance=gaze.covariance, reason=Reason.NONE)
