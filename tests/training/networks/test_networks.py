from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import ValidationError

import gaze_training
from gaze_demo.errors import UserError
from gaze_training.angles import angle_between, pitch_yaw_to_vector
from gaze_training.config import read_config
from gaze_training.networks.confidence import Confidence
from gaze_training.networks.cost import cost_of
from gaze_training.networks.ensemble import Ensemble
from gaze_training.networks.spec import NetworkSpec, build_network, grown_from
from gaze_training.networks.store import load_network, load_networks, save_network

CONFIGS = Path(gaze_training.__file__).parents[1] / "configs"
WIDTHS = (1.0, 0.75, 0.5, 0.25, 0.125, 0.0625)
MEMBER = NetworkSpec(kind="mobilenet", width=0.125, depth=0.5)


def batch(count: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(count, 1, 36, 60, generator=generator) * 255, torch.randn(count, 2, generator=generator) * 0.2


@pytest.mark.parametrize("width", WIDTHS)
def test_a_mobilenet_of_each_width_has_four_maps_of_the_teachers_sizes(width: float) -> None:
    student = build_network(NetworkSpec(kind="mobilenet", width=width)).eval()
    teacher = build_network(NetworkSpec(kind="residual", width=0.25)).eval()
    own, other = student(*batch()), teacher(*batch())
    assert own.gaze.shape == (3, 2)
    assert own.embedding.shape == (3, student.embedding_width)
    assert [tuple(m.shape[2:]) for m in own.features] == [tuple(m.shape[2:]) for m in other.features]
    assert tuple(m.shape[1] for m in own.features) == student.group_channels


@pytest.mark.parametrize("config", ["mobilenet25", "mobilenet25-live", "mobilenet25-refined", "mobilenet25-confidence"])
def test_mobilenet25_has_at_most_a_hundred_thousand_parameters(config: str) -> None:
    spec = read_config(CONFIGS / f"{config}.toml").network
    assert cost_of(build_network(spec)).parameters <= 100_000


GROWN = MEMBER.model_copy(update={"refined": (1, 0, 2, 1), "halving_kernel": 5})


def test_a_network_grows_into_a_larger_one_that_answers_as_it_did_and_learns() -> None:
    plain, large = build_network(MEMBER).eval(), build_network(GROWN)
    assert MEMBER.grows_into(GROWN)
    grown_from(plain, large)
    assert cost_of(large).parameters > cost_of(plain).parameters
    assert torch.allclose(large.eval()(*batch()).gaze, plain(*batch()).gaze, atol=1e-6)
    optimiser = torch.optim.SGD(large.parameters(), 0.1)
    for _ in range(2):  # a refinement's scale leaves 0 first, then the layer behind it learns
        optimiser.zero_grad()
        large.train()(*batch()).gaze.square().sum().backward()
        optimiser.step()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for n, p in large.named_parameters() if "gaze" not in n)


@pytest.mark.parametrize("other", [{"width": 0.25}, {"kind": "residual"}, {"depth": 1.0}])
def test_a_network_does_not_grow_into_another_kind_nor_shrink(other: dict[str, object]) -> None:
    assert not MEMBER.grows_into(MEMBER.model_copy(update=other))
    assert not GROWN.grows_into(MEMBER)


@pytest.mark.parametrize("more", [{"refined": (0, 1, 0, 0)}, {"halving_kernel": 5}])
def test_what_other_networks_do_not_have_is_not_ignored(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="of a mobilenet alone"):
        NetworkSpec(kind="residual", **more)


def test_parameters_and_macs_grow_with_the_width() -> None:
    costs = [cost_of(build_network(NetworkSpec(kind="mobilenet", width=w))) for w in WIDTHS]
    assert all(a.parameters > b.parameters and a.macs > b.macs for a, b in pairwise(costs))


def test_macs_are_those_of_the_layers() -> None:
    network = build_network(NetworkSpec(kind="mobilenet", width=0.125, depth=0.5))
    by_hand = 0
    maps: dict[torch.nn.Module, int] = {}
    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d):
            layer.register_forward_hook(lambda m, _, out: maps.__setitem__(m, out.shape[-2] * out.shape[-1]))
    network.eval()(*batch())
    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d):
            kernel = layer.kernel_size[0] * layer.kernel_size[1] * layer.in_channels // layer.groups
            by_hand += kernel * layer.out_channels * maps[layer]
        elif isinstance(layer, torch.nn.Linear):
            by_hand += layer.in_features * layer.out_features
    assert cost_of(network).macs == by_hand
    assert maps[next(m for m in network.modules() if isinstance(m, torch.nn.Conv2d))] == 18 * 30


@pytest.mark.parametrize("kind", ["mobilenet", "residual"])
def test_light_and_contrast_of_the_camera_change_nothing(kind: str) -> None:
    network = build_network(NetworkSpec(kind=kind, width=0.25)).eval()
    eyes, head = batch()
    darker = network(eyes * 0.5 + 20, head).gaze
    assert torch.allclose(network(eyes, head).gaze, darker, atol=1e-3)


def test_a_crop_without_contrast_gives_a_finite_gaze() -> None:
    network = build_network(MEMBER).eval()
    assert torch.isfinite(network(torch.full((1, 1, 36, 60), 90.0), torch.zeros(1, 2)).gaze).all()


def test_bytes_and_floats_are_the_same_to_a_network() -> None:
    network = build_network(MEMBER).eval()
    eyes, head = batch()
    grey = eyes.to(torch.uint8)
    assert torch.equal(network(grey, head).gaze, network(grey.float(), head).gaze)


def test_the_head_pose_is_heard() -> None:
    network = build_network(MEMBER).eval()
    eyes, head = batch()
    assert not torch.allclose(network(eyes, head).gaze, network(eyes, head + 0.3).gaze)


def test_an_ensemble_looks_between_its_members() -> None:
    members = [build_network(MEMBER).eval() for _ in range(3)]
    together = Ensemble(members).eval()(*batch())
    vectors = torch.stack([pitch_yaw_to_vector(member(*batch()).gaze) for member in members]).mean(0)
    expected = torch.stack(
        [torch.asin(-vectors[:, 1] / vectors.norm(dim=1)), torch.atan2(-vectors[:, 0], -vectors[:, 2])], 1
    )
    assert float(angle_between(together.gaze, expected).detach().max()) < 1e-5
    assert together.embedding.shape == (3, 3 * members[0].embedding_width)


def test_auxiliary_outputs_are_there_when_asked_for() -> None:
    network = build_network(MEMBER.model_copy(update={"auxiliary": True})).eval()
    output = network(*batch())
    assert output.iris is not None
    assert output.iris.shape == (3, 2)
    assert output.openness is not None
    assert output.openness.shape == (3,)


def test_several_files_are_one_teacher(tmp_path: Path) -> None:
    paths = tuple(tmp_path / f"{i}.pt" for i in range(2))
    for path in paths:
        save_network(path, build_network(MEMBER), MEMBER, {"eyes": 3})
    teacher = load_networks(paths)
    assert teacher is not None
    assert isinstance(teacher.network, Ensemble)
    assert load_networks(()) is None
    save_network(tmp_path / "both.pt", teacher.network, teacher.spec, teacher.summary)
    assert torch.equal(load_network(tmp_path / "both.pt").network(*batch()).gaze, teacher.network(*batch()).gaze)


@pytest.mark.parametrize("content", [b"", b"not a network", {"format": 1}, {"format": 2}, [1]])
def test_a_file_that_is_no_network_is_one_sentence(tmp_path: Path, content: object) -> None:
    path = tmp_path / "a.pt"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content, path)
    with pytest.raises(UserError):
        load_network(path)


class Evil:
    def __reduce__(self) -> tuple[object, ...]:
        return (print, ("run",))


def test_a_file_with_code_in_it_is_refused(tmp_path: Path) -> None:
    torch.save({"format": 1, "spec": Evil()}, tmp_path / "a.pt")
    with pytest.raises(UserError, match="damaged"):
        load_network(tmp_path / "a.pt")


def test_confidence_is_positive_definite_and_folding_changes_no_answer() -> None:
    torch.manual_seed(0)
    network = build_network(MEMBER.model_copy(update={"confidence": True}))
    for _ in range(20):
        network(*batch(16))  # statistics unlike those that it began with
    before = network.eval()(*batch())
    assert before.condition is not None
    assert before.covariance is not None
    assert (before.covariance[:, 0] * before.covariance[:, 1] > before.covariance[:, 2].square()).all()
    confidence = network.get_submodule("head.confidence")
    assert isinstance(confidence, Confidence)
    confidence.fold()
    after = network(*batch())
    assert after.condition is not None
    assert torch.allclose(after.condition, before.condition, atol=1e-5)
    assert not [module for module in confidence.modules() if isinstance(module, torch.nn.BatchNorm2d)]


def test_an_ensemble_that_disagrees_is_less_sure() -> None:
    sure = MEMBER.model_copy(update={"confidence": True})
    members = [build_network(sure).eval() for _ in range(2)]
    with torch.no_grad():
        members[1].get_submodule("head.gaze").bias += torch.tensor([0.2, 0.0])
        spread = Ensemble(members).eval()(*batch()).covariance
        alone = torch.stack([member(*batch()).covariance for member in members]).mean(0)
    assert spread is not None
    assert ((spread - alone)[:, 0] > 0.005).all()
    assert ((spread - alone)[:, 1].abs() < 0.002).all()
