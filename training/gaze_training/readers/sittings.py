"""Recordings of the app itself: sittings of a calibration, whose frames were looked through by the app already.

`PERSON/*.npz`, or `*.npz` of one person each. The targets lie on the screen where the app believes it to be; frames of
the virtual participant come with exact axes of both eyes, which count instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gaze_demo.calibration.sample import Sample
from gaze_demo.calibration.session_file import SUFFIX, load_session
from gaze_demo.errors import UserError
from gaze_demo.screen import ScreenGeometry
from gaze_training.data.sample import Faces
from gaze_training.readers.measured import face_with_gaze, face_with_target, join, person_number


def read_sittings(root: Path) -> Iterator[Faces]:
    """One `Faces` a person. Raises UserError where a file is no recorded sitting, or there is none."""
    people: dict[str, list[Path]] = {}
    for path in sorted(root.rglob(f"*{SUFFIX}")) if root.is_dir() else []:
        name = path.stem if path.parent == root else path.relative_to(root).parts[0]
        people.setdefault(name, []).append(path)
    if not people:
        raise UserError(f"{root} holds no recorded sitting: name the folder that the app or --record wrote them to.")
    for name, files in people.items():
        person = join(face for path in files for face in _read_sitting(path, person_number("sittings", name)))
        if person is not None:
            yield person


def _read_sitting(path: Path, person: int) -> Iterator[Faces | None]:
    session = load_session(path)
    for fixation in session.fixations:
        for sample in fixation.samples:
            yield _read_sample(sample, session.screen, person)


def _read_sample(sample: Sample, screen: ScreenGeometry, person: int) -> Faces | None:
    truth = sample.observation.frame.truth
    if truth is not None:
        return face_with_gaze(sample.observation, np.stack([truth.left, truth.right]), person)
    return face_with_target(sample.observation, screen.px_to_camera(sample.point_px), person)
