"""A sitting on disk: one `.npz` of plain arrays with JSON inside, all of it is checked when it is read. No pickles."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gaze_demo.calibration.sample import FACE_MARGIN, CameraKey, Fixation, Kind, Sample, SittingData, decode_picture
from gaze_demo.camera.frame import Frame, Truth
from gaze_demo.damaged import damaged
from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, Intrinsics
from gaze_demo.landmarks.face import COUNT, EyeScores, FaceLandmarks
from gaze_demo.landmarks.head_pose import HeadPose
from gaze_demo.observation import EyeObservation, Observation, Reason
from gaze_demo.screen import ScreenGeometry
from gaze_demo.whole_file import cannot_write, write_whole_by

SUFFIX = ".npz"
_MAX_BYTES = 256 * 1024 * 1024
_MAX_SAMPLES = 5000
_MAX_IMAGE_PX = 4096  # of a side; the app keeps pictures of at most 1.5 million pixels
_MAX_PX = 1_000_000_000  # of all images together; they are unpacked one at a time
_FARTHEST = 1e5  # in mm, and in px of landmarks and points: no camera sees anything farther away
_MAX_HEADER = 4096
_JPEG_FRAMES = (0xC0, 0xC1, 0xC2)
_REASONS = tuple(Reason)
_NO_PICTURE = np.zeros((0, 0, 3), np.uint8)


class _FixationMeta(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Kind
    target: Annotated[int, Field(ge=0, le=10000)]
    frames: Annotated[int, Field(ge=0, le=1_000_000)]
    samples: Annotated[int, Field(ge=0, le=_MAX_SAMPLES)]


class _Meta(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: Literal[1]
    screen: ScreenGeometry
    camera: CameraKey
    created: Annotated[str, Field(max_length=40)]
    identity: Annotated[str, Field(max_length=40)] = ""
    margin: Annotated[float, Field(ge=0, le=3, allow_inf_nan=False)] = FACE_MARGIN
    fixations: Annotated[list[_FixationMeta], Field(max_length=1000)]


# Of one sample. `camera`: fx, fy, cx, cy. `eyes`: left and right; centre, openness, width, brightness, reason.
# `work_ms`: landmarks, pose.
_SHAPES: dict[str, tuple[int, ...]] = {
    "point_px": (2,),
    "time_s": (),
    "camera": (4,),
    "landmarks": (COUNT, 3),
    "blink": (2,),
    "head_rotation": (3, 3),
    "head_mm": (3,),
    "eyes": (2, 7),
    "work_ms": (2,),
}
# As in `Truth`; NaN if a frame's truth is unknown, left out where no frame's is known.
_TRUTH_SHAPES: dict[str, tuple[int, ...]] = {
    "truth_target_mm": (3,),
    "truth_left": (3,),
    "truth_right": (3,),
    "truth_left_eye_mm": (3,),
    "truth_right_eye_mm": (3,),
    "truth_head_rotation": (3, 3),
    "truth_closure": (),
}


def save_sitting(sitting: SittingData, path: Path) -> None:
    """Write a sitting; images are kept as JPEGs of high quality, about 10 MB in all. Raises UserError if that fails."""
    samples = [sample for fixation in sitting.fixations for sample in fixation.samples]
    meta = _Meta(
        version=1,
        screen=sitting.screen,
        camera=sitting.camera,
        created=sitting.created,
        identity=sitting.identity,
        margin=sitting.margin,
        fixations=[
            _FixationMeta(kind=f.kind, target=f.target, frames=f.frames, samples=len(f.samples))
            for f in sitting.fixations
        ],
    )
    images = [np.frombuffer(sample.jpeg, np.uint8) for sample in samples]
    arrays: dict[str, NDArray[Any]] = {
        "meta": np.frombuffer(meta.model_dump_json().encode(), np.uint8),
        "image_bytes": np.concatenate([np.zeros(0, np.uint8), *images]),
        "image_length": np.array([len(image) for image in images], np.int64),
    }
    rows = [_row(sample) for sample in samples]
    for name, shape in _SHAPES.items():
        arrays[name] = np.array([row[name] for row in rows], float).reshape(-1, *shape)
    if any(sample.seen.frame.truth for sample in samples):
        for name, shape in _TRUTH_SHAPES.items():
            arrays[name] = np.array([_truth_value(sample, name, shape) for sample in samples])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from None
    write_whole_by(path, lambda file: np.savez(file, allow_pickle=False, **arrays), private=True)


def load_sitting(path: Path) -> SittingData:
    """Read a sitting; raises UserError, naming what is wrong, if the file is not one."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > _MAX_BYTES:
                raise UserError(f"{path}: a recorded sitting has at most {_MAX_BYTES // 2**20} MB.")
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None
    except UserError:
        raise
    except Exception:  # a damaged file raises whatever numpy's and zip's readers stumble over
        raise UserError(f"{path} is damaged or not a recorded sitting.") from None
    if not all(isinstance(array, np.ndarray) for array in arrays.values()):
        raise UserError(f"{path} is damaged or not a recorded sitting.")
    try:
        return _sitting_of(arrays)
    except ValidationError as error:
        raise damaged(path, error, "a recorded sitting", "Calibrate again to record a new one.") from None
    except ValueError as error:
        raise UserError(f"{path}: {error}.") from None


def _row(sample: Sample) -> dict[str, Any]:
    seen = sample.seen
    if seen.landmarks is None or seen.pose is None or seen.left is None or seen.right is None:
        raise ValueError("a sample without a face cannot be kept")
    face, camera, scores = seen.landmarks, seen.camera, seen.landmarks.scores()
    return {
        "point_px": sample.point_px,
        "time_s": seen.frame.time_s,
        "camera": (camera.fx, camera.fy, camera.cx, camera.cy),
        "landmarks": np.concatenate([face.points_px, face.depth_px[:, None]], 1),
        "blink": (scores.blink_left, scores.blink_right),
        "head_rotation": seen.pose.rotation,
        "head_mm": seen.pose.translation_mm,
        "eyes": [
            (*eye.centre_mm, eye.openness, eye.width_px, eye.brightness, _REASONS.index(eye.reason))
            for eye in (seen.left, seen.right)
        ],
        "work_ms": (seen.landmarks_ms, seen.pose_ms),
    }


def _truth_value(sample: Sample, name: str, shape: tuple[int, ...]) -> Array:
    truth = sample.seen.frame.truth
    return np.full(shape, np.nan) if truth is None else np.asarray(getattr(truth, name.removeprefix("truth_")), float)


def _sitting_of(arrays: dict[str, NDArray[Any]]) -> SittingData:
    meta = _Meta.model_validate_json(_bytes(arrays, "meta").tobytes())
    count = sum(fixation.samples for fixation in meta.fixations)
    if count > _MAX_SAMPLES:
        raise ValueError(f"a recorded sitting has at most {_MAX_SAMPLES} samples")
    columns = {name: _numbers(arrays, name, (count, *shape)) for name, shape in _SHAPES.items()}
    for name, values in columns.items():
        if name != "blink" and not np.isfinite(values).all():
            raise ValueError(f"'{name}' has numbers that are not finite")
    check_plausible(columns)
    for name, shape in _TRUTH_SHAPES.items() if "truth_left" in arrays else ():
        columns[name] = _numbers(arrays, name, (count, *shape))
    samples = [_sample(columns, *picture, i) for i, picture in enumerate(_pictures(arrays, count))]
    fixations, start = [], 0
    for fixation in meta.fixations:
        kept = tuple(samples[start : start + fixation.samples])
        fixations.append(Fixation(fixation.kind, fixation.target, max(fixation.frames, len(kept)), kept))
        start += fixation.samples
    return SittingData(meta.screen, meta.camera, meta.created, tuple(fixations), meta.identity, meta.margin)


def _array(arrays: dict[str, NDArray[Any]], name: str) -> NDArray[Any]:
    if name not in arrays:
        raise ValueError(f"'{name}' is missing")
    return arrays[name]


def _bytes(arrays: dict[str, NDArray[Any]], name: str) -> NDArray[np.uint8]:
    values = _array(arrays, name)
    if values.dtype != np.uint8 or values.ndim != 1:
        raise ValueError(f"'{name}' must be bytes")
    return values


def _numbers(arrays: dict[str, NDArray[Any]], name: str, shape: tuple[int, ...]) -> Array:
    values = _array(arrays, name)
    if values.dtype != np.float64 or values.shape != shape:
        raise ValueError(f"'{name}' must be numbers of the shape {list(shape)}, not {list(values.shape)}")
    return values


def _pictures(arrays: dict[str, NDArray[Any]], count: int) -> Iterator[tuple[bytes, int, int]]:
    """Each JPEG with its height and width, checked; only one is unpacked at a time."""
    data, lengths = _bytes(arrays, "image_bytes"), _array(arrays, "image_length")
    if lengths.dtype != np.int64 or lengths.shape != (count,) or (lengths <= 0).any() or lengths.sum() != len(data):
        raise ValueError("'image_length' does not fit 'image_bytes'")
    blobs = [data[end - length : end] for end, length in zip(np.cumsum(lengths), lengths, strict=True)]
    # The size stands in the header: refused before anything is unpacked.
    sizes = [_jpeg_size(blob[:_MAX_HEADER].tobytes()) for blob in blobs]
    if any(max(size) > _MAX_IMAGE_PX for size in sizes) or sum(height * width for height, width in sizes) > _MAX_PX:
        raise ValueError("'image_bytes' holds images of an implausible size")
    for blob in blobs:
        jpeg = blob.tobytes()
        try:
            height, width = decode_picture(jpeg).shape[:2]
        except ValueError:
            raise ValueError("'image_bytes' holds a damaged image") from None
        yield jpeg, height, width


def _jpeg_size(header: bytes) -> tuple[int, int]:
    """Height and width from a JPEG's frame header; raises ValueError if there is none."""
    position = 2
    while header[:2] == b"\xff\xd8" and position + 9 <= len(header) and header[position] == 0xFF:
        marker, length = header[position + 1], int.from_bytes(header[position + 2 : position + 4], "big")
        if marker in _JPEG_FRAMES:
            height, width = (int.from_bytes(header[position + i : position + i + 2], "big") for i in (5, 7))
            return height, width
        position += 2 + length
    raise ValueError("'image_bytes' holds something else than JPEG images")


def check_plausible(columns: dict[str, Array]) -> None:
    """Raises ValueError, naming the column, for finite numbers that no sitting can have."""
    if (np.abs(columns["landmarks"]) > _FARTHEST).any() or (np.ptp(columns["landmarks"][..., :2], axis=1) < 1).any():
        raise ValueError("'landmarks' are not those of a face in a picture")
    if (columns["camera"][:, :2] <= 1).any() or (np.abs(columns["camera"]) > _FARTHEST).any():
        raise ValueError("'camera' must have focal lengths above one pixel, and a middle near the picture")
    if (np.abs(columns["point_px"]) > _FARTHEST).any():
        raise ValueError("'point_px' has points far off any screen")
    turns = columns["head_rotation"]
    if (np.abs(turns) > 2).any() or not (  # first: the products of huge numbers overflow
        np.allclose(turns @ turns.transpose(0, 2, 1), np.eye(3), atol=1e-3) and (np.linalg.det(turns) > 0).all()
    ):
        raise ValueError("'head_rotation' has matrices that are no rotations")
    for name, places in (("head_mm", columns["head_mm"]), ("eyes", columns["eyes"][..., :3])):
        if (np.abs(places) > _FARTHEST).any() or (places[..., 2] < 1).any():
            raise ValueError(f"'{name}' must lie before the camera, less than {_FARTHEST / 1000:.0f} m away")
    if (np.abs(columns["time_s"]) > 1e12).any() or ((columns["work_ms"] < 0) | (columns["work_ms"] > 1e6)).any():
        raise ValueError("'time_s' or 'work_ms' are no times of a sitting")


def _sample(columns: dict[str, Array], jpeg: bytes, height: int, width: int, i: int) -> Sample:
    landmarks = columns["landmarks"][i]
    fx, fy, cx, cy = (float(v) for v in columns["camera"][i])
    left, right = (_eye(side, values) for side, values in zip(("left", "right"), columns["eyes"][i], strict=True))
    truth = None
    if "truth_left" in columns and np.isfinite(columns["truth_left"][i]).all():
        truth = Truth(**{name.removeprefix("truth_"): columns[name][i] for name in _TRUTH_SHAPES})
    seen = Observation(
        frame=Frame(_NO_PICTURE, i, float(columns["time_s"][i]), truth=truth),
        camera=Intrinsics(width, height, fx, fy, cx, cy),
        landmarks=FaceLandmarks(
            landmarks[:, :2], landmarks[:, 2], partial(EyeScores, *columns["blink"][i].astype(float).tolist())
        ),
        pose=HeadPose(columns["head_rotation"][i], columns["head_mm"][i]),
        left=left,
        right=right,
        reason=Reason.NONE,
        landmarks_ms=float(columns["work_ms"][i, 0]),
        pose_ms=float(columns["work_ms"][i, 1]),
    )
    return Sample.of_jpeg(seen, jpeg, columns["point_px"][i])


def _eye(side: Any, values: Array) -> EyeObservation:
    if not 0 <= values[6] < len(_REASONS):
        raise ValueError("'eyes' has an unknown reason")
    reason = _REASONS[int(values[6])]
    return EyeObservation(
        side=side,
        centre_mm=values[:3],
        openness=float(values[3]),
        blinking=reason is Reason.EYE_CLOSED,
        width_px=float(values[4]),
        brightness=float(values[5]),
        reason=reason,
    )
