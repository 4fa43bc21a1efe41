"""`pictures.arrows`: parts of the frames, kept without loss, with everything else that a model needs. A frame is
restored by placing its parts into an empty image of its full size, with the same camera. A model that reads only these
parts then gets the same numbers, bit for bit.

`eyes` keeps the surroundings of each eye, `face` those of the face. Parts are PNG images whose blue and red are stored
as differences from green (modulo 256), which makes them a fifth smaller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.camera.frame import Frame
from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, Intrinsics
from gaze_demo.landmarks.face import COUNT, EyeScores, FaceLandmarks
from gaze_demo.landmarks.head_pose import LEFT_CORNERS, RIGHT_CORNERS, HeadPose
from gaze_demo.normalisation.normalise import CropGeometry, normalising_rotation, warp_matrix
from gaze_demo.observation import EyeObservation, Observation, Reason, Side
from gaze_demo.session.arrow import load_pyarrow, record_batch

Parts = Literal["eyes", "face"]
# A level crop of an eye is a square of this many eye widths, as the public models of that kind use it.
LEVEL_WIDTHS = 1.6
FACE_MARGIN = 0.35  # around the landmarks' box, in its size: face crops of public models reach this far
# The landmarks that are kept with the eyes: corners, irises, and the lids that a calibration's features read.
EYE_POINTS = (*LEFT_CORNERS, *RIGHT_CORNERS, 468, 473, 386, 374, 159, 145)
_MOST_SIDE, _MOST_PARTS = 20000, 4
_REASONS = {reason.value: reason for reason in Reason}
_PNG = (cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_HUFFMAN_ONLY)

Image = NDArray[np.uint8]


@cache
def schema() -> Any:
    """The Arrow schema. Raises UserError if pyarrow is missing."""
    pa = load_pyarrow()
    number, whole = pa.float64(), pa.int32()

    def many(kind: Any, count: int = -1) -> Any:
        return pa.list_(pa.field("item", kind, nullable=False), count)

    columns = {
        "frame": whole,
        "time_s": number,
        "size_px": many(whole, 2),  # width, height of the frame
        "camera": many(number, 4),  # fx, fy, cx, cy
        "head_rotation": many(number, 9),
        "head_mm": many(number, 3),
        "landmark": many(pa.int16()),  # which landmarks are kept
        "landmarks_px": many(number),  # x, y, depth of each
        "blink": many(number, 2),  # left, right
        "eyes": many(number, 12),  # left, right: centre in mm, openness, width in px, brightness
        "closed": many(pa.int8(), 2),
        "reasons": many(pa.string(), 3),  # left, right, both
        "part_px": many(whole),  # x, y of each part's corner
        "part_png": many(pa.binary()),
    }
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in columns.items()])


@dataclass(frozen=True, eq=False)
class Part:
    """A rectangle of a frame: the place of its top left corner in px, and its BGR image."""

    x: int
    y: int
    image: Image


def parts_of(seen: Observation, keep: Parts) -> list[Part]:
    """The parts of an observation with a face. Outside the image a crop repeats the nearest edge, so one line of pixels
    is kept then."""
    if seen.landmarks is None or seen.pose is None:
        return []
    if keep == "face":
        x0, y0, x1, y1 = seen.landmarks.box_px
        dx, dy = (x1 - x0) * FACE_MARGIN, (y1 - y0) * FACE_MARGIN
        boxes = [(x0 - dx, y0 - dy, x1 + dx, y1 + dy)]
    else:
        boxes = [_eye_box(seen, corners, centre) for corners, centre in _eyes(seen.pose)]
    height, width = seen.frame.image.shape[:2]
    parts = []
    for x0, y0, x1, y1 in boxes:
        left, top = (int(np.clip(np.floor(low), 0, size - 1)) for low, size in ((x0, width), (y0, height)))
        right, bottom = (int(np.clip(np.ceil(high), 1, size)) for high, size in ((x1, width), (y1, height)))
        right, bottom = max(right, left + 1), max(bottom, top + 1)
        parts.append(Part(left, top, np.ascontiguousarray(seen.frame.image[top:bottom, left:right])))
    return parts


def _eyes(pose: HeadPose) -> tuple[tuple[tuple[int, int], Array], ...]:
    return (LEFT_CORNERS, pose.left_eye_mm), (RIGHT_CORNERS, pose.right_eye_mm)


def _eye_box(seen: Observation, corners: tuple[int, int], centre_mm: Array) -> tuple[float, float, float, float]:
    """The part of the image in a normalised crop of 60 x 36 px and in a level square crop of an eye, with the
    neighbouring pixels that interpolation needs."""
    assert seen.landmarks is not None
    assert seen.pose is not None
    geometry = CropGeometry()
    rotation = normalising_rotation(centre_mm, seen.pose.rotation)
    back = np.linalg.inv(warp_matrix(centre_mm, rotation, seen.camera, geometry))
    edges = np.array([(x, y, 1.0) for x in (0, geometry.width) for y in (0, geometry.height)]) @ back.T
    normalised = edges[:, :2] / edges[:, 2:]
    points = seen.landmarks.points_px
    ends = points[list(corners)]
    line = points[list(LEFT_CORNERS)].mean(0) - points[list(RIGHT_CORNERS)].mean(0)
    along = line / max(float(np.linalg.norm(line)), 1e-6) * np.linalg.norm(ends[1] - ends[0]) * LEVEL_WIDTHS / 2
    across = np.array([-along[1], along[0]])
    level = np.array([ends.mean(0) + i * along + j * across for i in (-1, 1) for j in (-1, 1)])
    seen_px = np.concatenate([normalised, level])
    (x0, y0), (x1, y1) = seen_px.min(0) - 1, seen_px.max(0) + 2
    return float(x0), float(y0), float(x1), float(y1)


def row_of(seen: Observation, keep: Parts) -> dict[str, Any] | None:
    """One row of `pictures.arrows`; None if no face was found."""
    if seen.landmarks is None or seen.pose is None or seen.left is None or seen.right is None:
        return None
    face, camera = seen.landmarks, seen.camera
    kept = np.array(EYE_POINTS if keep == "eyes" else range(len(face.points_px)), np.int16)
    points = np.concatenate([face.points_px, face.depth_px[:, None]], 1)[kept]
    parts = parts_of(seen, keep)
    eyes, scores = (seen.left, seen.right), face.scores()
    return {
        "frame": seen.frame.index,
        "time_s": seen.frame.time_s,
        "size_px": (camera.width, camera.height),
        "camera": (camera.fx, camera.fy, camera.cx, camera.cy),
        "head_rotation": seen.pose.rotation.ravel(),
        "head_mm": seen.pose.translation_mm,
        "landmark": kept,
        "landmarks_px": points.ravel(),
        "blink": (scores.blink_left, scores.blink_right),
        "eyes": [v for eye in eyes for v in (*eye.centre_mm, eye.openness, eye.width_px, eye.brightness)],
        "closed": [int(eye.blinking) for eye in eyes],
        "reasons": [*(eye.reason.value for eye in eyes), seen.reason.value],
        "part_px": [value for part in parts for value in (part.x, part.y)],
        "part_png": [_packed(part.image) for part in parts],
    }


def batch_of(rows: Sequence[dict[str, Any]]) -> Any:
    """An Arrow record batch of rows."""
    return record_batch(rows, schema())


def observations_of(batch: Any, fill: int = 0) -> list[Observation]:
    """The observations of a batch, with frames that are `fill` wherever nothing was kept.

    Raises UserError if a row cannot be one.
    """
    try:
        return [_observation(row, fill) for row in batch.to_pylist()]
    except (ValueError, TypeError, KeyError, cv2.error, OverflowError, UnicodeDecodeError) as error:
        raise UserError(f"The kept pictures are damaged: {error}.") from None


def _observation(row: dict[str, Any], fill: int) -> Observation:
    width, height = row["size_px"]
    fx, fy, cx, cy = row["camera"]
    refuse_impossible(width, height, fx, fy)
    numbers = [fx, fy, cx, cy, *row["head_rotation"], *row["head_mm"], *row["eyes"], *row["landmarks_px"]]
    if not np.isfinite(numbers).all():
        raise ValueError("a number that is not finite")
    index, values = np.array(row["landmark"], int), np.array(row["landmarks_px"], float)
    if (
        len(index) * 3 != len(values)
        or len(index) > COUNT
        or (len(index) and not 0 <= index.min() <= index.max() < COUNT)
    ):
        raise ValueError("landmarks that do not fit")
    points = np.full((COUNT, 3), np.nan)
    points[index] = values.reshape(-1, 3)
    left, right = (_eye(row, side) for side in (0, 1))
    blink_left, blink_right = row["blink"]
    return Observation(
        frame=Frame(_image(row, width, height, fill), int(row["frame"]), float(row["time_s"])),
        camera=Intrinsics(width, height, fx, fy, cx, cy),
        landmarks=FaceLandmarks(
            np.ascontiguousarray(points[:, :2]), points[:, 2].copy(), partial(EyeScores, blink_left, blink_right)
        ),
        pose=HeadPose(np.array(row["head_rotation"], float).reshape(3, 3), np.array(row["head_mm"], float)),
        left=left,
        right=right,
        reason=kept_reason(row["reasons"][2]),
        landmarks_ms=0.0,
        pose_ms=0.0,
    )


def refuse_impossible(width: int, height: int, fx: float, fy: float) -> None:
    """Raise ValueError if no frame can have that size in px or these focal lengths."""
    if not (0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE and width * height <= 10**8):
        raise ValueError(f"a frame of {width} x {height} px")
    if not (np.isfinite([fx, fy]).all() and min(fx, fy) > 0):
        raise ValueError("no focal length")


def _image(row: dict[str, Any], width: int, height: int, fill: int) -> Image:
    image = np.full((height, width, 3), fill, np.uint8)
    places, pngs = row["part_px"], row["part_png"]
    if len(places) != 2 * len(pngs) or len(pngs) > _MOST_PARTS:
        raise ValueError("parts that do not fit")
    for x, y, png in zip(places[::2], places[1::2], pngs, strict=True):
        part = _unpacked(png, width, height)
        if x < 0 or y < 0 or x + part.shape[1] > width or y + part.shape[0] > height:
            raise ValueError("a part beside the frame")
        image[y : y + part.shape[0], x : x + part.shape[1]] = part
    return image


def _eye(row: dict[str, Any], i: int) -> EyeObservation:
    side: Side = ("left", "right")[i]
    values = row["eyes"][6 * i : 6 * i + 6]
    return EyeObservation(
        side=side,
        centre_mm=np.array(values[:3], float),
        openness=values[3],
        blinking=bool(row["closed"][i]),
        width_px=values[4],
        brightness=values[5],
        reason=kept_reason(row["reasons"][i]),
    )


def kept_reason(text: str) -> Reason:
    """The reason of that text. Raises ValueError if there is none."""
    if text not in _REASONS:
        raise ValueError("an unknown reason")
    return _REASONS[text]


def _packed(image: Image) -> bytes:
    green = image[..., 1:2]
    told = np.concatenate([image[..., :1] - green, green, image[..., 2:] - green], 2)
    return bytes(cv2.imencode(".png", told, _PNG)[1])


def _unpacked(png: bytes, width: int, height: int) -> Image:
    """The BGR image of a part, which must fit into a frame of (width, height); raises ValueError."""
    if png[:8] != b"\x89PNG\r\n\x1a\n" or png[12:16] != b"IHDR":
        raise ValueError("a part that is no PNG image")
    size = (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big"))
    if not (0 < size[0] <= width and 0 < size[1] <= height):  # checked before anything is unpacked
        raise ValueError("a part larger than its frame")
    told = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    if told is None:
        raise ValueError("a damaged part")
    image = np.asarray(told, np.uint8).copy()
    image[..., 0] += image[..., 1]
    image[..., 2] += image[..., 1]
    return image
