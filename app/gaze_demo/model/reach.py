"""How much of the picture around a face a model reads: this must be kept so that the model can be run again."""

from __future__ import annotations

from collections.abc import Iterable

from gaze_demo.model.contract import Contract, FaceBox, LevelEyes, NormalisedFace
from gaze_demo.model.registry import ModelEntry

_LEAST = 0.35
# Width of the landmarks' box of an adult, half the distance between the eyes, width of an eye.
_FACE_MM, _HALF_EYES_MM, _EYE_MM = 140.0, 32.0, 32.0
_LONG = 1.4  # the box may be longer than wide, or wider than long, by this factor: a square around it reaches further
_TURNED = 1.2  # A crop that is turned with the head has corners


def reach(entry: ModelEntry) -> float:
    """How far beyond the face's box the model's crops may reach, in sizes of the box; of a committee, the farthest."""
    if entry.members:
        return farthest(entry.members)
    form = entry.contract.input if isinstance(entry.contract, Contract) else None
    if isinstance(form, FaceBox):
        return max(_LEAST, (form.scale * (_LONG if form.square else 1.0) - 1.0) / 2)
    if isinstance(form, NormalisedFace):
        across = max(form.pixels.width, form.pixels.height) / form.focal_px * form.distance_mm
        return max(_LEAST, (across * _TURNED / _FACE_MM - 1.0) / 2)
    if isinstance(form, LevelEyes):
        height = form.pixels.height / form.pixels.width
        half = form.widths * _EYE_MM / 2 * max(1.0, height) * _TURNED
        return max(_LEAST, (_HALF_EYES_MM + half) / _FACE_MM - 0.5)
    return _LEAST


def farthest(entries: Iterable[ModelEntry]) -> float:
    """Of all models."""
    return max((reach(entry) for entry in entries), default=_LEAST)
