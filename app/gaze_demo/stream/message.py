"""The streamed form of a sample: one JSON object, whose schema is docs/gaze-stream.schema.json."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, RootModel

from gaze_demo.geometry import Array, vector_to_pitch_yaw
from gaze_demo.pipeline import GazeSample, ModelGaze, ScreenPoint

Pair = tuple[float, float]


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ModelMessage(_Message):
    """One model's gaze; what is not known is null."""

    yaw_deg: float | None = Field(description="Unfiltered; + is towards the left of the unmirrored picture.")
    pitch_deg: float | None = Field(description="Unfiltered; + is up.")
    gaze: tuple[float, float, float] | None = Field(
        description="Unfiltered unit vector in the camera frame: x right, y down, z away from the camera."
    )
    point_px: Pair | None = Field(description="Unfiltered point of gaze on the screen; null without a profile.")
    filtered_px: Pair | None = Field(description="The same of the filtered gaze.")
    reason: str = Field(description="Why there is no gaze; empty if there is one.")


class GazeMessage(_Message):
    """One frame. A receiver that is too slow loses frames; `lost` counts them."""

    type: Literal["gaze"] = "gaze"
    time_s: float = Field(description="Capture time on the session's clock, not the time of sending.")
    frame: int = Field(description="Rises strictly.")
    face: bool
    openness: Pair | None = Field(description="Lid distance by corner distance, left and right eye of the person.")
    models: dict[str, ModelMessage]
    lost: int = Field(default=0, ge=0, description="Frames that this receiver has lost so far.")


class MarkerMessage(_Message):
    """What a client may send: a marker at the moment when it arrives, or at a time of the session's clock."""

    type: Literal["marker"]
    text: Annotated[str, Field(min_length=1, max_length=1000)]
    time_s: float | None = None


class AboutRequest(_Message):
    """What a client may send to learn of the stream."""

    type: Literal["about"]


class AboutMessage(_Message):
    """The answer to `AboutRequest`."""

    type: Literal["about"] = "about"
    time_s: float = Field(description="The time now on the session's clock; of a film, that of its newest frame.")
    screen_px: tuple[int, int] | None = Field(description="Width and height; null without a profile.")
    models: tuple[str, ...] = Field(description="In the order of the command line.")
    recording: bool = Field(description="Whether a session is recorded, so that markers are kept.")


class Request(RootModel[Annotated[MarkerMessage | AboutRequest, Field(discriminator="type")]]):
    """Whatever a client may send."""


def message_of(sample: GazeSample) -> GazeMessage:
    seen = sample.observation
    eyes = None if seen.left is None or seen.right is None else (seen.left.openness, seen.right.openness)
    return GazeMessage(
        time_s=sample.time_s,
        frame=sample.index,
        face=seen.landmarks is not None,
        openness=eyes,
        models={gaze.estimate.model: _model(gaze) for gaze in sample.gazes},
    )


def schema_json() -> str:
    """The published schema of both directions."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gaze-demo stream",
        "description": "Messages that the server sends (GazeMessage) and that it takes (MarkerMessage, AboutRequest).",
        "sent": GazeMessage.model_json_schema(),
        "taken": MarkerMessage.model_json_schema(),
        "asked": AboutRequest.model_json_schema(),
        "told": AboutMessage.model_json_schema(),
    }
    return json.dumps(schema, indent=1) + "\n"


def _model(gaze: ModelGaze) -> ModelMessage:
    estimate = gaze.estimate
    angles = None if estimate.gaze is None else np.degrees(vector_to_pitch_yaw(estimate.gaze))
    return ModelMessage(
        yaw_deg=None if angles is None else float(angles[1]),
        pitch_deg=None if angles is None else float(angles[0]),
        gaze=None if estimate.gaze is None else _three(estimate.gaze),
        point_px=_pair(gaze.point),
        filtered_px=_pair(gaze.filtered_point),
        reason=estimate.reason.value,
    )


def _pair(point: ScreenPoint | None) -> Pair | None:
    return None if point is None else (float(point.px[0]), float(point.px[1]))


def _three(vector: Array) -> tuple[float, float, float]:
    return float(vector[0]), float(vector[1]), float(vector[2])
