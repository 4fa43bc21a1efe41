"""Loads the model or committee of an entry of the registry."""

from __future__ import annotations

from typing import Protocol

from gaze_demo.estimate import GazeEstimate
from gaze_demo.model.committee import Committee
from gaze_demo.model.registry import ModelEntry
from gaze_demo.model.session import GazeModel
from gaze_demo.observation import Observation


class GazeEstimator(Protocol):
    """A loaded model or committee; one thread, not to be shared between threads."""

    entry: ModelEntry

    @property
    def notice(self) -> str:
        """A sentence if it does not run on the chosen provider, else empty."""

    def estimate(self, seen: Observation) -> GazeEstimate:
        """The gaze of an observation, in the camera frame; its `reason` says why there is none."""


def load_model(entry: ModelEntry) -> GazeEstimator:
    """Load a model or a committee; raises ContractError, one sentence, if it does not run with its contract."""
    return Committee(entry) if entry.committee is not None else GazeModel(entry)
