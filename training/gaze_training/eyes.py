"""Single eyes as tensors: what a network is trained on."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from torch import Tensor

from gaze_demo.normalisation.normalise import HEIGHT_PX, WIDTH_PX
from gaze_training.data.sample import Faces


@dataclass(frozen=True, eq=False)
class Eyes:
    """M eyes, right ones mirrored; angles (pitch, yaw) in radians, NaN where unknown.

    `crops`: (M, 1, 36, 60) uint8, or float after augmentation, 0..255. `gaze`, `head`, `outside`: (M, 2). `iris`:
    (M, 2) x, y as shares of the crop. `openness`: (M,). `index`: (M,) place in the whole set, which stays with an eye.
    `face`: (M,) index of its face; `side`: (M,) 0 left, 1 right. `taught`: (M, 2) a teacher's gaze where it was asked
    once and for all.
    """

    crops: Tensor
    gaze: Tensor
    head: Tensor
    outside: Tensor
    iris: Tensor
    openness: Tensor
    index: Tensor
    face: Tensor
    side: Tensor
    taught: Tensor

    @classmethod
    def from_faces(cls, faces: Faces, labelled: bool = True) -> Eyes:
        """The valid eyes of all faces; not `labelled`: their exact gaze is withheld."""
        face, side = np.nonzero(faces.valid & np.isfinite(faces.head).all(-1))

        def tensor(array: np.ndarray) -> Tensor:
            return torch.from_numpy(np.ascontiguousarray(array[face, side]))

        gaze = tensor(faces.gaze)
        return cls(
            crops=tensor(faces.crops)[:, None],
            gaze=gaze if labelled else torch.full_like(gaze, torch.nan),
            head=tensor(faces.head),
            outside=tensor(faces.outside),
            iris=tensor(faces.iris_px) / torch.tensor([float(WIDTH_PX), float(HEIGHT_PX)]),
            openness=tensor(faces.openness),
            index=torch.arange(len(face)),
            face=torch.from_numpy(face),
            side=torch.from_numpy(side),
            taught=torch.full_like(gaze, torch.nan),
        )

    @classmethod
    def concatenate(cls, first: Eyes, second: Eyes) -> Eyes:
        """Both sets as one; the second's indices and faces are counted on."""
        faces = int(first.face.max()) + 1 if len(first) else 0
        moved = replace(second, index=second.index + len(first), face=second.face + faces)
        return cls(**{f.name: torch.cat([getattr(first, f.name), getattr(moved, f.name)]) for f in fields(cls)})

    def __len__(self) -> int:
        return len(self.crops)

    def select(self, index: Tensor | slice) -> Eyes:
        return Eyes(**{f.name: getattr(self, f.name)[index] for f in fields(self)})

    def to(self, device: torch.device) -> Eyes:
        return Eyes(**{f.name: getattr(self, f.name).to(device) for f in fields(self)})
