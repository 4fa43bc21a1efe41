"""Several models that answer as one: their angles brought onto one scale, then averaged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gaze_demo.estimate import GazeEstimate
from gaze_demo.geometry import FORWARD, Array, pitch_yaw_to_vector, turned_covariance, vector_to_pitch_yaw
from gaze_demo.model.committee_file import CommitteeFile, Member
from gaze_demo.model.contract import ContractError
from gaze_demo.model.registry import ModelEntry
from gaze_demo.model.session import GazeModel
from gaze_demo.normalisation.normalise import normalising_rotation
from gaze_demo.observation import Observation


class Committee:
    """Estimates gaze by all members; one thread, not to be shared between threads.

    It gives a gaze only if every member does, because a mean over fewer members would jump by their differences. A
    member that reports an eye's condition decides for those that do not.

    Raises ContractError if a member does not run.
    """

    def __init__(self, entry: ModelEntry) -> None:
        if entry.committee is None:
            raise ContractError(f"{entry.path} is not a committee.")
        self.entry = entry
        self._file: CommitteeFile = entry.committee
        members = [(member, GazeModel(one)) for member, one in zip(entry.committee.members, entry.members, strict=True)]
        # a stable order, with the members that report an eye's condition first
        self._members = sorted(members, key=lambda pair: not pair[1].tells_condition)

    @property
    def notice(self) -> str:
        """The first sentence of a member that runs on the CPU although another provider was chosen."""
        return next((model.notice for _, model in self._members if model.notice), "")

    def estimate(self, seen: Observation) -> GazeEstimate:
        """The gaze of an observation, in the camera frame; its `reason` says why there is none."""
        estimates = []
        for member, model in self._members:
            estimate = model.estimate(seen)
            estimates.append((member, estimate))
            if model.tells_condition:
                seen = _as_told(seen, estimate)
            if estimate.gaze is None:
                break
        missing = next((estimate for _, estimate in estimates if estimate.gaze is None), None)
        told = next((e for _, e in estimates if e.left_condition is not None), estimates[0][1])
        embeddings = [e.embedding.ravel() for _, e in estimates if e.embedding is not None]
        blank = GazeEstimate(
            model=self.entry.name,
            gaze=None,
            left=None,
            right=None,
            origin_mm=estimates[0][1].origin_mm,
            reason=missing.reason if missing else estimates[0][1].reason,
            normalisation_ms=sum(e.normalisation_ms for _, e in estimates),
            model_ms=sum(e.model_ms for _, e in estimates),
            embedding=np.concatenate(embeddings)[None] if embeddings else None,
            left_reason=told.left_reason,
            right_reason=told.right_reason,
            left_condition=told.left_condition,
            right_condition=told.right_condition,
        )
        if missing is not None or seen.pose is None:
            return blank
        return _averaged(blank, estimates, seen.pose.rotation)


def _as_told(seen: Observation, estimate: GazeEstimate) -> Observation:
    """The observation with the reasons that a model found for the eyes."""
    if seen.left is None or seen.right is None:
        return seen
    told = replace(
        seen,
        left=replace(seen.left, reason=estimate.left_reason),
        right=replace(seen.right, reason=estimate.right_reason),
        reason=estimate.reason,
    )
    told.prepared.share(seen.prepared)
    return told


def _averaged(blank: GazeEstimate, estimates: list[tuple[Member, GazeEstimate]], head_rotation: Array) -> GazeEstimate:
    """The weighted mean of the scaled angles, and of the covariances of those members that have one."""
    assert blank.origin_mm is not None
    frame = normalising_rotation(blank.origin_mm, head_rotation)
    head = vector_to_pitch_yaw(frame @ head_rotation @ FORWARD)
    total, weights = np.zeros(2), np.zeros(2)
    spread, spread_weight = np.zeros((2, 2)), 0.0
    for member, estimate in estimates:
        assert estimate.gaze is not None
        gain, weight = np.array(member.gain), np.array(member.weight)
        scaled = gain * vector_to_pitch_yaw(frame @ estimate.gaze) + np.array(member.head) * head + member.offset_rad
        total, weights = total + weight * scaled, weights + weight
        if estimate.covariance is not None:
            local = turned_covariance(estimate.covariance, estimate.gaze, frame)
            spread, spread_weight = spread + weight.mean() * np.outer(gain, gain) * local, spread_weight + weight.mean()
    local_gaze = pitch_yaw_to_vector(np.clip(total / weights, -np.pi / 2, np.pi / 2))
    covariance = turned_covariance(spread / spread_weight, local_gaze, frame.T) if spread_weight else None
    return replace(blank, gaze=frame.T @ local_gaze, covariance=covariance)
