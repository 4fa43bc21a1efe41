"""Where training runs: one CPU thread by default, a GPU where there is one, several processes under torchrun."""

from __future__ import annotations

from typing import Any

import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies.ddp import DDPStrategy

from gaze_demo.errors import UserError

DEVICES = ("auto", "cpu", "cuda", "mps")


def make_fabric(device: str = "auto", precision: str = "auto", processes: int = 1, nodes: int = 1) -> Fabric:
    """The engine for a run; `processes` on each of `nodes`, more than one in all only under torchrun.

    `precision` auto: mixed on a GPU, 32 bits elsewhere. Raises UserError for a device that is not there.
    """
    if device not in DEVICES:
        raise UserError(f"--device {device}: choose one of {', '.join(DEVICES)}.")
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if device == "auto":
        device = next(name for name, there in present.items() if there)
    if not present[device]:
        raise UserError(f"--device {device}: this machine has none that torch can use; try --device auto.")
    if precision == "auto":
        precision = "16-mixed" if device == "cuda" else "32"
    strategy: Any = "auto"
    if processes * nodes > 1:
        # staged hints leave the last layers without a gradient for a while
        strategy = DDPStrategy(
            find_unused_parameters=True, process_group_backend="nccl" if device == "cuda" else "gloo"
        )
    fabric = Fabric(accelerator=device, devices=processes, num_nodes=nodes, strategy=strategy, precision=precision)  # type: ignore[arg-type]
    if processes * nodes > 1:
        fabric.launch()
    return fabric


def set_threads(count: int = 1) -> None:
    """Threads of one process: one is the fastest for nets this small, and leaves the other cores to other runs."""
    torch.set_num_threads(count)
