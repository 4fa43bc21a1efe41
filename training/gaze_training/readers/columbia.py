"""Columbia Gaze: Smith, Yin, Feiner, Nayar, "Gaze Locking" (UIST 2013).

`NNNN/NNNN_2m_15P_10V_-5H.jpg`: person, distance, head pose, vertical and horizontal gaze in degrees. The angles of gaze
are relative to the line to the camera, for all head poses (0V 0H is a look into the lens in all five poses). V + is up
and H + towards the right of the image, as OpenFace's own evaluation on the set reads them (lib/matlab_runners): target
= (tan H, -tan V, 0), x right and y down in the camera frame. 5184 px of a 22.3 mm sensor behind an 85 mm lens are a
focal length of 3.81 image widths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from gaze_demo.geometry import Intrinsics
from gaze_training.data.sample import Faces
from gaze_training.readers.files import folders, read_image
from gaze_training.readers.measured import (
    Observes,
    OpenObserver,
    face_with_target,
    join,
    observe,
    open_observer,
    person_number,
    sight_gaze,
)
from gaze_training.readers.tally import Tally

FOCAL_WIDTHS = 85 / 22.3
_NAME = re.compile(r"(\d{4})_(\d+)m_(-?\d+)P_(-?\d+)V_(-?\d+)H", re.ASCII)
# Half the pictures' size: their eyes are still wider than 100 px, and landmarks take a quarter of the time.
_WORK_WIDTH_PX = 2592


def read_columbia(
    root: Path, tally: Tally | None = None, *, open_observer: OpenObserver = open_observer
) -> Iterator[Faces]:
    """One `Faces` per person. Raises UserError if there is no folder of the set."""
    people = folders(root, r"\d{4}", "the Columbia Gaze Data Set (folders 0001 to 0056)")
    with open_observer() as observer:
        for folder in people:
            person = join(_read_person(folder, observer, tally or Tally()))
            if person is not None:
                yield person


def _read_person(folder: Path, observer: Observes, tally: Tally) -> Iterator[Faces | None]:
    number = person_number("columbia", folder.name)
    for path in sorted(folder.glob("*.jpg")):
        named = _NAME.fullmatch(path.stem)
        image = read_image(path) if named else None
        if named is None or image is None:
            tally.add("pictures are broken or have a name that is not of the set")
            continue
        if image.shape[1] > _WORK_WIDTH_PX:
            scale = _WORK_WIDTH_PX / image.shape[1]
            image = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        height, width = image.shape[:2]
        focal = FOCAL_WIDTHS * width
        seen = observe(observer, image, Intrinsics(width, height, focal, focal, width / 2, height / 2))
        if seen.pose is None:
            tally.add("pictures show no face that was found")
            continue
        pitch, yaw = np.radians([float(named[4]), -float(named[5])])
        middle = seen.pose.eyes_middle_mm
        target = middle + sight_gaze(pitch, yaw, middle) * float(np.linalg.norm(middle))
        yield face_with_target(seen, target, number)
