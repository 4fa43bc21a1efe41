import os
import subprocess
import sys
from pathlib import Path

import torch

import gaze_training
from gaze_demo import paths
from gaze_training.networks.spec import NetworkSpec, build_network
from gaze_training.networks.store import load_network

LAUNCHER = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")


def weights_of(folder: Path, *launcher: str, precision: str = "64-true") -> torch.Tensor:
    """In single precision the order of a sum already changes which ReLU is open, and AdamW makes a full step of it."""
    packages = [Path(gaze_training.__file__).parents[1], Path(paths.__file__).parents[1]]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, packages)), "OMP_NUM_THREADS": "1"}
    script = Path(__file__).with_name("one_of_many.py")
    command = [sys.executable, *launcher, str(script), str(folder), precision]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    return torch.nn.utils.parameters_to_vector(load_network(folder / "network.pt").network.parameters())


def test_two_gloo_processes_give_the_same_weights_as_one(tmp_path: Path) -> None:
    alone, together = weights_of(tmp_path / "one"), weights_of(tmp_path / "two", *LAUNCHER)
    assert torch.allclose(alone, together, atol=1e-6)
    torch.manual_seed(0)
    untrained = build_network(NetworkSpec(kind="mobilenet", width=0.125, depth=0.5))
    assert not torch.allclose(alone, torch.nn.utils.parameters_to_vector(untrained.parameters()), atol=1e-3)


def test_two_processes_train_in_mixed_precision(tmp_path: Path) -> None:
    weights = weights_of(tmp_path, *LAUNCHER, precision="bf16-mixed")
    assert weights.dtype == torch.float32
    assert weights.isfinite().all()
