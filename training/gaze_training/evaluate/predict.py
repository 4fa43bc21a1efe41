"""The functions that are evaluated: they turn normalised eye crops and head angles into gaze angles."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

Angles = NDArray[np.float32]
Crops = NDArray[np.uint8]

# Grey crops (m, h, w) and measured head pitch and yaw (m, 2) to gaze pitch and yaw (m, 2), radians. All in the eye's
# mirrored normalised frame (nose at the crop's left). If both eyes of faces are given, m is even and the rows are left,
# right, left, right, so that a network that looks at both eyes can pair them.
Predict = Callable[[Crops, Angles], Angles]

# Gaze (m, 2), condition (m, 5) and covariance (m, 3) of m eyes; None if a model does not have them.
Answers = tuple[Tensor, Tensor | None, Tensor | None]

Ask = Callable[[Crops, Angles], Answers]  # crops and head angles as for `Predict`, to all outputs of a model


def into_the_lens(crops: Crops, head: Angles) -> Angles:
    """The constant answer that wins the zero test: every test shows it beside the models."""
    return np.zeros((len(crops), 2), np.float32)


def along_the_head(crops: Crops, head: Angles) -> Angles:
    """The answer that the gaze is where the face points."""
    return np.asarray(head, np.float32)


CONSTANTS: dict[str, Predict] = {"into the lens": into_the_lens, "along the head": along_the_head}


def in_batches(predict: Predict, crops: Crops, head: Angles, size: int = 1024) -> Angles:
    """`predict` over many crops, an even number at a time."""
    parts = [predict(crops[i : i + size], head[i : i + size]) for i in range(0, len(crops), size)]
    return np.concatenate(parts).astype(np.float32) if parts else np.zeros((0, 2), np.float32)
