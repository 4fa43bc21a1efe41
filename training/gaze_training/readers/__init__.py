"""Data sets that users have, as `Faces`: one reader a set, one part a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from gaze_training.data.sample import Faces
from gaze_training.readers.columbia import read_columbia
from gaze_training.readers.ethxgaze import read_ethxgaze
from gaze_training.readers.gazecapture import read_gazecapture
from gaze_training.readers.mpiifacegaze import read_mpiifacegaze
from gaze_training.readers.mpiigaze import read_mpiigaze
from gaze_training.readers.sittings import read_sittings
from gaze_training.readers.unityeyes import read_unityeyes

READERS: dict[str, Callable[[Path], Iterator[Faces]]] = {
    "mpiigaze": read_mpiigaze,
    "mpiifacegaze": read_mpiifacegaze,
    "gazecapture": read_gazecapture,
    "columbia": read_columbia,
    "unityeyes": read_unityeyes,
    "ethxgaze": read_ethxgaze,
    "sittings": read_sittings,
}
