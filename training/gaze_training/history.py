"""The progress of a run, epoch by epoch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gaze_training.config import RunConfig
from gaze_training.metrics import Quality
from gaze_training.networks.output import GazeNetwork


@dataclass(frozen=True)
class Epoch:
    """`loss`: mean over its steps. `quality`: of the averaged weights on the validation eyes, None without validation
    eyes."""

    number: int
    loss: float
    seconds: float
    quality: Quality | None


@dataclass(frozen=True, eq=False)
class Trained:
    """`network`: averaged weights, evaluation mode. `diverged`: the loss was no longer a number; training stopped."""

    network: GazeNetwork
    epochs: tuple[Epoch, ...]
    diverged: bool


def summary(run: RunConfig, trained: Trained, eyes: int) -> dict[str, Any]:
    """The description of a run besides its weights; plain JSON values."""
    last = trained.epochs[-1]
    return {
        "run": run.model_dump(mode="json"),
        "eyes": eyes,
        "seconds": round(sum(epoch.seconds for epoch in trained.epochs), 1),
        "diverged": trained.diverged,
        "loss": None if trained.diverged else last.loss,
        "quality": asdict(last.quality) if last.quality else None,
    }


def to_json(epochs: Sequence[Epoch]) -> str:
    return json.dumps([asdict(epoch) for epoch in epochs])


def from_json(text: str) -> list[Epoch]:
    """Raises ValueError, KeyError or TypeError if `to_json` did not write it."""
    return [Epoch(**{**values, "quality": _quality(values["quality"])}) for values in json.loads(text)]


def _quality(values: dict[str, Any] | None) -> Quality | None:
    return Quality(**values) if values else None
