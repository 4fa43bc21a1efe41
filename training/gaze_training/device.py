"""Where training runs: one CPU thread by default, a GPU if there is one, several processes under torchrun."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies.ddp import DDPStrategy

from gaze_demo.errors import UserError


def make_fabric(device: str = "auto", precision: str = "auto", processes: int = 1, nodes: int = 1) -> Fabric:
    """The engine for a run; `processes` on each of `nodes`, more than one in all only under torchrun.

    `precision` auto: mixed on CUDA, 32 bits elsewhere. Raises UserError if the device does not exist.
    """
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if device == "auto":
        device = next(name for name, there in present.items() if there)
    if not present.get(device):
        raise UserError(f"--device {device}: torch finds none here; try --device auto.")
    if precision == "auto":
        precision = "16-mixed" if device == "cuda" else "32"
    strategy: Any = "auto"
    if processes * nodes > 1:
        backend = "nccl" if device == "cuda" else "gloo"
        # staged hints leave the last layers without a gradient for a while
        strategy = DDPStrategy(find_unused_parameters=True, process_group_backend=backend)
    fabric = Fabric(accelerator=device, devices=processes, num_nodes=nodes, strategy=strategy, precision=precision)  # type: ignore[arg-type]  # checked names
    fabric.launch()
    return fabric


@contextmanager
def fabric_of_launcher(device: str, precision: str) -> Iterator[Fabric]:
    """The engine for this process: one of many if torchrun started it, alone otherwise. The processes end together,
    because one that ends while another's connections are open sometimes aborts.
    """
    world, local = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("LOCAL_WORLD_SIZE", 1))
    fabric = make_fabric(device, precision, local, world // local)
    try:
        yield fabric
        fabric.barrier()
    finally:
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()


def set_threads(count: int = 1) -> None:
    """Threads of one process: a single one is the fastest for networks of this size, and leaves the other cores to
    other runs."""
    torch.set_num_threads(count)
