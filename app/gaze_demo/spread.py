"""Mean and percentiles of an endless stream of numbers, in bounded memory."""

from __future__ import annotations

import random

import numpy as np

KEPT = 4096


class Spread:
    """The mean is exact; percentiles are those of a sample of at most `KEPT` numbers, each as likely to be kept as any
    other (algorithm R: Vitter, "Random Sampling with a Reservoir", 1985).

    Attributes: `count`, `total`.
    """

    def __init__(self) -> None:
        self.count = 0
        self.total = 0.0
        self._kept: list[float] = []
        self._random = random.Random(0)

    def add(self, value: float) -> None:
        self.count += 1
        self.total += value
        if len(self._kept) < KEPT:
            self._kept.append(value)
        elif (place := self._random.randrange(self.count)) < KEPT:
            self._kept[place] = value

    @property
    def mean(self) -> float:
        """NaN if nothing was added."""
        return self.total / self.count if self.count else float("nan")

    def percentile(self, percent: float) -> float:
        """NaN if nothing was added."""
        return float(np.percentile(self._kept, percent)) if self._kept else float("nan")
