"""Batch norm over all processes, on any device: torch's own SyncBatchNorm is for GPUs alone."""

from __future__ import annotations

import torch
import torch.distributed as dist
import torch.distributed.nn.functional as dist_nn
from torch import Tensor, nn


class SharedBatchNorm(nn.BatchNorm2d):
    """Statistics of the whole batch, whichever process holds its parts; the parts have to be of one size."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        assert self.running_mean is not None  # there unless switched off, which nothing here does
        assert self.running_var is not None
        assert self.momentum is not None
        world = dist.get_world_size()
        moments = torch.stack([x.mean((0, 2, 3)), x.square().mean((0, 2, 3))])
        mean, square = (dist_nn.all_reduce(moments) / world).unbind(0)
        variance = (square - mean.square()).clamp(min=0.0)
        with torch.no_grad():
            count = x.numel() // x.shape[1] * world
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * count / max(count - 1, 1), self.momentum)
        scale = self.weight * torch.rsqrt(variance + self.eps)
        return x * scale[:, None, None] + (self.bias - mean * scale)[:, None, None]


def share_batch_norm(module: nn.Module) -> nn.Module:
    """The same network with every batch norm in it shared among the processes; its weights stay the same tensors."""
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm2d):
            shared = SharedBatchNorm(child.num_features, child.eps, child.momentum or 0.1)
            shared.load_state_dict(child.state_dict())
            setattr(module, name, shared)
        else:
            share_batch_norm(child)
    return module
