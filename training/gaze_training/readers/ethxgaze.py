"""ETH-XGaze, normalised faces: Zhang et al., "ETH-XGaze" (ECCV 2020).

`train/subjectNNNN.h5` with `face_patch` (n, h, w, 3) BGR uint8 and `face_gaze` (n, 2), pitch and yaw in radians in the
face's virtual camera, with a focal length of 960 px for every size of the patch (224 px at 600 mm, 448 px at 300 mm).
Pitch + is up and yaw + to the image's left (draw_gaze in the project's demo.py), as here. The gaze starts at the face's
centre and the distance of its target is not stored, so both eyes get the same direction. Eyes are found by the app's
own code, in the frame of the virtual camera.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np

from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics, pitch_yaw_to_vector
from gaze_training.data.sample import Faces
from gaze_training.readers.files import checked
from gaze_training.readers.measured import (
    Observes,
    OpenObserver,
    face_with_gaze,
    join,
    observe,
    open_observer,
    person_number,
)
from gaze_training.readers.tally import Tally

FOCAL_PX = 960.0


def read_ethxgaze(
    root: Path, tally: Tally | None = None, *, open_observer: OpenObserver = open_observer
) -> Iterator[Faces]:
    """One `Faces` per person; the test files, which have no labels, are not read. Raises UserError."""
    folder = root / "train" if (root / "train").is_dir() else root
    files = sorted(folder.glob("subject*.h5")) if folder.is_dir() else []
    if not files:
        raise UserError(f"{root} does not hold ETH-XGaze (train/subject0000.h5 and up): name its folder.")
    with open_observer() as observer:
        for path in files:
            person = join(_read_person(path, observer, tally or Tally()))
            if person is not None:
                yield person


def _read_person(path: Path, observer: Observes, tally: Tally) -> Iterator[Faces | None]:
    number = person_number("ethxgaze", path.stem)
    try:
        with h5py.File(path, "r") as file:
            patches, labels = file["face_patch"], file["face_gaze"]
            if not isinstance(patches, h5py.Dataset) or patches.ndim != 4 or patches.dtype != np.uint8:
                raise KeyError("face_patch")
            count, height, width = patches.shape[:3]
            angles = checked(labels, (count, 2), "face_gaze", path)
            camera = Intrinsics(width, height, FOCAL_PX, FOCAL_PX, width / 2, height / 2)
            for k in range(count):
                seen = observe(observer, patches[k], camera)
                tally.add("pictures show no face that was found", int(seen.landmarks is None))
                yield face_with_gaze(seen, np.tile(pitch_yaw_to_vector(angles[k]), (2, 1)), number)
    except (OSError, KeyError) as error:
        raise UserError(f"{path} is not a subject of ETH-XGaze: it needs face_patch and face_gaze.") from error
