"""Photographs of people who look into the lens, as a model sees them; found and normalised once, then cached."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, Intrinsics
from gaze_demo.landmarks.face import FaceLandmarker, FaceLandmarks
from gaze_demo.landmarks.head_pose import LEFT_CORNERS, RIGHT_CORNERS, HeadPose, estimate_head_pose
from gaze_demo.normalisation.normalise import FOCAL_PX, HEIGHT_PX, WIDTH_PX, CropGeometry, normalise_eye
from gaze_training.data.photographs import PHOTO_FOCAL, list_photographs

_VERSION = 1
_LEFT_LIDS, _RIGHT_LIDS = (386, 374), (159, 145)
CLOSED_BELOW = 0.16
"""Lid distance over corner distance below which an eye counts as closed or squinting."""


@dataclass(frozen=True, eq=False)
class LensFaces:
    """`n` photographs; eyes in the order left, right (the person's own).

    `name`, `group`, `person`: (n,) text. `crops`: (n, 2, h, w) grey, the right eye mirrored. `head`: (n, 2, 2) measured
    head pitch and yaw in the crop's frame, radians. `rotation`: (n, 2, 3, 3) camera frame to virtual camera, not
    mirrored. `centre_mm`: (n, 2, 3) the eyes in the camera frame. `openness`: (n, 2) lid distance over corner distance.
    `eye_px`: (n,) width of an eye in the photograph.
    """

    name: NDArray[np.str_]
    group: NDArray[np.str_]
    person: NDArray[np.str_]
    crops: NDArray[np.uint8]
    head: NDArray[np.float32]
    rotation: NDArray[np.float32]
    centre_mm: NDArray[np.float32]
    openness: NDArray[np.float32]
    eye_px: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.name)

    def where(self, keep: NDArray[np.bool_]) -> LensFaces:
        """The photographs chosen by a mask (n,)."""
        return LensFaces(**{f.name: getattr(self, f.name)[keep] for f in fields(self)})

    @property
    def open(self) -> NDArray[np.bool_]:
        """Photographs (n,) whose eyes are both open."""
        return np.asarray((self.openness > CLOSED_BELOW).all(1))


def crop_geometry(scale: int = 1) -> CropGeometry:
    """The crop of the models at `scale` times its pixels."""
    return CropGeometry(WIDTH_PX * scale, HEIGHT_PX * scale, FOCAL_PX * scale)


def load_lens_faces(folder: Path, cache: Path, *, scale: int = 1, focal: float = PHOTO_FOCAL) -> LensFaces:
    """The faces of a folder of photographs, from `cache` where they were prepared before.

    `scale`: crop pixels over 60 x 36. `focal`: the photographs' focal length in widths of the image. Raises UserError
    where the folder has no photograph with a face.
    """
    photographs = list_photographs(folder)
    stamps = "".join(f"{path.name}{path.stat().st_size}{group}{person}" for path, group, person in photographs)
    key = hashlib.sha256(f"{_VERSION}{scale}{focal}{stamps}".encode()).hexdigest()[:16]
    stored = cache / f"lens-faces-{key}.npz"
    if stored.is_file():
        with np.load(stored, allow_pickle=False) as arrays:
            return LensFaces(**{f.name: arrays[f.name] for f in fields(LensFaces)})
    faces = _prepare(photographs, crop_geometry(scale), focal)
    if faces is None:
        raise UserError(f"{folder} has no photograph with a face: name a folder of face photographs.")
    cache.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(stored, **{f.name: getattr(faces, f.name) for f in fields(faces)})
    return faces


def find_face(
    landmarker: FaceLandmarker, image: NDArray[np.uint8], focal: float
) -> tuple[FaceLandmarks, HeadPose, Intrinsics] | None:
    """Landmarks, pose and camera of a photograph, or None where no face is found."""
    height, width = image.shape[:2]
    camera = Intrinsics(width, height, focal * width, focal * width, width / 2, height / 2)
    landmarks = landmarker.find(image)
    pose = estimate_head_pose(landmarks, camera) if landmarks else None
    return (landmarks, pose, camera) if landmarks and pose else None


def _prepare(photographs: Sequence[tuple[Path, str, str]], geometry: CropGeometry, focal: float) -> LensFaces | None:
    faces: list[LensFaces] = []
    with FaceLandmarker(video=False, blendshapes=False) as landmarker:
        for path, group, person in photographs:
            image = cv2.imread(str(path), cv2.IMREAD_COLOR)
            face = None if image is None else _prepare_one(landmarker, np.asarray(image, np.uint8), geometry, focal)
            if face:
                faces.append(
                    replace(face, name=np.array([path.name]), group=np.array([group]), person=np.array([person]))
                )
    if not faces:
        return None
    return LensFaces(**{f.name: np.concatenate([getattr(face, f.name) for face in faces]) for f in fields(LensFaces)})


def _prepare_one(
    landmarker: FaceLandmarker, image: NDArray[np.uint8], geometry: CropGeometry, focal: float
) -> LensFaces | None:
    """One photograph's row, without a name yet."""
    found = find_face(landmarker, image, focal)
    if found is None:
        return None
    landmarks, pose, camera = found
    points, centres = landmarks.points_px, [pose.left_eye_mm, pose.right_eye_mm]
    eyes = [
        normalise_eye(image, centre, pose.rotation, camera, geometry, mirrored=side == 1)
        for side, centre in enumerate(centres)
    ]
    openness = [_openness(points, LEFT_CORNERS, _LEFT_LIDS), _openness(points, RIGHT_CORNERS, _RIGHT_LIDS)]
    width = (_distance(points, LEFT_CORNERS) + _distance(points, RIGHT_CORNERS)) / 2
    unnamed = np.array([""])
    return LensFaces(
        name=unnamed,
        group=unnamed,
        person=unnamed,
        crops=np.array([[cv2.cvtColor(eye.crop, cv2.COLOR_BGR2GRAY) for eye in eyes]], np.uint8),
        head=np.array([[eye.head_pitch_yaw for eye in eyes]], np.float32),
        rotation=np.array([[eye.rotation for eye in eyes]], np.float32),
        centre_mm=np.array([centres], np.float32),
        openness=np.array([openness], np.float32),
        eye_px=np.array([width], np.float32),
    )


def _openness(points: Array, corners: tuple[int, int], lids: tuple[int, int]) -> float:
    return _distance(points, lids) / max(_distance(points, corners), 1e-6)


def _distance(points: Array, pair: tuple[int, int]) -> float:
    return float(np.linalg.norm(points[pair[0]] - points[pair[1]]))
