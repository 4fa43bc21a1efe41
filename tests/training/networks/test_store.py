from pathlib import Path

import numpy as np
import pytest
import torch

from gaze_demo.errors import UserError
from gaze_training.networks.spec import NetworkSpec, build_network
from gaze_training.networks.store import load_network, save_network

SPEC = NetworkSpec(kind="mobilenet", width=0.0625, depth=0.5)


def test_a_network_comes_back_as_it_was(tmp_path: Path) -> None:
    network = build_network(SPEC)
    save_network(tmp_path / "network.pt", network, SPEC, {"epochs": 3})
    stored = load_network(tmp_path / "network.pt")
    assert stored.spec == SPEC
    assert stored.summary == {"epochs": 3}
    for name, value in stored.network.state_dict().items():
        assert torch.equal(value, network.state_dict()[name])


def test_no_damage_is_more_than_one_sentence(tmp_path: Path) -> None:
    path, damaged = tmp_path / "network.pt", tmp_path / "damaged.pt"
    save_network(path, build_network(SPEC), SPEC, {})
    whole, rng = path.read_bytes(), np.random.default_rng(0)
    start = whole.index(b"data.pkl")  # how the weights are named and shaped; a change in them is no damage to be seen
    refused = 0
    for _ in range(200):
        content = bytearray(whole)
        content[start + rng.integers(0, 3000)] ^= int(rng.integers(1, 256))
        damaged.write_bytes(content)
        try:
            load_network(damaged)
        except UserError:
            refused += 1
    assert refused > 20


def test_what_is_no_network_is_one_sentence(tmp_path: Path) -> None:
    torch.save({"format": 1, "spec": 3, "weights": []}, tmp_path / "a.pt")
    with pytest.raises(UserError, match="not a network"):
        load_network(tmp_path / "a.pt")
