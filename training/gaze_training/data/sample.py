"""Faces as arrays: what every renderer and reader makes and every network learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaze_demo.errors import UserError
from gaze_demo.normalisation.normalise import HEIGHT_PX, WIDTH_PX

RENDERERS = ("procedural", "photo", "head", "real")
"""The names behind `Faces.renderer`; real: a photograph as it is."""

_DTYPES: dict[str, type[np.generic]] = {
    "crops": np.uint8,
    "gaze": np.float32,
    "head": np.float32,
    "rotation": np.float32,
    "outside": np.float32,
    "openness": np.float32,
    "iris_px": np.float32,
    "valid": np.bool_,
    "person": np.int32,
    "renderer": np.int8,
    "eye_px": np.float32,
}
_SHAPES: dict[str, tuple[int, ...]] = {
    "crops": (2, HEIGHT_PX, WIDTH_PX),
    "gaze": (2, 2),
    "head": (2, 2),
    "rotation": (2, 3, 3),
    "outside": (2, 2),
    "openness": (2,),
    "iris_px": (2, 2),
    "valid": (2,),
    "person": (),
    "renderer": (),
    "eye_px": (),
}


@dataclass(frozen=True, eq=False)
class Faces:
    """N faces with two eyes each: index 0 is the person's left eye, 1 the right one, mirrored to look like a left one.

    Angles are (pitch, yaw) in radians in each eye's normalised frame, the right eye's mirrored; NaN where unknown.
    `crops`: (N, 2, 36, 60) uint8 grey. `gaze`: (N, 2, 2) exact. `head`: (N, 2, 2) the face's direction as measured.
    `rotation`: (N, 2, 3, 3) camera to normalised frame as measured, not mirrored. `outside`: (N, 2, 2) an outside
    teacher's gaze. `openness`: (N, 2) 0 closed to 1 open. `iris_px`: (N, 2, 2) x, y of the iris's centre in the crop.
    `valid`: (N, 2) the eye is to be used. `person`: (N,) who it is. `renderer`: (N,) index into RENDERERS. `eye_px`:
    (N,) width of the eyes in px of the camera's image.
    """

    crops: NDArray[np.uint8]
    gaze: NDArray[np.float32]
    head: NDArray[np.float32]
    rotation: NDArray[np.float32]
    outside: NDArray[np.float32]
    openness: NDArray[np.float32]
    iris_px: NDArray[np.float32]
    valid: NDArray[np.bool_]
    person: NDArray[np.int32]
    renderer: NDArray[np.int8]
    eye_px: NDArray[np.float32]

    def __post_init__(self) -> None:
        """Raises ValueError where an array's shape or type is not as described."""
        for name, shape in _SHAPES.items():
            array = getattr(self, name)
            if array.shape != (len(self.crops), *shape) or array.dtype != _DTYPES[name]:
                wanted = f"(N, {', '.join(map(str, shape))}) {np.dtype(_DTYPES[name])}"
                raise ValueError(f"Faces.{name} is {array.shape} {array.dtype}, expected {wanted}")

    def __len__(self) -> int:
        return len(self.crops)

    @classmethod
    def empty(cls, count: int) -> Faces:
        """`count` faces of which nothing is known: angles NaN, images black, no eye valid, identity rotations."""
        arrays: dict[str, NDArray[np.generic]] = {}
        for name, shape in _SHAPES.items():
            fill = np.nan if _DTYPES[name] is np.float32 else 0
            arrays[name] = np.full((count, *shape), fill, _DTYPES[name])
        arrays["rotation"][:] = np.eye(3, dtype=np.float32)
        return cls(**arrays)  # type: ignore[arg-type]

    @classmethod
    def concatenate(cls, parts: Sequence[Faces]) -> Faces:
        """The faces of all parts in their order. Raises ValueError where there is none."""
        return cls(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)})

    def select(self, index: ArrayLike | slice) -> Faces:
        """The faces of an index array, a mask (N,) or a slice."""
        chosen = index if isinstance(index, slice) else np.asarray(index)
        return Faces(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})

    def save(self, path: Path) -> None:
        """Write one shard; whole or not at all, so that a stopped run leaves no half shard."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        with part.open("wb") as file:
            np.savez(file, **{f.name: getattr(self, f.name) for f in fields(self)})
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> Faces:
        """Read one shard. Raises UserError where the file is no shard of faces."""
        return cls.read(path, str(path))

    @classmethod
    def read(cls, source: Path | BinaryIO, name: str) -> Faces:
        """Read one shard from a file or a stream; `name` says which in the UserError that a broken one raises."""
        try:
            with np.load(source, allow_pickle=False) as file:
                return cls(**{f.name: file[f.name] for f in fields(cls)})
        except Exception as error:  # a damaged file raises whatever numpy's and zip's readers stumble over
            raise UserError(f"{name} is not a readable shard of faces ({error}); make it anew.") from error


def load_faces(folder: Path) -> Faces:
    """All shards (*.npz) of a folder, in the order of their names. Raises UserError where there is none."""
    shards = sorted(folder.glob("*.npz"))
    if not shards:
        raise UserError(f"No shards of faces in {folder}; make them with `gaze-train data`.")
    return Faces.concatenate([Faces.load(shard) for shard in shards])


def split_people(faces: Faces, share: float, seed: int) -> tuple[Faces, Faces]:
    """Training and held-out faces, split by person alone; `share` (0..1) of each renderer's people are held out, at
    least one. A person's number counts within a renderer.

    Raises ValueError where a renderer has fewer than two people.
    """
    held_out = np.zeros(len(faces), bool)
    for renderer in np.unique(faces.renderer):
        own = faces.renderer == renderer
        people = np.unique(faces.person[own])
        if len(people) < 2:
            raise ValueError("a split by person needs at least two people")
        count = int(np.clip(round(share * len(people)), 1, len(people) - 1))
        chosen = np.random.default_rng(seed).permutation(people)[:count]
        held_out |= own & np.isin(faces.person, chosen)
    return faces.select(~held_out), faces.select(held_out)


def leave_person_out(faces: Faces, place: int) -> tuple[Faces, Faces]:
    """All others, and the one person of this place among all: a fold of leaving one person out, as is done with
    MPIIGaze, MPIIFaceGaze and other sets of few people. A person's number counts within a renderer.

    Raises UserError where there is no such place, or nobody else.
    """
    people = sorted(set(zip(faces.renderer.tolist(), faces.person.tolist(), strict=True)))
    if len(people) < 2 or place >= len(people):
        raise UserError(f"data.leave_out is {place}: there are {len(people)} people, their places count from 0.")
    renderer, person = people[place]
    left_out = (faces.renderer == renderer) & (faces.person == person)
    return faces.select(~left_out), faces.select(left_out)


def without_people(faces: Faces, others: Faces) -> Faces:
    """The faces of people who are not among `others`; a person's number counts within a renderer, and means the same
    person where both were drawn from the same source."""
    known = set(zip(others.renderer.tolist(), others.person.tolist(), strict=True))
    pairs = zip(faces.renderer.tolist(), faces.person.tolist(), strict=True)
    return faces.select(np.array([pair not in known for pair in pairs], bool))
