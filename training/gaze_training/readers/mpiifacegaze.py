"""MPIIFaceGaze: Zhang, Sugano, Fritz, Bulling, "It's Written All Over Your Face" (CVPR workshops 2017).

`pNN/pNN.txt` has a line a picture: 1 its path; 2-3 the point on the screen in px; 4-15 six landmarks; 16-21 head
rotation and translation; 22-24 the face's centre and 25-27 the gaze target, both in mm in the camera frame (x right, y
down, z away from the camera: OpenCV's, as here); 28 the eye of MPIIGaze's evaluation subset. `pNN/Calibration/
Camera.mat` has `cameraMatrix` and `distCoeffs` (the data set's own readme). The target lies on the screen, so one point
labels both eyes. Face, pose and crops are measured anew by the app's own code.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, Intrinsics
from gaze_training.data.sample import Faces
from gaze_training.readers.files import checked, folders, read_image, read_mat
from gaze_training.readers.measured import (
    Observes,
    OpenObserver,
    face_with_target,
    join,
    observe,
    open_observer,
    person_number,
)

_TARGET = slice(24, 27)
_COLUMNS = 27


def read_mpiifacegaze(root: Path, open_observer: OpenObserver = open_observer) -> Iterator[Faces]:
    """One `Faces` a person. Raises UserError where a file is missing or not as described."""
    people = folders(root, r"p\d\d", "MPIIFaceGaze (p00 to p14)")
    with open_observer() as observer:
        for folder in people:
            person = join(_read_person(folder, observer))
            if person is not None:
                yield person


def _read_person(folder: Path, observer: Observes) -> Iterator[Faces | None]:
    matrix, distortion = _camera(folder / "Calibration" / "Camera.mat")
    number = person_number("mpiifacegaze", folder.name)
    for name, target_mm in _annotation(folder / f"{folder.name}.txt"):
        image = read_image(folder / name)
        if image is None:
            continue
        height, width = image.shape[:2]
        camera = Intrinsics(width, height, matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2], tuple(distortion))
        yield face_with_target(observe(observer, image, camera), target_mm, number)


def _camera(path: Path) -> tuple[Array, Array]:
    content = read_mat(path)
    matrix = checked(content.get("cameraMatrix"), (3, 3), "cameraMatrix", path)
    distortion = checked(np.ravel(content.get("distCoeffs", np.zeros(5))), (None,), "distCoeffs", path)
    return matrix, distortion


def _annotation(path: Path) -> list[tuple[str, Array]]:
    """File and gaze target (3,) in mm of each picture."""
    try:
        lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise UserError(f"{path} is missing or broken: unpack MPIIFaceGaze again.") from error
    rows = []
    for line in lines:
        name = Path(line[0])
        if len(line) < _COLUMNS or name.is_absolute() or ".." in name.parts:
            raise UserError(f"{path} is not an annotation of MPIIFaceGaze: each line has {_COLUMNS} columns or more.")
        rows.append((str(name), checked(_numbers(line[_TARGET]), (3,), "the gaze target", path)))
    return rows


def _numbers(words: list[str]) -> list[float]:
    try:
        return [float(word) for word in words]
    except ValueError:
        return []
