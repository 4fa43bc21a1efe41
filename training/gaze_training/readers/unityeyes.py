"""UnityEyes: Wood et al., "Learning an appearance-based gaze estimator from one million synthesised images", 2016.

`N.jpg` beside `N.json`. `eye_details.look_vec` is the gaze in the local frame of Unity's camera: x right, y up, z away
from the camera. `head_pose` are the Euler angles of that camera in the world, in degrees, turned about z, x, y in this
order, and the head faces the world's +z (SynthesEyesServer.cs, EyeballController.cs). Points (`iris_2d`, `caruncle_2d`,
`interior_margin_2d`) are in px with y from the lower edge. The camera looks at the eyeball's centre; the eyeball's
radius of 12 mm is 71.76 px in a picture of 480 px height (GazeML, datasources/unityeyes.py). Each picture is one eye of
one made-up person; where the caruncle lies to the right it is a right eye, mirrored here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array
from gaze_demo.normalisation.normalise import DISTANCE_MM as CROP_DISTANCE_MM
from gaze_demo.normalisation.normalise import FOCAL_PX, CropGeometry, warp_image
from gaze_training.data.renderers import REAL
from gaze_training.data.sample import Faces
from gaze_training.readers.files import checked, read_image, read_json
from gaze_training.readers.measured import join, person_number, seen_angles
from gaze_training.readers.tally import Tally

_PX_PER_MM_AND_HEIGHT = 71.7593 / 12 / 480
_CROP = CropGeometry()
_BATCH = 1000
_Y_UP = np.array([1.0, -1.0, 1.0])


def read_unityeyes(root: Path, tally: Tally | None = None) -> Iterator[Faces]:
    """Up to 1,000 pictures at a time, each counted as a different person. Raises UserError if a file is not as
    described."""
    files = sorted(root.glob("*.json"), key=lambda p: (len(p.stem), p.stem)) if root.is_dir() else []
    if not files:
        raise UserError(f"{root} does not hold UnityEyes (1.jpg beside 1.json, and so on): name its folder.")
    for start in range(0, len(files), _BATCH):
        faces = join(_read_eye(path, tally or Tally()) for path in files[start : start + _BATCH])
        if faces is not None:
            yield faces


def _read_eye(path: Path, tally: Tally) -> Faces | None:
    image = read_image(path.with_suffix(".jpg"))
    if image is None:
        tally.add("pictures are missing or broken")
        return None
    content = read_json(path)
    details = content.get("eye_details")
    look = _vectors([details.get("look_vec") if isinstance(details, dict) else None], "look_vec", path)[0, :3]
    pose = _vectors([content.get("head_pose")], "head_pose", path)[0, :3]
    caruncle, lids, iris = (
        _vectors(content.get(name), name, path)[:, :2] * [1, -1] + [0, image.shape[0]]
        for name in ("caruncle_2d", "interior_margin_2d", "iris_2d")
    )
    nose = caruncle.mean(0)
    mirrored = bool(nose[0] > iris[:, 0].mean())
    corner = lids[np.argmin(lids[:, 0]) if mirrored else np.argmax(lids[:, 0])]
    return _one_eye(path.stem, image, look * _Y_UP, _facing(pose), (nose + corner) / 2, iris.mean(0), mirrored)


def _one_eye(
    name: str, image: NDArray[np.uint8], gaze: Array, facing: Array, centre: Array, iris: Array, mirrored: bool
) -> Faces:
    scale = FOCAL_PX / CROP_DISTANCE_MM / (_PX_PER_MM_AND_HEIGHT * image.shape[0])
    warp = np.diag([scale, scale, 1.0])
    warp[:2, 2] = np.array([_CROP.width, _CROP.height]) / 2 - scale * centre
    crop = cv2.cvtColor(warp_image(image, warp, _CROP.width, _CROP.height), cv2.COLOR_BGR2GRAY)
    x, y = scale * iris + warp[:2, 2]
    face, side = Faces.empty(1), int(mirrored)
    face.crops[0, side] = crop[:, ::-1] if mirrored else crop
    face.gaze[0, side] = seen_angles(gaze, mirrored=mirrored)
    face.head[0, side] = seen_angles(facing, mirrored=mirrored)
    face.iris_px[0, side] = (_CROP.width - x if mirrored else x, y)
    face.valid[0, side] = True
    face.person[0], face.renderer[0] = person_number("unityeyes", name), REAL
    face.eye_px[0] = 27.5 * _PX_PER_MM_AND_HEIGHT * image.shape[0]
    return face


def _facing(pose_deg: Array) -> Array:
    """The face's direction (3,), x right, y down, z away, from the Euler angles of Unity's camera."""
    x, y, z = np.radians(pose_deg)
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    return np.asarray((about_y @ about_x @ about_z).T @ [0.0, 0.0, 1.0] * _Y_UP, float)


def _vectors(words: Any, name: str, path: Path) -> Array:
    """Strings such as "(0.1, -0.2, 0.9)" as an array (n, 3 or more); raises UserError."""
    texts = words if isinstance(words, list) else []
    rows = [re.findall(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?", text) if isinstance(text, str) else [] for text in texts]
    if not rows or len({len(row) for row in rows}) != 1 or len(rows[0]) < 3:
        raise UserError(f"{path}: {name} is not made of vectors: it is not a description file of UnityEyes.")
    return checked([[float(word) for word in row] for row in rows], (None, len(rows[0])), name, path)
