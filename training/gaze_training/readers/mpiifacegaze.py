"""MPIIFaceGaze: Zhang, Sugano, Fritz, Bulling, "It's Written All Over Your Face" (CVPR workshops 2017).

`pNN/pNN.txt` has a line per picture: 1 its path; 2-3 the point on the screen in px; 4-15 six landmarks; 16-21 head
rotation and translation; 22-24 the face's centre and 25-27 the gaze target, both in mm in the camera frame (x right, y
down, z away from the camera: OpenCV's, as here); 28 the eye of MPIIGaze's evaluation subset. `pNN/Calibration/
Camera.mat` has `cameraMatrix` and `distCoeffs` (the data set's own readme). The target lies on the screen, so one point
labels both eyes. Face, pose and crops are measured again by the app's own code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, Intrinsics
from gaze_demo.observation import Observation
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
from gaze_training.readers.screen_frame import ScreenFrame
from gaze_training.readers.tally import Tally

_POINT, _TARGET = slice(1, 3), slice(24, 27)
_COLUMNS = 27


@dataclass(frozen=True, eq=False)
class _Look:
    """A picture of the annotation, the point (2,) on the screen in px and the target (3,) in mm, camera frame."""

    file: str
    point_px: Array
    target_mm: Array


def read_mpiifacegaze(
    root: Path, tally: Tally | None = None, *, open_observer: OpenObserver = open_observer
) -> Iterator[Faces]:
    """One `Faces` per person. Raises UserError if a file is missing or not as described."""
    people = folders(root, r"p\d\d", "MPIIFaceGaze (p00 to p14)")
    with open_observer() as observer:
        for folder in people:
            number = person_number("mpiifacegaze", folder.name)
            looks = _looks(folder, observer, tally or Tally())
            person = join(face_with_target(seen, look.target_mm, number) for seen, look in looks)
            if person is not None:
                yield person


def mpiifacegaze_screen_frames(
    root: Path, tally: Tally | None = None, *, open_observer: OpenObserver = open_observer
) -> Iterator[ScreenFrame]:
    """The frames of all people with the point in px. Raises UserError if a file is missing or not as described."""
    people = folders(root, r"p\d\d", "MPIIFaceGaze (p00 to p14)")
    with open_observer() as observer:
        for folder in people:
            for seen, look in _looks(folder, observer, tally or Tally()):
                yield ScreenFrame(seen, look.point_px, folder.name)


def _looks(folder: Path, observer: Observes, tally: Tally) -> Iterator[tuple[Observation, _Look]]:
    matrix, distortion = _camera(folder / "Calibration" / "Camera.mat")
    for look in _annotation(folder / f"{folder.name}.txt"):
        image = read_image(folder / look.file)
        if image is None:
            tally.add("pictures are missing or broken")
            continue
        height, width = image.shape[:2]
        camera = Intrinsics(width, height, matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2], tuple(distortion))
        yield observe(observer, image, camera), look


def _camera(path: Path) -> tuple[Array, Array]:
    content = read_mat(path)
    matrix = checked(content.get("cameraMatrix"), (3, 3), "cameraMatrix", path)
    distortion = checked(np.ravel(content.get("distCoeffs", np.zeros(5))), (None,), "distCoeffs", path)
    return matrix, distortion


def _annotation(path: Path) -> list[_Look]:
    try:
        lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise UserError(f"{path} is missing or broken: unpack MPIIFaceGaze again.") from error
    rows = []
    for line in lines:
        name = Path(line[0])
        if len(line) < _COLUMNS or name.is_absolute() or ".." in name.parts:
            raise UserError(f"{path} is not an annotation of MPIIFaceGaze: each line has {_COLUMNS} columns or more.")
        target_mm = checked(_numbers(line[_TARGET]), (3,), "the gaze target", path)
        rows.append(_Look(str(name), checked(_numbers(line[_POINT]), (2,), "the point on the screen", path), target_mm))
    return rows


def _numbers(words: list[str]) -> list[float]:
    try:
        return [float(word) for word in words]
    except ValueError:
        return []
