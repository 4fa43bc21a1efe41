"""MPIIGaze, normalised eyes: Zhang, Sugano, Fritz, Bulling, "Appearance-Based Gaze Estimation in the Wild" (CVPR 2015).

`Data/Normalized/pNN/dayNN.mat` hold `data.left` and `data.right`, each with `image` (n, 36, 60), `gaze` (n, 3) and
`pose` (n, 3), and `filenames`. The crops are this project's own geometry: 960 px at 600 mm, 60 x 36 px. Gaze is a unit
vector in the virtual camera's frame (x right, y down, z away from it), pose the Rodrigues vector of the head, whose z
axis points into it, so that the face looks along -z (hysts/pytorch_mpiigaze, tools/preprocess_mpiigaze.py). How the
virtual cameras are turned is not stored: `Faces.rotation` is the identity, and the eyes' mean is only roughly known.

The published gaze was normalised as in Sugano, Matsushita, Sato, "Learning-by-Synthesis" (CVPR 2014), which also scales
it by the distance: a true 15 deg at 500 mm is stored as 12.6. This is undone if `Data/Original` exists, whose
annotation has the distance of each eye; without it the labels stay as stored, and the reader says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from gaze_demo.errors import UserError
from gaze_demo.geometry import FORWARD, Array
from gaze_demo.normalisation.normalise import DISTANCE_MM, HEIGHT_PX, WIDTH_PX
from gaze_training.data.renderers import REAL
from gaze_training.data.sample import Faces
from gaze_training.readers.files import checked, folders, read_mat
from gaze_training.readers.measured import join, person_number, seen_angles
from gaze_training.readers.tally import Tally

_SIDES = ("left", "right")


def read_mpiigaze(root: Path, tally: Tally | None = None, *, evaluation_subset: bool = False) -> Iterator[Faces]:
    """One `Faces` per person, both eyes of each frame.

    With `evaluation_subset` only the eyes of the list that the field's leave-one-person-out figures use (1,500 a side
    and person) are valid. Raises UserError if a file is missing or not as described, or a listed eye is missing.
    """
    tally = tally or Tally()
    for folder in folders(root / "Data" / "Normalized", r"p\d\d", "MPIIGaze (Data/Normalized/p00 to p14)"):
        chosen = _evaluation_list(root, folder.name) if evaluation_subset else None
        days = sorted(folder.glob("*.mat"))
        person = join(_read_day(day, chosen, root / "Data" / "Original" / folder.name, tally) for day in days)
        missing = len(chosen or ()) - (int(person.valid.sum()) if person else 0)
        if chosen is not None and missing:
            raise UserError(
                f"{missing} eyes of {folder.name} that MPIIGaze's evaluation subset lists are not in {folder}: "
                "unpack the data set again."
            )
        if person is not None:
            person.person[:] = person_number("mpiigaze", folder.name)
            yield person


def _read_day(path: Path, chosen: set[tuple[str, str]] | None, original: Path, tally: Tally) -> Faces | None:
    content = read_mat(path)
    try:
        names = [str(name) for name in np.atleast_1d(content["filenames"])]
        eyes = [_read_eye(getattr(content["data"], side), len(names), path) for side in _SIDES]
    except (KeyError, AttributeError) as error:
        raise UserError(f"{path} is not a day of MPIIGaze: it needs data.left, data.right and filenames.") from error
    distances_mm = _distances_mm(original / path.stem / "annotation.txt", names)
    if distances_mm is None:
        tally.add("frames keep labels that are scaled by the eye's distance, as Data/Original is not there", len(names))
    faces = Faces.empty(len(names))
    faces.renderer[:] = REAL
    faces.valid[:] = True
    for side, (crops, gaze, pose) in enumerate(eyes):
        mirrored = side == 1
        if distances_mm is not None:
            gaze = gaze * np.stack([np.ones(len(gaze)), np.ones(len(gaze)), distances_mm[:, side] / DISTANCE_MM], -1)
        facing = np.stack([cv2.Rodrigues(p)[0] @ FORWARD for p in pose])
        faces.crops[:, side] = crops[:, :, ::-1] if mirrored else crops
        faces.gaze[:, side] = seen_angles(gaze, mirrored=mirrored)
        faces.head[:, side] = seen_angles(facing, mirrored=mirrored)
        if chosen is not None:
            faces.valid[:, side] = [(f"{path.stem}/{name}", _SIDES[side]) in chosen for name in names]
    keep = faces.valid.any(1)
    return faces.select(keep) if keep.any() else None


def _read_eye(eye: Any, count: int, path: Path) -> tuple[Array, Array, Array]:
    """Crops, gaze and pose; MATLAB drops the first axis if there is one frame."""
    image, gaze, pose = (np.asarray(getattr(eye, name)) for name in ("image", "gaze", "pose"))
    if count == 1:
        image, gaze, pose = (values.reshape(1, *values.shape[-n:]) for values, n in ((image, 2), (gaze, 1), (pose, 1)))
    return (
        checked(image, (count, HEIGHT_PX, WIDTH_PX), "image", path),
        checked(gaze, (count, 3), "gaze", path),
        checked(pose, (count, 3), "pose", path),
    )


# Columns of the eyes' centres in mm, camera frame, in a line of the original annotation (the data set's readme).
_LEFT_EYE, _RIGHT_EYE = slice(38, 41), slice(35, 38)


def _distances_mm(path: Path, names: list[str]) -> Array | None:
    """Distance (n, 2) from the lens to the left and right eye in each named frame; None if the file is missing.

    Line k of the annotation is of the picture 000k.jpg, counted from 1. Raises UserError if the file is not as
    described.
    """
    if not path.is_file():
        return None
    try:
        table = np.loadtxt(path, ndmin=2)
        lines = table[[int(Path(name).stem) - 1 for name in names]]
    except (OSError, ValueError, IndexError) as error:
        raise UserError(f"{path} has no line for each picture of its day: unpack MPIIGaze again.") from error
    if lines.shape[1] < _LEFT_EYE.stop:
        raise UserError(f"{path} has fewer than {_LEFT_EYE.stop} columns: unpack MPIIGaze again.")
    eyes = np.stack([lines[:, _LEFT_EYE], lines[:, _RIGHT_EYE]], 1)
    distances = np.asarray(np.linalg.norm(eyes, axis=-1), float)
    if not (np.isfinite(distances).all() and (distances > 0).all()):
        raise UserError(f"{path} has an eye without a distance: unpack MPIIGaze again.")
    return distances


def _evaluation_list(root: Path, person: str) -> set[tuple[str, str]]:
    """(day/file, side) of the eyes that published figures are about."""
    path = root / "Evaluation Subset" / "sample list for eye image" / f"{person}.txt"
    try:
        rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return {(name, side) for name, side in rows}
    except (OSError, ValueError) as error:
        raise UserError(f"{path} is missing or broken: it lists the eyes of MPIIGaze's evaluation subset.") from error
