"""What each scheme asks of a student, on outputs made by hand."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from gaze_demo.errors import UserError
from gaze_training.config import LabelConfig, RunConfig, SchemeConfig, parse_config
from gaze_training.eyes import Eyes
from gaze_training.losses import Supervision
from gaze_training.networks.output import GazeNetwork, GazeOutput
from gaze_training.networks.spec import NetworkSpec, build_network
from gaze_training.schemes.registry import SCHEMES, build_scheme
from gaze_training.schemes.scheme import Scheme, Step
from gaze_training.trainer import Trainer
from training.drawn_eyes import drawn_faces

STUDENT = build_network(NetworkSpec(kind="mobilenet", width=0.125, depth=0.5))
TEACHER = build_network(NetworkSpec(kind="residual", width=0.25)).eval()
EYES = replace(Eyes.from_faces(drawn_faces(20)).select(slice(0, 16)), index=torch.arange(16))
TRUTH = EYES.gaze


def scheme(name: str, **options: Any) -> Scheme:
    return build_scheme(SchemeConfig(name=name, options=options), STUDENT, TEACHER)


def output(gaze: Tensor, network: GazeNetwork = STUDENT) -> GazeOutput:
    sizes = ((18, 30), (9, 15), (5, 8), (3, 4))
    pairs = zip(network.group_channels, sizes, strict=True)
    maps = tuple(torch.randn(len(gaze), channels, *size) for channels, size in pairs)
    return GazeOutput(gaze, gaze, features=maps)


def loss(of: Scheme, student: Tensor, teacher: Tensor, eyes: Eyes = EYES, progress: float = 0.9) -> Tensor:
    supervision = Supervision(LabelConfig())
    return of.loss(Step(eyes, output(student), output(teacher, TEACHER), supervision, progress))


@pytest.mark.parametrize("name", SCHEMES)
def test_every_scheme_trains_and_names_its_paper(name: str) -> None:
    tree = {
        "network": {"kind": "mobilenet", "width": 0.125, "depth": 0.5},
        "scheme": {"name": name},
        "train": {"epochs": 4, "batch": 16, "warmup_epochs": 0},
    }
    some = replace(EYES, gaze=torch.where(EYES.index[:, None] < 10, torch.nan, EYES.gaze))
    trained = Trainer(parse_config(tree, "test"), TEACHER).fit(some, EYES, show=False)
    assert not trained.diverged
    assert SCHEMES[name].paper


def test_the_baseline_does_not_listen_to_the_teacher() -> None:
    student = TRUTH + 0.1
    assert loss(scheme("baseline"), student, TRUTH) == loss(scheme("baseline"), student, TRUTH + 1)
    assert float(loss(scheme("baseline"), student, TRUTH)) == pytest.approx(0.1, rel=1e-4)


@pytest.mark.parametrize("name", ["imitation", "assistant", "ensemble", "unlabelled"])
def test_imitation_is_a_mean_of_labels_and_teacher(name: str) -> None:
    mixed = loss(scheme(name, alpha=0.25), TRUTH, TRUTH + 0.2)
    assert float(mixed) == pytest.approx(0.25 * 0.2, rel=1e-4)


@pytest.mark.parametrize("name", ["unlabelled", "adaptive"])
def test_without_labels_the_teacher_counts_fully(name: str) -> None:
    nothing = torch.full_like(TRUTH, torch.nan)
    unlabelled = replace(EYES, gaze=nothing, outside=nothing)
    assert float(loss(scheme(name), TRUTH, TRUTH + 0.2, unlabelled)) == pytest.approx(0.2, rel=1e-4)


def test_a_bounded_student_that_beats_the_teacher_is_left_alone() -> None:
    better = loss(scheme("bounded"), TRUTH + 0.01, TRUTH + 0.2)
    assert float(better) == pytest.approx(0.01, rel=1e-3)  # the labels alone
    assert float(loss(scheme("bounded"), TRUTH + 0.2, TRUTH + 0.1)) > 0.2 + 0.05


def test_the_bounded_loss_has_a_gradient_where_labels_are_unknown() -> None:
    eyes = replace(EYES, gaze=torch.where(torch.arange(16)[:, None] < 8, torch.nan, TRUTH))
    student = (TRUTH + 0.2).requires_grad_()
    loss(scheme("bounded"), student, TRUTH + 0.1, eyes).backward()
    assert student.grad is not None
    assert torch.isfinite(student.grad).all()
    assert float(student.grad[:8].abs().max()) == 0.0


def test_an_outside_teacher_bounds_like_a_teacher() -> None:
    eyes = replace(EYES, outside=TRUTH + 0.1)
    inside = loss(scheme("outside-bounded"), TRUTH + 0.02, TRUTH, eyes)
    assert float(inside) == pytest.approx(0.02, rel=1e-3)
    assert float(loss(scheme("outside-bounded"), TRUTH + 0.2, TRUTH, eyes)) > 0.25


def test_the_outside_teachers_pitch_can_be_left_out() -> None:
    eyes = replace(EYES, outside=TRUTH + torch.tensor([0.3, 0.1]))
    full = loss(scheme("outside", alpha=1.0), TRUTH, TRUTH, eyes)
    yaw = loss(scheme("outside", alpha=1.0, yaw_only=True), TRUTH, TRUTH, eyes)
    assert float(full) == pytest.approx(0.2, rel=1e-4)
    assert float(yaw) == pytest.approx(0.05, rel=1e-4)


def test_a_wrong_teacher_teaches_less() -> None:
    adaptive = scheme("adaptive", alpha=1.0)
    adaptive.prepare(torch.full((100, 2), 0.2), EYES)
    right = torch.where(torch.arange(16)[:, None] < 8, TRUTH + 0.02, TRUTH + 0.6)
    student = TRUTH.clone().requires_grad_()
    step = Step(EYES, output(student), output(right, TEACHER), Supervision(LabelConfig()), 0.5)
    adaptive.loss(step).backward()
    assert student.grad is not None
    assert float(student.grad[:8].abs().mean()) > 10 * float(student.grad[8:].abs().mean())


def test_the_controls_errors_are_the_teachers_in_size_and_stay_with_an_eye() -> None:
    control = scheme("noise-control", alpha=1.0)
    errors = torch.randn(4000, 2) * torch.tensor([0.1, 0.02])
    many = Eyes.concatenate(EYES, EYES)
    control.prepare(errors, many)
    assert float(loss(control, TRUTH, TRUTH)) > 0.01
    assert loss(control, TRUTH, TRUTH) == loss(control, TRUTH, TRUTH + 1)  # it knows nothing of the teacher's picture
    half = torch.arange(16)
    assert set(control.get_buffer("errors").flatten().tolist()) <= set(errors.flatten().tolist())
    assert len(control.get_buffer("errors")[half].unique()) > 16


def test_hints_ask_for_a_map_that_a_regressor_can_reach() -> None:
    hints = scheme("hints", group=1, hint_weight=1.0)
    student, teacher = output(TRUTH), output(TRUTH, TEACHER)
    reached = hints.regressors[1](student.features[1]).detach()  # type: ignore[index,operator]
    maps = (*teacher.features[:1], reached, *teacher.features[2:])
    step = Step(EYES, student, replace(teacher, features=maps), Supervision(LabelConfig()), 0.1)
    assert float(hints.loss(step).detach()) == pytest.approx(0.0, abs=1e-9)
    assert float(hints.loss(replace(step, teacher=teacher)).detach()) > 0.5


def test_staged_hints_go_through_the_groups_and_fade_out() -> None:
    staged = scheme("staged-hints", hint_share=0.4, fade_share=0.8)
    hinted = []
    for progress in (0.0, 0.15, 0.25, 0.35, 0.5, 0.9):
        staged.zero_grad()
        loss(staged, TRUTH.clone().requires_grad_(), TRUTH + 0.1, progress=progress).backward()
        gradients = [r.weight.grad for r in staged.regressors]  # type: ignore[union-attr]
        hinted.append([i for i, g in enumerate(gradients) if g is not None and float(g.abs().max()) > 0])
    assert hinted == [[0], [1], [2], [3], [3], []]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (SchemeConfig(name="magic"), "no scheme"),
        (SchemeConfig(name="imitation", options={"beta": 1.0}), "not an option"),
        (SchemeConfig(name="imitation", options={"alpha": "much"}), "same type"),
        (SchemeConfig(name="outside", options={"yaw_only": 1.0}), "same type"),
        (SchemeConfig(name="hints", options={"group": 7.0}), "groups are 0 to 3"),
        (SchemeConfig(name="hints", options={"group": -1.0}), "groups are 0 to 3"),
    ],
)
def test_a_wrong_scheme_is_one_sentence(config: SchemeConfig, message: str) -> None:
    with pytest.raises(UserError, match=message):
        build_scheme(config, STUDENT, TEACHER)


def test_a_missing_teacher_is_one_sentence() -> None:
    with pytest.raises(UserError, match=r"scheme\.teachers"):
        Trainer(RunConfig(scheme=SchemeConfig(name="imitation")))
