"""Single eyes as tensors: what a network is trained on."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from torch import Tensor

from gaze_demo.normalisation.normalise import HEIGHT_PX, WIDTH_PX
from gaze_training.data.sample import ANGLES as _LABELLED_ANGLES
from gaze_training.data.sample import Faces

ANGLES = (*_LABELLED_ANGLES, "taught")  # the columns of `Eyes` that hold pitch and yaw: they turn with the crop


@dataclass(frozen=True, eq=False)
class Eyes:
    """M eyes, right ones mirrored; angles (pitch, yaw) in radians, NaN if unknown.

    `crops`: (M, 1, 36, 60) uint8, or float after augmentation, 0..255. `iris`: (M, 2) x, y as shares of the crop.
    `readable`: (M,) bool, the gaze can be learnt; False for eyes that are shut or covered. `index`: (M,) index in the
    whole set, which an eye keeps. `face`: (M,) index of its face; `side`: (M,) 0 left, 1 right. `taught`: (M, 2) a
    teacher's gaze if it was computed once in advance. The other columns are those of `Faces`, one row per eye.
    """

    crops: Tensor
    gaze: Tensor
    head: Tensor
    outside: Tensor
    openness: Tensor
    iris_visible: Tensor
    blur: Tensor
    glare: Tensor
    cover: Tensor
    iris: Tensor
    readable: Tensor
    index: Tensor
    face: Tensor
    side: Tensor
    taught: Tensor

    @classmethod
    def from_faces(cls, faces: Faces, labelled: bool = True, unreadable: bool = False) -> Eyes:
        """The valid eyes of all faces; without `labelled`, their exact gaze is removed.

        With `unreadable`, also the shut and covered eyes whose condition is known.
        """
        chosen = faces.valid | np.isfinite(faces.iris_visible) if unreadable else faces.valid
        face, side = np.nonzero(chosen & np.isfinite(faces.head).all(-1))
        own = {f.name for f in fields(cls)}
        tensors = {
            name: torch.from_numpy(np.ascontiguousarray(getattr(faces, name)[face, side]))
            for name in Faces.names_of_eyes()
            if name in own or name in ("iris_px", "valid")
        }
        unknown = torch.full_like(tensors["gaze"], torch.nan)
        tensors["crops"] = tensors["crops"][:, None]
        tensors["iris"] = tensors.pop("iris_px") / torch.tensor([float(WIDTH_PX), float(HEIGHT_PX)])
        tensors["readable"] = tensors.pop("valid")
        if not labelled:
            tensors["gaze"] = unknown
        made = cls(
            **tensors,
            index=torch.arange(len(face)),
            face=torch.from_numpy(face),
            side=torch.from_numpy(side),
            taught=unknown.clone(),
        )
        return made.without_unreadable_gaze()

    def without_unreadable_gaze(self) -> Eyes:
        """The same eyes; the gaze of unreadable eyes is unknown."""
        hidden = ~self.readable[:, None]
        return replace(
            self, **{name: getattr(self, name).masked_fill(hidden, torch.nan) for name in ("gaze", "outside", "taught")}
        )

    @classmethod
    def concatenate(cls, first: Eyes, second: Eyes) -> Eyes:
        """Both sets as one; the second one's indices and faces continue those of the first."""
        faces = int(first.face.max()) + 1 if len(first) else 0
        moved = replace(second, index=second.index + len(first), face=second.face + faces)
        return cls(**{f.name: torch.cat([getattr(first, f.name), getattr(moved, f.name)]) for f in fields(cls)})

    def __len__(self) -> int:
        return len(self.crops)

    def select(self, index: Tensor | slice) -> Eyes:
        return Eyes(**{f.name: getattr(self, f.name)[index] for f in fields(self)})

    def to(self, device: torch.device) -> Eyes:
        return Eyes(**{f.name: getattr(self, f.name).to(device) for f in fields(self)})
