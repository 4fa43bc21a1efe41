import numpy as np
import pytest
import torch

from gaze_demo.errors import UserError
from gaze_training.centre import centre, lens_offset
from gaze_training.data.split import is_heldout
from gaze_training.evaluate.lens_faces import LensFaces
from gaze_training.networks.ensemble import Ensemble
from gaze_training.networks.mobilenet import MobileNet
from gaze_training.networks.output import GazeNetwork


def portraits(held_out: bool, count: int = 12) -> LensFaces:
    """Noise that stands for people who are all held out, or all not."""
    rng = np.random.default_rng(0)
    names = [f"{k:03d}" for k in range(1000) if is_heldout("town", f"{k:03d}") == held_out][:count]
    return LensFaces(
        name=np.array(names),
        group=np.full(count, "town"),
        person=np.array(names),
        crops=rng.integers(0, 255, (count, 2, 36, 60)).astype(np.uint8),
        head=rng.normal(0, 0.1, (count, 2, 2)).astype(np.float32),
        rotation=np.tile(np.eye(3, dtype=np.float32), (count, 2, 1, 1)),
        centre_mm=np.zeros((count, 2, 3), np.float32),
        openness=np.full((count, 2), 0.3, np.float32),
        iris_up_mm=np.zeros((count, 2), np.float32),
        valid=np.ones((count, 2), bool),
        eye_px=np.full(count, 50, np.float32),
        skin_deg=np.full(count, 30, np.float32),
    )


def leaning(*offset: float) -> GazeNetwork:
    torch.manual_seed(1)
    network = MobileNet(0.125).eval()
    with torch.no_grad():
        network.head.gaze.bias += torch.tensor(offset)
    return network


def test_a_constant_offset_goes_and_the_gain_stays() -> None:
    faces, network, upright = portraits(held_out=False), leaning(0.1, -0.05), leaning(0.0, 0.0)
    crops, head = torch.rand(8, 1, 36, 60) * 255, torch.zeros(8, 2)
    taken = centre(network, faces)
    torch.testing.assert_close(taken - lens_offset(upright, faces), torch.tensor([0.1, -0.05]))
    torch.testing.assert_close(lens_offset(network, faces), torch.zeros(2), atol=1e-6, rtol=0)
    with torch.no_grad():
        moved = network(crops, head).gaze - upright(crops, head).gaze
    torch.testing.assert_close(moved, moved[:1].expand(8, 2))


def test_each_member_of_an_ensemble_is_centred() -> None:
    faces, ensemble = portraits(held_out=False), Ensemble([leaning(0.1, 0.0), leaning(-0.3, 0.2)])
    centre(ensemble, faces)
    for member in ensemble.members:
        assert isinstance(member, GazeNetwork)
        torch.testing.assert_close(lens_offset(member, faces), torch.zeros(2), atol=1e-6, rtol=0)


def test_people_held_out_for_measuring_are_not_asked() -> None:
    with pytest.raises(UserError, match="held out"):
        centre(leaning(0.1, 0.0), portraits(held_out=True))
