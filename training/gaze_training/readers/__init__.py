"""Readers of public data sets, one for each set or part of a set in its protocol; they return `Faces` person by
person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from gaze_training.data.sample import Faces
from gaze_training.readers.columbia import read_columbia
from gaze_training.readers.ethxgaze import read_ethxgaze
from gaze_training.readers.gazecapture import SPLITS, gazecapture_screen_frames, read_gazecapture
from gaze_training.readers.mpiifacegaze import mpiifacegaze_screen_frames, read_mpiifacegaze
from gaze_training.readers.mpiigaze import read_mpiigaze
from gaze_training.readers.screen_frame import ScreenFrame
from gaze_training.readers.sittings import KINDS, read_sittings, sittings_screen_frames
from gaze_training.readers.tally import Tally
from gaze_training.readers.unityeyes import read_unityeyes

READERS: dict[str, Callable[[Path, Tally], Iterator[Faces]]] = {
    "mpiigaze": read_mpiigaze,
    "mpiigaze-evaluation": partial(read_mpiigaze, evaluation_subset=True),
    "mpiifacegaze": read_mpiifacegaze,
    "gazecapture": read_gazecapture,
    **{f"gazecapture-{split}": partial(read_gazecapture, split=split) for split in SPLITS},
    "columbia": read_columbia,
    "unityeyes": read_unityeyes,
    "ethxgaze": read_ethxgaze,
    "sittings": read_sittings,
    **{f"sittings-{kind}": partial(read_sittings, kind=kind) for kind in KINDS},
}

# Readers of sets with known points on a screen: their frames for `gaze-train evaluate screen`.
SCREEN_READERS: dict[str, Callable[[Path, Tally], Iterator[ScreenFrame]]] = {
    "mpiifacegaze": mpiifacegaze_screen_frames,
    "gazecapture": gazecapture_screen_frames,
    "sittings": sittings_screen_frames,
}
