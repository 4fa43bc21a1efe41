"""Averages of weights over a run: a cheap rival of an ensemble."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from gaze_training.config import OptimiserConfig

_SWA_START = 0.75


class WeightAverage:
    """The average that a run's configuration asks for, batch norm statistics included.

    Exponential (EMA), with a shorter memory at the beginning so that the first random weights are soon forgotten; or
    the plain mean over the last quarter of the run (Izmailov et al., "Averaging weights leads to wider optima", UAI
    2018); or none: then it is the network itself.
    """

    def __init__(self, network: nn.Module, config: OptimiserConfig) -> None:
        self._kind, self._decay = config.average, config.ema_decay
        self.model = AveragedModel(network, multi_avg_fn=self._mix, use_buffers=True)

    def update(self, network: nn.Module, progress: float) -> None:
        """After a step; `progress` is the share of the run that is done, 0..1."""
        if self._kind == "swa" and progress < _SWA_START:
            self.model.n_averaged.zero_()  # the next one starts anew, with a copy
        self.model.update_parameters(network)

    @torch.no_grad()
    def _mix(self, averaged: Sequence[Tensor], current: Sequence[Tensor], count: Tensor | int) -> None:
        steps = int(count)
        if self._kind == "ema":
            weight = 1 - min(self._decay, (1 + steps) / (10 + steps))
        else:
            weight = 1 / (steps + 1) if self._kind == "swa" else 1.0
        if averaged[0].is_floating_point():
            torch._foreach_lerp_(list(averaged), list(current), weight)
        else:
            torch._foreach_copy_(list(averaged), list(current))
