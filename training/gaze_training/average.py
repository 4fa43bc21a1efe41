"""Averages of weights: over a run, as a cheap alternative to an ensemble, and between a run's start and its end."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from gaze_demo.errors import UserError
from gaze_training.augment import Augment
from gaze_training.config import AugmentConfig, OptimiserConfig
from gaze_training.eyes import Eyes
from gaze_training.networks.spec import build_network
from gaze_training.networks.store import StoredNetwork
from gaze_training.provenance import AVERAGED

_SWA_START = 0.75
_BATCH, _BATCHES = 256, 16


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
            self.model.n_averaged.zero_()  # the next update starts with a new copy
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


def between(before: StoredNetwork, after: StoredNetwork, share: float, eyes: Eyes) -> StoredNetwork:
    """A network with `share` of the weights of `after` and the rest of `before`, from which `after` was trained.

    It often keeps the skills of the first and has those of the second (Wortsman et al., "Robust fine-tuning of
    zero-shot models", CVPR 2022). Outputs that only one of them has are left out. Batch norms get their statistics from
    `eyes`, disturbed as in training. Raises UserError if one network did not grow from the other.
    """
    if not before.spec.grows_into(after.spec) or before.spec.refined != after.spec.refined:
        raise UserError("Only the weights of a network and a later state of the same network can be averaged.")
    network, later = build_network(before.spec), after.network.state_dict()
    if any(later[name].shape != value.shape for name, value in network.state_dict().items()):
        raise UserError("Only weights of networks with layers of the same size can be averaged.")
    weights = {
        name: torch.lerp(value, later[name], share) if value.is_floating_point() else value
        for name, value in before.network.state_dict().items()
    }
    network.load_state_dict(weights)
    _renew_statistics(network, eyes)
    summary = {**after.summary, AVERAGED: share}
    return StoredNetwork(network.eval(), before.spec, summary)


@torch.no_grad()
def _renew_statistics(network: nn.Module, eyes: Eyes) -> None:
    """Batch norm statistics as the mean over some batches of disturbed eyes."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None
    order = torch.randperm(len(eyes), generator=torch.Generator().manual_seed(0))[: _BATCHES * _BATCH]
    augment = Augment(AugmentConfig(), torch.Generator().manual_seed(0))
    network.train()
    for start in range(0, max(1, len(order) - _BATCH + 1), _BATCH):
        seen = augment(eyes.select(order[start : start + _BATCH]))
        network(seen.crops, seen.head)
    network.eval()
