"""The app's own recordings: sittings of a calibration, and sessions with pictures of the eyes and marked targets.

`PERSON/*.npz` or `PERSON/SESSION/` below a folder, or directly in it, or one such file or session. The targets are on
the screen at the position that the app assumes. Frames of the virtual participant come with exact axes of both eyes,
which count instead where all looks are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from gaze_demo.calibration.sitting_file import SUFFIX, load_sitting
from gaze_demo.errors import UserError
from gaze_demo.geometry import Array
from gaze_demo.observation import Observation
from gaze_demo.screen import ScreenGeometry
from gaze_demo.session import folder as recorded
from gaze_demo.session.looks import look_of_times, looks_of
from gaze_demo.session.names import ABOUT
from gaze_training.data.sample import Faces
from gaze_training.readers.measured import face_with_gaze, face_with_target, join, person_number
from gaze_training.readers.screen_frame import ScreenFrame
from gaze_training.readers.tally import Tally

Kind = Literal["fit", "validation"]
KINDS: tuple[Kind, ...] = ("fit", "validation")
_OF_PROFILE = re.compile(r"(.+)\.[0-9a-f]{12}")


@dataclass(frozen=True, eq=False)
class _Shown:
    """A frame whose eyes looked at a target, `point_px` (2,) of the screen, in a look of this kind and number."""

    seen: Observation
    screen: ScreenGeometry
    point_px: Array
    kind: Kind
    look: int


def read_sittings(root: Path, tally: Tally | None = None, *, kind: Kind | None = None) -> Iterator[Faces]:
    """One `Faces` per person; of looks of one kind alone, labelled by their targets even where the axes are known, as
    those of a real person are. Raises UserError if a file is no recording of the app, or there is none.
    """
    tally = tally or Tally()
    for name, paths in _people(root).items():
        number = person_number("sittings", name)
        shown = (one for path in paths for one in _shown(path, tally) if kind in (None, one.kind))
        person = join(_face(one, number, exact=kind is None) for one in shown)
        if person is None:
            tally.add("people have no frame that can be read")
        else:
            yield person


def sittings_screen_frames(root: Path, tally: Tally | None = None) -> Iterator[ScreenFrame]:
    """The frames of each recording, a series of its own, with the target in px.

    Raises UserError if a file is no recording of the app, or there is none.
    """
    for path in (path for paths in _people(root).values() for path in paths):
        for one in _shown(path, tally or Tally()):
            name = path.name if path == root else path.relative_to(root).as_posix()
            yield ScreenFrame(one.seen, one.point_px, name.removesuffix(SUFFIX), one.look)


def _people(root: Path) -> dict[str, list[Path]]:
    """The sittings and sessions of each person by name; raises UserError if there is none."""
    if root.suffix == SUFFIX or (root / ABOUT).is_file():
        return {root.stem: [root]}
    people: dict[str, list[Path]] = {}
    sittings = root.rglob(f"*{SUFFIX}") if root.is_dir() else ()
    sessions = (about.parent for about in root.rglob(ABOUT)) if root.is_dir() else ()
    for path in sorted([*sittings, *sessions]):
        people.setdefault(_person(path, root), []).append(path)
    if not people:
        raise UserError(
            f"{root} holds no recorded sitting: name the folder of the app's profiles, a file of 'gaze-demo calibrate "
            "--record', or a session of 'gaze-demo record --keep crops'."
        )
    return people


def _person(path: Path, root: Path) -> str:
    """The folder below `root`; directly in it the file's name, without what tells a profile's sittings apart."""
    if path.parent != root:
        return path.relative_to(root).parts[0]
    of_profile = _OF_PROFILE.fullmatch(path.stem)
    return of_profile[1] if of_profile else path.stem


def _shown(path: Path, tally: Tally) -> Iterator[_Shown]:
    return _shown_in_session(path, tally) if path.is_dir() else _shown_in_sitting(path)


def _shown_in_sitting(path: Path) -> Iterator[_Shown]:
    sitting = load_sitting(path)
    for look, fixation in enumerate(sitting.fixations):
        for sample in fixation.samples:
            yield _Shown(sample.observation, sitting.screen, sample.point_px, fixation.kind, look)


def _shown_in_session(folder: Path, tally: Tally) -> Iterator[_Shown]:
    session = recorded.load_session(folder)
    screen, times_s = session.about.screen, session.table.column("time_s").to_numpy()
    looks = looks_of(session.events, float(times_s.max()) if len(times_s) else 0.0)
    if not looks or not session.has_pictures:
        tally.add("recorded sessions have no picture of the eyes or no marked target, and were left out")
        return
    if screen is None:
        tally.add("recorded sessions do not know their screen (record with --profile) and were left out")
        return
    for seen in session.observations():
        look = int(look_of_times(looks, np.array([seen.frame.time_s]))[0])
        if look >= 0:
            point = np.array([looks[look].x_px, looks[look].y_px])
            yield _Shown(seen, screen, point, looks[look].kind, look)


def _face(one: _Shown, person: int, *, exact: bool) -> Faces | None:
    truth = one.seen.frame.truth
    if exact and truth is not None:
        return face_with_gaze(one.seen, np.stack([truth.left, truth.right]), person)
    return face_with_target(one.seen, one.screen.px_to_camera(one.point_px), person)
