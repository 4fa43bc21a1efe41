"""The whole of the ICT face model, as the whole-head renderer needs it: both sides, scalp, neck and lashes.

`head.py` reads only the surroundings of one eye of the same file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array

Image = NDArray[np.float32]
Ints = NDArray[np.int64]

# Between the eyeballs of the neutral model; the left one's centre is `_HALF_CM` to the person's left of it.
_MIDDLE_CM = np.array([0.0, 3.614, 8.16])
_HALF_CM = 3.095
# The model's centimetres, y up and z to the viewer, as millimetres of the head frame.
_TO_MM = np.array([10.0, -10.0, -10.0])
_SOCKET_MM = 24.0
# How far rolling the lips in moves a vertex where the red of the lips begins, and where it is full.
_LIP_DELTA_MM = (5.5, 8.5)
_LASH_MM = 6.0
_MOVED = ("eye", "brow", "cheek", "nose", "mouthSmile", "mouthPress", "mouthStretch")


@dataclass(frozen=True, eq=False)
class HeadMesh:
    """Vertices in mm about the middle of the neutral eyeballs, head frame (x to the person's left, y down, z back).

    `neutral`: (n, 3). `identity`: (k, n, 3) deltas of unit weight. `expression`: (m, n, 3) with `names`. `eyeballs`:
    (2, 3) centres, the person's left first. `eyeball_identity`: (k, 2, 3) how each identity moves them. `corners`: (2,
    2) vertices at the inner and the outer corner of the left and the right eye. `skin`, `lashes`: triangles (t, 3),
    outwards by the right hand. `lash`: (n,) 0..1, from the lashes' tips to their roots at the lids. `lips`, `inside`:
    (n,) 0..1, red of the lips and inside of mouth and nostrils.
    """

    neutral: Image
    identity: Image
    expression: Image
    names: tuple[str, ...]
    eyeballs: Array
    eyeball_identity: Array
    corners: Ints
    skin: Ints
    lashes: Ints
    lash: Image
    lips: Image
    inside: Image


def load_head_mesh(path: Path) -> HeadMesh:
    """Read `ict_face_model_light.npz`. Raises UserError if the file is not that."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return _build({name: file[name] for name in file.files})
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise UserError(f"{path} is not the ICT face model ({error}): name its ict_face_model_light.npz.") from error


def _build(file: dict[str, NDArray[np.generic]]) -> HeadMesh:
    material = [str(m) for m in file["materials"]]
    faces, of_face = np.asarray(file["faces"], int), np.asarray(file["face_material"], int)
    all_mm = (np.asarray(file["neutral"], np.float32) - _MIDDLE_CM) * _TO_MM
    eyeballs = np.array([[side * _HALF_CM * 10, 0.0, 0.0] for side in (1, -1)])

    def triangles(*names: str) -> Ints:
        quads = faces[np.isin(of_face, [material.index(name) for name in names])]
        return np.concatenate([quads[:, :3], quads[quads[:, 3] >= 0][:, [0, 2, 3]]])

    face, back, lashes = triangles("M_Face"), triangles("M_BackHead"), triangles("M_EyeLashes")
    in_socket = (np.linalg.norm(all_mm[back][:, :, None] - eyeballs, axis=-1) < _SOCKET_MM).all(1).any(1)
    skin = np.concatenate([face, back[~in_socket]])
    tears = np.unique(triangles("M_LacrimalFluid"))  # they fill the lids from corner to corner
    used, index = np.unique(np.concatenate([skin.ravel(), lashes.ravel(), tears]), return_inverse=True)
    skin_index, lash_index = (
        index[: skin.size].reshape(-1, 3),
        index[skin.size : skin.size + lashes.size].reshape(-1, 3),
    )
    neutral = all_mm[used].astype(np.float32)
    names = [str(n) for n in file["expression_names"]]
    expression = np.asarray(file["expression"], np.float32)[:, used] * _TO_MM
    rolled = sum(np.linalg.norm(expression[names.index(f"mouthRoll{lip}")], axis=1) for lip in ("Upper", "Lower"))
    kept = [i for i, name in enumerate(names) if name.startswith(_MOVED)]
    identity = np.asarray(file["identity"], np.float32)
    balls = [np.unique(triangles(f"M_Sclera{side}", f"M_Iris{side}")) for side in ("Left", "Right")]
    x, y, z = neutral.T
    mouth = np.isin(used, back) & (np.abs(neutral - [0, 67, 28]) < [36, 32, 50]).all(1)
    nostrils = (np.abs(np.abs(x) - 10.5) < 5.5) & (np.abs(y - 42.5) < 3) & (np.abs(z + 29) < 4.5)
    return HeadMesh(
        neutral=neutral,
        identity=(identity[:, used] * _TO_MM).astype(np.float32),
        expression=expression[kept].astype(np.float32),
        names=tuple(names[i] for i in kept),
        eyeballs=eyeballs,
        eyeball_identity=np.stack([identity[:, ball].mean(1) * _TO_MM for ball in balls], 1),
        corners=_corners(neutral, np.searchsorted(used, tears)),
        skin=skin_index,
        lashes=lash_index,
        lash=_from_root(neutral, np.unique(lash_index), np.unique(skin_index)),
        lips=np.clip((rolled - _LIP_DELTA_MM[0]) / np.ptp(_LIP_DELTA_MM), 0, 1).astype(np.float32),
        inside=(mouth | nostrils).astype(np.float32),
    )


def _corners(neutral: Image, tears: Ints) -> Ints:
    """Inner and outer end (2, 2) of the tear fluid of the left and the right eye."""
    ends = []
    for side in (1, -1):
        own = tears[neutral[tears, 0] * side > 0]
        along = neutral[own, 0] * side
        ends.append([own[along.argmin()], own[along.argmax()]])
    return np.array(ends)


def _from_root(neutral: Image, lashes: Ints, skin: Ints) -> Image:
    """1 (n,) where a lash leaves the skin, 0 from `_LASH_MM` away from it and elsewhere; lower lashes are thin."""
    near = skin[np.abs(neutral[skin, 1]) < 30]
    distance = np.array([np.linalg.norm(neutral[near] - point, axis=1).min() for point in neutral[lashes]])
    strength = np.zeros(len(neutral), np.float32)
    strength[lashes] = np.clip(1 - distance / _LASH_MM, 0, 1) * np.where(neutral[lashes, 1] < 2, 1.0, 0.35)
    return strength
