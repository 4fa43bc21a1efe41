"""MPIIGaze, normalised eyes: Zhang, Sugano, Fritz, Bulling, "Appearance-Based Gaze Estimation in the Wild" (CVPR 2015).

`Data/Normalized/pNN/dayNN.mat` hold `data.left` and `data.right`, each with `image` (n, 36, 60), `gaze` (n, 3) and
`pose` (n, 3), and `filenames`. The crops are this project's own geometry: 960 px at 600 mm, 60 x 36 px. Gaze is a unit
vector in the virtual camera's frame (x right, y down, z away from it), pose the Rodrigues vector of the head, whose z
axis points into it, so that the face looks along -z (hysts/pytorch_mpiigaze, tools/preprocess_mpiigaze.py). How the
virtual cameras are turned is not stored: `Faces.rotation` is the identity, and the eyes' mean is known roughly only.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from gaze_demo.errors import UserError
from gaze_demo.geometry import FORWARD, Array
from gaze_demo.normalisation.normalise import HEIGHT_PX, WIDTH_PX
from gaze_training.data.sample import Faces
from gaze_training.readers.files import checked, folders, read_mat
from gaze_training.readers.measured import REAL, join, person_number, seen_angles

_SIDES = ("left", "right")


def read_mpiigaze(root: Path, *, evaluation_subset: bool = False) -> Iterator[Faces]:
    """One `Faces` a person, both eyes of each frame.

    With `evaluation_subset` only the eyes of the list that the field's leave-one-person-out figures use (1,500 a side
    and person) are valid. Raises UserError where a file is missing or not as described.
    """
    for folder in folders(root / "Data" / "Normalized", r"p\d\d", "MPIIGaze (Data/Normalized/p00 to p14)"):
        chosen = _evaluation_list(root, folder.name) if evaluation_subset else None
        days = sorted(folder.glob("*.mat"))
        person = join(_read_day(day, chosen) for day in days)
        if person is not None:
            person.person[:] = person_number("mpiigaze", folder.name)
            yield person


def _read_day(path: Path, chosen: set[tuple[str, str]] | None) -> Faces | None:
    content = read_mat(path)
    try:
        names = [str(name) for name in np.atleast_1d(content["filenames"])]
        eyes = [_read_eye(getattr(content["data"], side), len(names), path) for side in _SIDES]
    except (KeyError, AttributeError) as error:
        raise UserError(f"{path} is not a day of MPIIGaze: it needs data.left, data.right and filenames.") from error
    faces = Faces.empty(len(names))
    faces.renderer[:] = REAL
    faces.valid[:] = True
    for side, (crops, gaze, pose) in enumerate(eyes):
        mirrored = side == 1
        facing = np.stack([cv2.Rodrigues(p)[0] @ FORWARD for p in pose])
        faces.crops[:, side] = crops[:, :, ::-1] if mirrored else crops
        faces.gaze[:, side] = seen_angles(gaze, mirrored=mirrored)
        faces.head[:, side] = seen_angles(facing, mirrored=mirrored)
        if chosen is not None:
            faces.valid[:, side] = [(f"{path.stem}/{name}", _SIDES[side]) in chosen for name in names]
    keep = faces.valid.any(1)
    return faces.select(keep) if keep.any() else None


def _read_eye(eye: Any, count: int, path: Path) -> tuple[Array, Array, Array]:
    """Crops, gaze and pose; MATLAB drops the first axis where there is one frame."""
    image, gaze, pose = (np.asarray(getattr(eye, name)) for name in ("image", "gaze", "pose"))
    if count == 1:
        image, gaze, pose = (values.reshape(1, *values.shape[-n:]) for values, n in ((image, 2), (gaze, 1), (pose, 1)))
    return (
        checked(image, (count, HEIGHT_PX, WIDTH_PX), "image", path),
        checked(gaze, (count, 3), "gaze", path),
        checked(pose, (count, 3), "pose", path),
    )


def _evaluation_list(root: Path, person: str) -> set[tuple[str, str]]:
    """(day/file, side) of the eyes that figures are told of."""
    path = root / "Evaluation Subset" / "sample list for eye image" / f"{person}.txt"
    try:
        rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return {(name, side) for name, side in rows}
    except (OSError, ValueError) as error:
        raise UserError(f"{path} is missing or broken: it lists the eyes of MPIIGaze's evaluation subset.") from error
