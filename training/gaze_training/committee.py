"""Brings models onto one scale, so that their gazes can be averaged, by their responses to known rotations.

Each model's angles are regressed on the true gaze and the head (`gaze_training.evaluate.response`). The first model
sets the scale: the others get its gain, its dependence on the head and its mean answer. Weights are not fitted, because
on rendered heads a model that was trained on renders would get all of the weight. They are equal, but a model whose
answers are stretched counts as much less in that axis, because its noise is stretched too. If real people have shown
that the first model is better than the others, the others can be given less weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gaze_demo.errors import UserError
from gaze_demo.model.committee_file import KIND, CommitteeFile, Member
from gaze_training.evaluate.heads import Answers
from gaze_training.evaluate.response import axis_response

_LEAST_PICTURES = 30
_LEAST_GAIN = 0.1


def fit_committee(
    names: Sequence[str], answers: Answers, title: str, fitted: str, others_weight: float = 1.0
) -> CommitteeFile:
    """The committee of the models in the order in which they answered. `others_weight`: factor of the weights of all
    models but the first.

    Raises UserError if too few pictures were answered by all, or a model hardly responds to the gaze.
    """
    own = answers.answer[: len(names)]  # the answers after these are for the exact head pose
    known = np.isfinite(own).all((0, 2))
    if known.sum() < _LEAST_PICTURES:
        raise UserError(f"Only {known.sum()} pictures were answered by all models: give a larger --count.")
    true, head = answers.true[known], answers.head[known]
    responses = [[axis_response(one[known, a], true[:, a], head[:, a]) for a in (0, 1)] for one in own]
    members: list[Member] = []
    for name, answer, axes in zip(names, own, responses, strict=True):
        factor = others_weight if members else 1.0
        numbers = []
        for a, (mine, first) in enumerate(zip(axes, responses[0], strict=True)):
            if mine.gain < _LEAST_GAIN:
                raise UserError(f"{name} hardly responds to the gaze (gain {mine.gain:.2f}): leave it out.")
            gain = first.gain / mine.gain
            leaning = first.per_head - gain * mine.per_head
            scaled = gain * answer[known, a] + leaning * head[:, a]
            numbers.append((gain, leaning, float(np.radians((own[0][known, a] - scaled).mean()))))
        gains, leanings, offsets = (tuple(round(float(v), 4) for v in column) for column in zip(*numbers, strict=True))
        members.append(
            Member(
                model=name,
                weight=(round(factor / max(gains[0], 1.0), 4), round(factor / max(gains[1], 1.0), 4)),
                gain=(gains[0], gains[1]),
                head=(leanings[0], leanings[1]),
                offset_rad=(offsets[0], offsets[1]),
            )
        )
    return CommitteeFile(kind=KIND, title=title, fitted=fitted, members=tuple(members))


def write_committee(committee: CommitteeFile, path: Path) -> None:
    """As JSON; raises UserError if that fails."""
    try:
        path.write_text(committee.model_dump_json(indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror or error}.") from None
