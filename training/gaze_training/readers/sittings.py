"""Recordings of the app itself: sittings of a calibration, whose frames were looked through by the app already.

`PERSON/*.npz`, or `*.npz` of one person each. The targets lie on the screen where the app believes it to be; frames of
the virtual participant come with exact axes of both eyes, which count instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gaze_demo.calibration.sample import Sample, Session
from gaze_demo.calibration.session_file import SUFFIX, load_session
from gaze_demo.errors import UserError
from gaze_demo.screen import ScreenGeometry
from gaze_training.data.sample import Faces
from gaze_training.readers.measured import face_with_gaze, face_with_target, join, person_number
from gaze_training.readers.screen_frame import ScreenFrame
from gaze_training.readers.tally import Tally


def read_sittings(root: Path, tally: Tally | None = None) -> Iterator[Faces]:
    """One `Faces` a person. Raises UserError where a file is no recorded sitting, or there is none."""
    for name, files in _people(root).items():
        number = person_number("sittings", name)
        sittings = (load_session(path) for path in files)
        person = join(_read_sample(sample, s.screen, number) for s in sittings for sample in _samples(s))
        if person is None:
            (tally or Tally()).add("people have no frame that can be read")
        else:
            yield person


def sittings_screen_frames(root: Path, _: Tally | None = None) -> Iterator[ScreenFrame]:
    """The frames of each sitting with the target in px, in the order in which they were looked at.

    Raises UserError where a file is no recorded sitting, or there is none.
    """
    for path in (path for files in _people(root).values() for path in files):
        for sample in _samples(load_session(path)):
            yield ScreenFrame(sample.observation, sample.point_px, path.stem)


def _people(root: Path) -> dict[str, list[Path]]:
    """The sittings of each person by name; raises UserError where there is none."""
    people: dict[str, list[Path]] = {}
    for path in sorted(root.rglob(f"*{SUFFIX}")) if root.is_dir() else []:
        name = path.stem if path.parent == root else path.relative_to(root).parts[0]
        people.setdefault(name, []).append(path)
    if not people:
        raise UserError(f"{root} holds no recorded sitting: name the folder that the app or --record wrote them to.")
    return people


def _samples(session: Session) -> Iterator[Sample]:
    return (sample for fixation in session.fixations for sample in fixation.samples)


def _read_sample(sample: Sample, screen: ScreenGeometry, person: int) -> Faces | None:
    truth = sample.observation.frame.truth
    if truth is not None:
        return face_with_gaze(sample.observation, np.stack([truth.left, truth.right]), person)
    return face_with_target(sample.observation, screen.px_to_camera(sample.point_px), person)
