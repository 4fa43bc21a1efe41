"""Faces as arrays: every renderer and reader produces them, and every network learns from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaze_demo.errors import UserError
from gaze_demo.normalisation.normalise import HEIGHT_PX, WIDTH_PX

READABLE_SHARE = 0.15  # if less of the iris's disc than this share is visible, the eye has no readable gaze


def _column(dtype: type[np.generic], *shape: int, angles: bool = False, added: bool = False) -> dict[str, Any]:
    """A column of `Faces`, (N, *shape). `angles`: pitch and yaw, which turn with the crop. `added`: in older shards
    without this column it is read as NaN."""
    return {"dtype": dtype, "shape": shape, "angles": angles, "added": added}


@dataclass(frozen=True, eq=False)
class Faces:
    """N faces with two eyes each: index 0 is the person's left eye, 1 the right one, mirrored to look like a left one.

    Angles are (pitch, yaw) in radians in each eye's normalised frame, the right eye's mirrored; NaN if unknown.
    `crops`: (N, 2, 36, 60) uint8 grey. `gaze`: (N, 2, 2) exact. `head`: (N, 2, 2) the face's direction as measured.
    `rotation`: (N, 2, 3, 3) camera to normalised frame as measured, not mirrored. `outside`: (N, 2, 2) an outside
    teacher's gaze. `openness`: (N, 2) greatest distance of the lids over the distance of the corners: 0 closed, about
    0.4 wide open. `iris_px`: (N, 2, 2) x, y of the iris's centre in the crop.

    The condition of an eye, (N, 2) each, 0..1. `iris_visible`: share of the iris's disc that neither lids nor anything
    else hides. `blur`: sigma of all blur between the eye and the crop, in px of the crop, over 4. `glare`: share of the
    visible eyeball that reflections of glasses cover. `cover`: share of the eye region that something other than a lid
    hides; the region is an ellipse about the middle of the corners, its half axes 0.6 and 0.35 of their distance.

    `valid`: (N, 2) the eye's gaze can be learnt. An eye that is not valid and has a known `iris_visible` is shut or
    covered: its condition is still true. `person`: (N,) who it is. `renderer`: (N,) `Renderer.number`, or REAL.
    `eye_px`: (N,) width of the eyes in px of the camera's image.
    """

    crops: NDArray[np.uint8] = field(metadata=_column(np.uint8, 2, HEIGHT_PX, WIDTH_PX))
    gaze: NDArray[np.float32] = field(metadata=_column(np.float32, 2, 2, angles=True))
    head: NDArray[np.float32] = field(metadata=_column(np.float32, 2, 2, angles=True))
    rotation: NDArray[np.float32] = field(metadata=_column(np.float32, 2, 3, 3))
    outside: NDArray[np.float32] = field(metadata=_column(np.float32, 2, 2, angles=True))
    openness: NDArray[np.float32] = field(metadata=_column(np.float32, 2))
    iris_px: NDArray[np.float32] = field(metadata=_column(np.float32, 2, 2))
    iris_visible: NDArray[np.float32] = field(metadata=_column(np.float32, 2, added=True))
    blur: NDArray[np.float32] = field(metadata=_column(np.float32, 2, added=True))
    glare: NDArray[np.float32] = field(metadata=_column(np.float32, 2, added=True))
    cover: NDArray[np.float32] = field(metadata=_column(np.float32, 2, added=True))
    valid: NDArray[np.bool_] = field(metadata=_column(np.bool_, 2))
    person: NDArray[np.int32] = field(metadata=_column(np.int32))
    renderer: NDArray[np.int8] = field(metadata=_column(np.int8))
    eye_px: NDArray[np.float32] = field(metadata=_column(np.float32))

    def __post_init__(self) -> None:
        """Raises ValueError if an array's shape or type is not as described."""
        for f in fields(self):
            array, shape, dtype = getattr(self, f.name), f.metadata["shape"], f.metadata["dtype"]
            if array.shape != (len(self.crops), *shape) or array.dtype != dtype:
                wanted = f"(N, {', '.join(map(str, shape))}) {np.dtype(dtype)}"
                raise ValueError(f"Faces.{f.name} is {array.shape} {array.dtype}, expected {wanted}")

    def __len__(self) -> int:
        return len(self.crops)

    @classmethod
    def empty(cls, count: int) -> Faces:
        """`count` faces of which nothing is known: angles NaN, images black, no eye valid, identity rotations."""
        made = cls(**{f.name: _unknown(f, count) for f in fields(cls)})
        made.rotation[:] = np.eye(3, dtype=np.float32)
        return made

    @classmethod
    def names_of_eyes(cls) -> tuple[str, ...]:
        """The columns with a value for each eye: (N, 2, ...)."""
        return tuple(f.name for f in fields(cls) if f.metadata["shape"][:1] == (2,))

    @classmethod
    def concatenate(cls, parts: Sequence[Faces]) -> Faces:
        """The faces of all parts in their order. Raises ValueError if there is none."""
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
        """Read one shard. Raises UserError if the file is no shard of faces."""
        return cls.read(path, str(path))

    @staticmethod
    def count(path: Path) -> int:
        """How many faces a shard holds; 0 if it is damaged."""
        try:
            with np.load(path, allow_pickle=False) as file:
                return len(file["person"])
        except Exception:  # a damaged file raises whatever numpy's and zip's readers stumble over
            return 0

    @classmethod
    def read(cls, source: Path | BinaryIO, name: str) -> Faces:
        """Read one shard from a file or a stream; `name` says which in the UserError that a broken one raises."""
        try:
            with np.load(source, allow_pickle=False) as file:
                count = len(file["crops"])
                return cls(
                    **{
                        f.name: _unknown(f, count) if f.metadata["added"] and f.name not in file else file[f.name]
                        for f in fields(cls)
                    }
                )
        except Exception as error:  # a damaged file raises whatever numpy's and zip's readers stumble over
            raise UserError(f"{name} is not a readable shard of faces ({error}); make it again.") from error


def _unknown(column: Field[Any], count: int) -> NDArray[Any]:
    dtype = column.metadata["dtype"]
    return np.full((count, *column.metadata["shape"]), np.nan if dtype is np.float32 else 0, dtype)


ANGLES = tuple(f.name for f in fields(Faces) if f.metadata["angles"])  # the columns of `Faces` that hold pitch and yaw


def load_faces(folder: Path) -> Faces:
    """All shards (*.npz) of a folder, in the order of their names. Raises UserError if there is none."""
    shards = sorted(folder.glob("*.npz"))
    if not shards:
        raise UserError(f"No shards of faces in {folder}; make them with `gaze-train data`.")
    return Faces.concatenate([Faces.load(shard) for shard in shards])


def split_people(faces: Faces, share: float, seed: int) -> tuple[Faces, Faces]:
    """Training and held-out faces, split by person only; `share` (0..1) of each renderer's people are held out, at
    least one. A person's number counts within a renderer.

    Raises ValueError if a renderer has fewer than two people.
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
    """All others, and the person with this index: a fold of leave-one-person-out, as is done with
    MPIIGaze, MPIIFaceGaze and other sets of few people. A person's number counts within a renderer.

    Raises UserError if there is no such person, or nobody else.
    """
    people = sorted(set(zip(faces.renderer.tolist(), faces.person.tolist(), strict=True)))
    if len(people) < 2 or place >= len(people):
        raise UserError(f"data.leave_out is {place}: there are {len(people)} people, numbered from 0.")
    renderer, person = people[place]
    left_out = (faces.renderer == renderer) & (faces.person == person)
    return faces.select(~left_out), faces.select(left_out)


def without_people(faces: Faces, others: Faces) -> Faces:
    """The faces of people who are not among `others`; a person's number counts within a renderer, and means the same
    person if both were drawn from the same source."""
    known = set(zip(others.renderer.tolist(), others.person.tolist(), strict=True))
    pairs = zip(faces.renderer.tolist(), faces.person.tolist(), strict=True)
    return faces.select(np.array([pair not in known for pair in pairs], bool))
