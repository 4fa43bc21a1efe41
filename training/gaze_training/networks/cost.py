"""What a network costs: parameters and multiply-accumulates."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gaze_demo.normalisation.normalise import HEIGHT_PX, WIDTH_PX
from gaze_training.networks.output import GazeNetwork


@dataclass(frozen=True)
class Cost:
    """`parameters`: learnt numbers. `macs`: multiply-accumulates of convolutions and linear layers for one eye."""

    parameters: int
    macs: int


def cost_of(network: GazeNetwork) -> Cost:
    """Counted on one eye with the complete network; the auxiliary outputs' linear layer included."""
    macs = 0

    def count(module: nn.Module, _: object, output: Tensor) -> None:
        nonlocal macs
        if isinstance(module, nn.Conv2d):
            macs += output[0].numel() * module.weight[0].numel()
        elif isinstance(module, nn.Linear):
            macs += module.weight.numel()

    hooks = [m.register_forward_hook(count) for m in network.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    training = network.training
    device = next(network.parameters()).device
    network.eval()
    with torch.no_grad():
        network(torch.zeros(1, 1, HEIGHT_PX, WIDTH_PX, device=device), torch.zeros(1, 2, device=device))
    network.train(training)
    for hook in hooks:
        hook.remove()
    return Cost(sum(p.numel() for p in network.parameters()), macs)
