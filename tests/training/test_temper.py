import pytest
import torch

from gaze_demo.errors import UserError
from gaze_training.evaluate.parts import held
from gaze_training.eyes import Eyes
from gaze_training.losses import squared_distance
from gaze_training.metrics import asker, predict
from gaze_training.networks.ensemble import Ensemble
from gaze_training.networks.output import GazeNetwork
from gaze_training.networks.spec import NetworkSpec, build_network
from gaze_training.temper import temper
from training.drawn_eyes import drawn_faces

SURE = NetworkSpec(kind="mobilenet", width=0.125, depth=0.5, confidence=True)
EYES = Eyes.from_faces(drawn_faces(300))


def held_by(network: GazeNetwork) -> list[float]:
    gaze, _, covariance = asker(network)(EYES.crops[:, 0].numpy(), EYES.head.numpy())
    assert covariance is not None
    squared = squared_distance(gaze - EYES.gaze, covariance)
    return [held(squared, share) for share in (0.68, 0.95)]


@pytest.mark.parametrize("members", [1, 3])
def test_ellipses_hold_what_they_say_and_the_gaze_stays(members: int) -> None:
    torch.manual_seed(0)
    networks = [build_network(SURE).eval() for _ in range(members)]
    network = Ensemble(networks).eval() if members > 1 else networks[0]
    before, gaze = held_by(network), predict(network, EYES)
    assert temper(network, EYES) > 1.2
    after = held_by(network)
    assert abs(after[0] - 0.68) < 0.15 < abs(before[0] - 0.68)
    assert abs(after[1] - 0.95) < 0.07
    assert torch.equal(predict(network, EYES), gaze)


def test_a_network_that_tells_no_covariance_is_refused() -> None:
    with pytest.raises(UserError, match="covariance"):
        temper(build_network(SURE.model_copy(update={"confidence": False})), EYES)
