import math

import pytest
import torch

from gaze_training.angles import pitch_yaw_to_vector
from gaze_training.augment import Augment
from gaze_training.config import AugmentConfig
from gaze_training.eyes import Eyes
from training.drawn_eyes import drawn_faces

STILL = dict.fromkeys(AugmentConfig.model_fields, 0.0)


def augmented(seed: int = 0, **amounts: float) -> tuple[Eyes, Eyes]:
    eyes = Eyes.from_faces(drawn_faces(40))
    config = AugmentConfig(**{**STILL, **amounts})
    return eyes, Augment(config, torch.Generator().manual_seed(seed))(eyes)


def darkest(crops: torch.Tensor) -> torch.Tensor:
    """Centre of the dark disc, x, y as shares of the crop."""
    weight = (crops < 110).float()[:, 0]
    y, x = torch.meshgrid(torch.arange(36) + 0.5, torch.arange(60) + 0.5, indexing="ij")
    total = weight.sum((1, 2))
    return torch.stack([(weight * x).sum((1, 2)) / total / 60, (weight * y).sum((1, 2)) / total / 36], 1)


def test_nothing_asked_for_changes_nothing() -> None:
    eyes, after = augmented()
    assert torch.allclose(after.crops, eyes.crops.float(), atol=0.02)
    assert torch.allclose(after.gaze, eyes.gaze, atol=1e-6)


@pytest.mark.parametrize("amounts", [{"shift_px": 2.0}, {"roll_deg": 8.0}, {"scale": 0.08}])
def test_the_iris_label_moves_with_the_picture(amounts: dict[str, float]) -> None:
    eyes, after = augmented(**amounts)
    moved = (darkest(after.crops) - darkest(eyes.crops)) * torch.tensor([60.0, 36.0])
    said = (after.iris - eyes.iris) * torch.tensor([60.0, 36.0])
    assert float((moved - said).abs().median()) < 0.15
    assert float(said.norm(dim=1).max()) > 0.5  # something did move


def test_roll_turns_gaze_and_head_alike_and_keeps_their_angle_to_the_axis() -> None:
    eyes, after = augmented(roll_deg=10.0)
    before, turned = pitch_yaw_to_vector(eyes.gaze), pitch_yaw_to_vector(after.gaze)
    assert torch.allclose(before[:, 2], turned[:, 2], atol=1e-6)
    angle = torch.atan2(turned[:, 1], turned[:, 0]) - torch.atan2(before[:, 1], before[:, 0])
    head_before, head_turned = pitch_yaw_to_vector(eyes.head), pitch_yaw_to_vector(after.head)
    head_angle = torch.atan2(head_turned[:, 1], head_turned[:, 0]) - torch.atan2(head_before[:, 1], head_before[:, 0])
    assert torch.allclose(torch.sin(angle), torch.sin(head_angle), atol=1e-3)
    assert float(angle.sin().abs().max()) > math.sin(math.radians(5))


def test_an_unknown_label_stays_unknown() -> None:
    eyes, after = augmented(roll_deg=5.0)
    assert torch.equal(eyes.outside.isnan(), after.outside.isnan())


def test_the_same_seed_gives_the_same_pictures_and_another_does_not() -> None:
    everything = {name: field.default for name, field in AugmentConfig.model_fields.items()}
    first, again, other = (augmented(seed, **everything)[1] for seed in (1, 1, 2))
    assert torch.equal(first.crops, again.crops)
    assert not torch.equal(first.crops, other.crops)


def test_crops_stay_grey_levels() -> None:
    _, after = augmented(noise=60.0, contrast=0.9, light=2.0, reflection=1.0, gamma=0.8)
    assert float(after.crops.min()) >= 0
    assert float(after.crops.max()) <= 255
