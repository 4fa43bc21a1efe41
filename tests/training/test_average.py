from pathlib import Path

import pytest
import torch

from gaze_demo.errors import UserError
from gaze_training.average import between
from gaze_training.cli import main
from gaze_training.config import RunConfig
from gaze_training.eyes import Eyes
from gaze_training.metrics import predict
from gaze_training.networks.spec import NetworkSpec, build_network
from gaze_training.networks.store import StoredNetwork, load_network, save_network
from training.drawn_eyes import drawn_faces

SPEC = NetworkSpec(kind="mobilenet", width=0.125, depth=0.5)
EYES = Eyes.from_faces(drawn_faces(150))
SUMMARY = {"run": RunConfig(network=SPEC).model_dump(mode="json"), "eyes": 3}


def stored(seed: int, spec: NetworkSpec = SPEC) -> StoredNetwork:
    torch.manual_seed(seed)
    network = build_network(spec)
    with torch.no_grad():
        for _ in range(20):
            network(EYES.crops, EYES.head)
    return StoredNetwork(network.eval(), spec, SUMMARY)


def test_none_of_the_second_is_the_first_and_half_lies_between() -> None:
    first, second = stored(0), stored(1)
    answers = {share: between(first, second, share, EYES).network for share in (0.0, 0.5, 1.0)}
    last = [network.get_submodule("head.gaze").weight for network in answers.values()]
    assert torch.allclose((last[0] + last[2]) / 2, last[1], atol=1e-6)
    assert torch.equal(last[0], first.network.get_submodule("head.gaze").weight)
    statistics = [network.get_submodule("stem.1").running_var for network in answers.values()]
    assert all((one != first.network.get_submodule("stem.1").running_var).any() for one in statistics)
    assert predict(answers[0.5], EYES).isfinite().all()


def test_outputs_that_the_second_alone_has_are_left_out() -> None:
    sure = SPEC.model_copy(update={"confidence": True, "auxiliary": True})
    made = between(stored(0), stored(1, sure), 0.5, EYES)
    assert made.spec == SPEC


def test_networks_of_another_kind_are_refused() -> None:
    with pytest.raises(UserError, match="later state"):
        between(stored(0), stored(1, SPEC.model_copy(update={"width": 0.25})), 0.5, EYES)


def test_the_command_writes_the_network(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.pt", "b.pt", "c.pt")]
    for seed, path in enumerate(paths[:2]):
        network = stored(seed)
        save_network(path, network.network, network.spec, network.summary)
    drawn_faces(20).save(tmp_path / "faces" / "shard-00000.npz")
    given = [str(path) for path in paths]
    more = ["--data", str(tmp_path / "faces"), "--out", given[2]]
    assert main(["average", *given[:2], *more]) == 0
    assert load_network(paths[2]).summary["averaged"] == 0.5
    assert main(["average", *given[:2], *more, "--share", "2"]) == 2
