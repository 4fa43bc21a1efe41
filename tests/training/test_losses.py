from dataclasses import replace

import torch

from gaze_training.config import LabelConfig
from gaze_training.eyes import Eyes
from gaze_training.losses import Supervision, squared_distance, true_condition, unlikelihood
from gaze_training.networks.output import GazeOutput
from training.drawn_eyes import drawn_faces


def correlated(count: int = 4000) -> tuple[torch.Tensor, torch.Tensor]:
    """Errors and the covariance (variance of pitch, of yaw, covariance) that they were drawn with."""
    root = torch.tensor([[0.1, 0.0], [0.06, 0.05]])
    covariance = root @ root.T
    told = torch.stack([covariance[0, 0], covariance[1, 1], covariance[0, 1]])
    return torch.randn(count, 2, generator=torch.Generator().manual_seed(0)) @ root.T, told.expand(count, 3)


def test_the_likelihood_is_highest_at_the_true_covariance() -> None:
    error, covariance = correlated()
    best = unlikelihood(error, covariance)
    others = [covariance * 1.3, covariance / 1.3, covariance * torch.tensor([1.0, 1.0, 0.0])]
    assert all(unlikelihood(error, other) > best for other in others)
    assert abs(float((squared_distance(error, covariance) < 5.991).float().mean()) - 0.95) < 0.01


def test_unknown_errors_count_nothing() -> None:
    error, covariance = correlated(6)
    error[::2] = torch.nan
    assert torch.allclose(unlikelihood(error, covariance), unlikelihood(error[1::2], covariance[1::2]))
    assert unlikelihood(error[::2], covariance[::2]) == 0


def test_confidence_teaches_the_covariance_but_not_the_gaze() -> None:
    eyes = Eyes.from_faces(drawn_faces(10))
    gaze = torch.zeros(len(eyes), 2, requires_grad=True)
    spread = torch.full((len(eyes), 3), 0.0, requires_grad=True)
    condition = torch.full((len(eyes), 5), 0.5, requires_grad=True)
    output = GazeOutput(gaze, gaze, condition=condition, covariance=torch.tensor([0.01, 0.01, 0.0]) + spread)
    Supervision(LabelConfig()).confidence(output, eyes, None).backward()
    assert gaze.grad is None
    assert spread.grad is not None
    assert spread.grad.abs().sum() > 0


def test_the_condition_is_learnt_where_it_is_known() -> None:
    eyes = Eyes.from_faces(drawn_faces(10))
    eyes = replace(eyes, openness=torch.full((len(eyes),), 0.2))  # nothing else of drawn eyes' condition is known
    condition = torch.full((len(eyes), 5), 0.9, requires_grad=True)
    output = GazeOutput(
        eyes.gaze, eyes.gaze, condition=condition, covariance=torch.tensor([[0.01, 0.01, 0.0]]).expand(len(eyes), 3)
    )
    Supervision(LabelConfig(likelihood=0.0)).confidence(output, eyes, None).backward()
    assert condition.grad is not None
    assert (condition.grad[:, 1] > 0).all()  # half open is less than told
    assert condition.grad[:, [0, 2, 3, 4]].abs().sum() == 0
    assert torch.allclose(true_condition(eyes)[:, 1], torch.tensor(0.5))


def test_a_network_that_tells_no_confidence_has_no_such_loss() -> None:
    eyes = Eyes.from_faces(drawn_faces(3))
    assert Supervision(LabelConfig()).confidence(GazeOutput(eyes.gaze, eyes.gaze), eyes, None) == 0
