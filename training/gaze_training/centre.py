"""Removes a network's constant offset on real people, without changing its gain. Rendered eyes differ from real ones: a
network estimates real people's gaze a degree or two too high. People who look into the lens show how much; those held
out for measuring are not used.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gaze_demo.errors import UserError
from gaze_training.evaluate.lens_faces import LensFaces
from gaze_training.evaluate.predict import in_batches
from gaze_training.evaluate.zero import heldout_mask
from gaze_training.metrics import predictor
from gaze_training.networks.ensemble import Ensemble
from gaze_training.networks.output import GazeNetwork


def centre(network: GazeNetwork, faces: LensFaces) -> Tensor:
    """Shift the last layer of a network, or of each member of an ensemble, in place.

    Returns the removed offset, (2,) pitch and yaw in radians, mirrored normalised frame, mean over members: yaw + is
    towards the nose. Raises UserError if all people are held out.
    """
    asked = faces.where(faces.open & ~heldout_mask(faces))
    if not len(asked):
        raise UserError(
            "--centre: all people in these photographs are held out for evaluation: add photographs of others."
        )
    members = [*network.members] if isinstance(network, Ensemble) else [network]
    offsets = []
    for member in members:
        assert isinstance(member, GazeNetwork)
        offsets.append(lens_offset(member, asked))
        last = member.get_submodule("head.gaze")
        assert isinstance(last, torch.nn.Linear)
        with torch.no_grad():
            last.bias.sub_(offsets[-1].to(last.bias))
    return torch.stack(offsets).mean(0)


def lens_offset(network: GazeNetwork, faces: LensFaces) -> Tensor:
    """Mean answer (2,) to single eyes that look into the lens, with equal weight for each person; 0 is correct."""
    n = len(faces)
    crops, head = faces.crops.reshape(2 * n, *faces.crops.shape[2:]), faces.head.reshape(2 * n, 2)
    answers = in_batches(predictor(network), crops, head).reshape(n, 2, 2).mean(1)
    person = np.char.add(np.char.add(faces.group, "/"), faces.person)
    means = np.stack([answers[person == one].mean(0) for one in np.unique(person)])
    return torch.from_numpy(means.mean(0))
