"""A model's card: its purpose, its training data, and figures that a command measured, with their date."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from gaze_demo.model.contract import Training

INTENDED_USE = (
    "Showing and teaching appearance-based gaze estimation with one webcam, and comparing students with their teacher. "
    "Not for decisions about people, nor for telling who somebody is, what they feel or what they are worth."
)
LIMITS = (
    "Trained on rendered eyes and on composites of photographs, not on measured gaze of people.",
    "One webcam, one face, eyes at least about 20 px wide, heads turned by at most about 30 degrees.",
    "Without a calibration of the person, errors of several degrees are usual; vertical gaze is the weaker axis.",
    "Accuracy for different eye shapes, ages, glasses and make-up was not measured one by one.",
)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AxisFigures(_Part):
    """Response to known rotations in one angle; a gain of 1 and 0 per degree of head turn are perfect.

    `curve`: true angle and mean answer, degrees.
    """

    gain: float
    per_head: float
    r2: float
    curve: tuple[tuple[float, float], ...] = ()


class ResponseFigures(_Part):
    """On faces of one renderer."""

    renderer: str
    faces: int
    error_deg: float
    pitch: AxisFigures
    yaw: AxisFigures


class ZeroFigures(_Part):
    """One group of people who look into the lens, none of them trained on."""

    group: str
    people: int
    error_deg: float


class Card(_Part):
    """`zero`, `skin`: the zero test by groups of photographs and by skin. `points_px`: medians of the point test.

    `latency_ms`: median of one call with both eyes, one thread. `beside_ms`: the same of other models, measured in turn
    with this one. `machine`: where. `int8_loss_deg`: mean angle to the version that it was quantised from.
    """

    name: str
    title: str
    role: Literal["teacher", "student", "other"]
    licence: str
    attribution: str
    training: Training
    parameters: int | None
    macs: int | None
    size_bytes: int
    measured: str
    machine: str = ""
    latency_ms: float
    beside_ms: dict[str, float] = Field(default_factory=dict)
    zero: tuple[ZeroFigures, ...] = ()
    skin: tuple[ZeroFigures, ...] = ()
    points_px: dict[str, float] = Field(default_factory=dict)
    response: tuple[ResponseFigures, ...] = ()
    int8_loss_deg: float | None = None
    intended_use: str = INTENDED_USE
    limits: tuple[str, ...] = LIMITS

    def gain(self, axis: Literal["pitch", "yaw"]) -> float | None:
        """Mean over the renderers of the response test."""
        gains = [(row.pitch if axis == "pitch" else row.yaw).gain for row in self.response]
        return float(np.mean(gains)) if gains else None

    def curve(self, axis: Literal["pitch", "yaw"]) -> tuple[tuple[float, float], ...]:
        """Of the response test's first renderer."""
        if not self.response:
            return ()
        return (self.response[0].pitch if axis == "pitch" else self.response[0].yaw).curve

    def zero_deg(self, group: str) -> float | None:
        return next((row.error_deg for row in self.zero if row.group == group), None)
