"""GazeCapture: Krafka et al., "Eye Tracking for Everyone" (CVPR 2016).

Each numbered folder is one person: `frames/NNNNN.jpg`, `frames.json`, `info.json` (`DeviceName`, `Dataset`), and
`dotInfo.json` with `XCam`, `YCam`, the dot in cm from the camera in the plane of the screen, y up (it is negative in
portrait, where the screen lies below the camera), x to the right as the person sees the device (the project's README).
Frames are unmirrored and upright, the subject's left eye at the image's right, so in the camera frame the dot is at
(-XCam, -YCam, 0). No intrinsics are known: the field of view is assumed (`hfov_deg`, of the image's longer side), and
head distance with it. Frames in which Apple's detector found no face or eyes are left out, as usual.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, Intrinsics
from gaze_demo.observation import Observation
from gaze_training.data.sample import Faces
from gaze_training.readers.files import folders, json_array, read_image, read_json
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

SPLITS = ("train", "val", "test")
_DETECTIONS = ("appleFace.json", "appleLeftEye.json", "appleRightEye.json")
HFOV_DEG = 63.0  # of the longer side: roughly that of the front cameras of phones and tablets at the time


def read_gazecapture(
    root: Path,
    tally: Tally | None = None,
    *,
    split: str | None = None,
    hfov_deg: float = HFOV_DEG,
    open_observer: OpenObserver = open_observer,
) -> Iterator[Faces]:
    """One `Faces` per person, of all or of one of the splits train, val and test, which the data set makes by person.

    Raises UserError if a file is missing or not as described.
    """
    tally = tally or Tally()
    with open_observer() as observer:
        for folder in _people(root, split):
            number = person_number("gazecapture", folder.name)
            looks = _looks(folder, hfov_deg, observer, tally)
            person = join(face_with_target(seen, target_mm, number) for seen, target_mm in looks)
            if person is not None:
                yield person


def gazecapture_screen_frames(
    root: Path,
    tally: Tally | None = None,
    *,
    hfov_deg: float = HFOV_DEG,
    open_observer: OpenObserver = open_observer,
) -> Iterator[ScreenFrame]:
    """The frames of all people with the dot in mm from the lens, x to the person's right and y down.

    Raises UserError if a file is missing or not as described.
    """
    with open_observer() as observer:
        for folder in _people(root, None):
            for seen, target_mm in _looks(folder, hfov_deg, observer, tally or Tally()):
                yield ScreenFrame(seen, target_mm[:2] * [-1.0, 1.0], folder.name)


def _people(root: Path, split: str | None) -> Iterator[Path]:
    """The folder of each person of a split, or of everybody."""
    if split is not None and split not in SPLITS:
        raise UserError(f"GazeCapture has no split {split!r}: choose one of {', '.join(SPLITS)}.")
    for folder in folders(root, r"\d{5}", "GazeCapture (folders 00002 and up)"):
        if split is None or read_json(folder / "info.json").get("Dataset") == split:
            yield folder


def _looks(folder: Path, hfov_deg: float, observer: Observes, tally: Tally) -> Iterator[tuple[Observation, Array]]:
    """Each frame that Apple's detector found face and eyes in, with the dot (3,) in mm, camera frame."""
    path = folder / "dotInfo.json"
    dots = read_json(path)
    x_cm = json_array(dots, "XCam", path)
    count = len(x_cm)
    targets = np.stack([-x_cm, -json_array(dots, "YCam", path, count), np.zeros(count)], -1) * 10
    found = np.ones(count, bool)
    for name in _DETECTIONS:
        found &= json_array(read_json(folder / name), "IsValid", folder / name, count) > 0
    known = np.isfinite(targets).all(1)
    tally.add("frames without Apple's face and eyes were left out", int((~found).sum()))
    tally.add("frames without the place of the dot were left out", int((found & ~known).sum()))
    for k in np.flatnonzero(found & known):
        image = read_image(folder / "frames" / f"{k:05d}.jpg")
        if image is None:
            tally.add("pictures are missing or broken")
            continue
        height, width = image.shape[:2]
        focal = max(width, height) / 2 / float(np.tan(np.radians(hfov_deg) / 2))
        camera = Intrinsics(width, height, focal, focal, width / 2, height / 2)
        yield observe(observer, image, camera), targets[k]
