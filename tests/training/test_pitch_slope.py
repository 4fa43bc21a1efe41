from dataclasses import replace

import pytest
import torch

from gaze_demo.errors import UserError
from gaze_training.eyes import Eyes
from gaze_training.metrics import asker, predict
from gaze_training.networks.ensemble import Ensemble
from gaze_training.networks.mobilenet import MobileNet
from gaze_training.networks.output import GazeNetwork
from gaze_training.networks.spec import NetworkSpec, build_network
from gaze_training.pitch_slope import level_pitch
from training.drawn_eyes import drawn_faces

EYES = Eyes.from_faces(drawn_faces(200))


def network(seed: int) -> GazeNetwork:
    torch.manual_seed(seed)
    made = MobileNet(0.125).eval()
    with torch.no_grad():
        made.head.gaze.weight.mul_(4.0)
    return made


def eyes_with(pitch: torch.Tensor) -> Eyes:
    return replace(EYES, gaze=torch.stack([pitch, EYES.gaze[:, 1]], 1))


@pytest.mark.parametrize("members", [1, 2])
@pytest.mark.parametrize("factor", [0.8, 1.1])
def test_pitch_that_goes_too_far_is_scaled_and_yaw_stays(members: int, factor: float) -> None:
    networks = [network(seed) for seed in range(members)]
    asked = Ensemble(networks).eval() if members > 1 else networks[0]
    before = predict(asked, EYES)
    assert level_pitch(asked, eyes_with(0.05 + factor * before[:, 0])) == pytest.approx(factor, abs=1e-3)
    after = predict(asked, EYES)
    torch.testing.assert_close(after[:, 0], factor * before[:, 0], atol=2e-4, rtol=0)
    torch.testing.assert_close(after[:, 1], before[:, 1], atol=2e-4, rtol=0)


def test_the_variance_of_pitch_follows_and_that_of_yaw_hardly_changes() -> None:
    torch.manual_seed(0)
    spec = NetworkSpec(kind="mobilenet", width=0.125, depth=0.5, confidence=True)
    asked = build_network(spec).eval()
    with torch.no_grad():
        asked.get_submodule("head.gaze").weight.mul_(4.0)
    ask = asker(asked)
    gaze, _, before = ask(EYES.crops[:, 0].numpy(), EYES.head.numpy())
    level_pitch(asked, eyes_with(0.8 * gaze[:, 0]))
    _, _, after = ask(EYES.crops[:, 0].numpy(), EYES.head.numpy())
    assert before is not None
    assert after is not None
    assert (after / before)[:, 0].mean() == pytest.approx(0.64, abs=0.03)
    assert (after / before)[:, 1].mean() == pytest.approx(1.0, abs=0.02)


def test_afterwards_there_is_nothing_left_to_scale() -> None:
    asked = network(3)
    eyes = eyes_with(0.9 * predict(asked, EYES)[:, 0])
    level_pitch(asked, eyes)
    assert level_pitch(asked, eyes) == pytest.approx(1.0, abs=1e-4)


def test_eyes_without_a_gaze_or_of_another_kind_are_one_sentence() -> None:
    asked = network(4)
    with pytest.raises(UserError, match="known gaze"):
        level_pitch(asked, replace(EYES, gaze=torch.full_like(EYES.gaze, torch.nan)))
    with pytest.raises(UserError, match="do not fit"):
        level_pitch(asked, eyes_with(-predict(asked, EYES)[:, 0]))
