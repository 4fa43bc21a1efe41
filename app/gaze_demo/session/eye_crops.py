"""`crops.arrows`: both eyes as the usual normalised crops, grey, 60 x 36 px, without loss.

They take a quarter of the space of the eyes in `pictures.arrows` and serve every model that reads such crops, to the
last bit. A crop is kept as it is cut, unmirrored; both lie side by side in one picture, the left eye first.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.camera.frame import Frame
from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics
from gaze_demo.landmarks.face import COUNT, FaceLandmarks
from gaze_demo.landmarks.head_pose import HeadPose
from gaze_demo.model.crops import USUAL_GEOMETRY, normalised_eye_crop
from gaze_demo.observation import EyeObservation, Observation, Side
from gaze_demo.session.arrow import load_pyarrow, numpy_of, record_batch
from gaze_demo.session.lossless_grey import GreyDecoder, GreyEncoder
from gaze_demo.session.pictures import EYE_POINTS, kept_reason, refuse_impossible

GEOMETRY = USUAL_GEOMETRY
_SIZE = (2 * GEOMETRY.width, GEOMETRY.height)
_KEPT = np.array(EYE_POINTS)
# Of `numbers`: the frame's size, the camera, the head's rotation and place, each eye's openness, width and brightness,
# and the landmarks. Blink scores are not among them: where nothing else needed them, they would cost another network.
_COUNTS = (2, 4, 9, 3, 6, 2 * len(EYE_POINTS))
# The bytes of all `numbers`, the lowest first: each has its own column, which takes a sixth less space.
_BYTES = tuple(f"numbers_{i}" for i in range(8))

Grey = NDArray[np.uint8]


@cache
def schema() -> Any:
    """The Arrow schema. Raises UserError if pyarrow is missing."""
    pa = load_pyarrow()

    def many(kind: Any, count: int) -> Any:
        return pa.list_(pa.field("item", kind, nullable=False), count)

    columns = {
        "frame": pa.int32(),
        "time_s": pa.float64(),
        **dict.fromkeys(_BYTES, many(pa.uint8(), sum(_COUNTS))),
        "closed": many(pa.int8(), 2),  # left, right
        "reasons": many(pa.string(), 3),  # left, right, both
        "crops_h264": pa.binary(),  # one packet of an H.264 stream
    }
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in columns.items()])


def crops_of(seen: Observation) -> tuple[Grey, Grey]:
    """The crops (36, 60) of the left and the right eye of an observation with a pose."""
    left, right = (cv2.cvtColor(normalised_eye_crop(seen, eye), cv2.COLOR_BGR2GRAY) for eye in (0, 1))
    return np.asarray(left, np.uint8), np.asarray(right, np.uint8)


class CropWriter:
    """Makes the rows of one file; each picture is coded relative to the ones before, so use one object for one file.

    Pictures are coded when a batch is made: one after the other they take much less time than each alone, between the
    frames.
    """

    def __init__(self) -> None:
        self._encoder = GreyEncoder(*_SIZE)

    def row_of(self, seen: Observation) -> dict[str, Any] | None:
        """The next row; None if no face was found."""
        if seen.landmarks is None or seen.pose is None or seen.left is None or seen.right is None:
            return None
        face, camera, eyes = seen.landmarks, seen.camera, (seen.left, seen.right)
        numbers = [
            (camera.width, camera.height),
            (camera.fx, camera.fy, camera.cx, camera.cy),
            seen.pose.rotation.ravel(),
            seen.pose.translation_mm,
            [value for eye in eyes for value in (eye.openness, eye.width_px, eye.brightness)],
            face.points_px[_KEPT].ravel(),
        ]
        return {
            "frame": seen.frame.index,
            "time_s": seen.frame.time_s,
            "numbers": np.concatenate([np.asarray(part, float) for part in numbers]),
            "closed": [int(eye.blinking) for eye in eyes],
            "reasons": [*(eye.reason.value for eye in eyes), seen.reason.value],
            "picture": np.concatenate(crops_of(seen), 1),
        }

    def batch_of(self, rows: Sequence[dict[str, Any]]) -> Any:
        """An Arrow record batch of the next rows, in their order."""
        numbers = np.array([row["numbers"] for row in rows], "<f8").reshape(len(rows), sum(_COUNTS))
        parts = numbers.view(np.uint8).reshape(len(rows), sum(_COUNTS), len(_BYTES))
        split = [
            {
                **row,
                **{name: own[:, i] for i, name in enumerate(_BYTES)},
                "crops_h264": self._encoder.encode(row["picture"]),
            }
            for row, own in zip(rows, parts, strict=True)
        ]
        return record_batch(split, schema())


def _numbers_of(batch: Any) -> NDArray[np.float64]:
    """(n, numbers): those of each row of a batch."""
    columns = [numpy_of(batch.column(name).flatten()) for name in _BYTES]
    parts = np.stack(columns, -1).reshape(batch.num_rows, sum(_COUNTS), len(_BYTES))
    return parts.view("<f8")[..., 0].astype(float)


class CropReader:
    """Reads the batches of one file in their order; frames are `fill` all over."""

    def __init__(self, fill: int = 0) -> None:
        self._fill = fill
        self._decoder = GreyDecoder(*_SIZE)

    def observations_of(self, batch: Any, first: int = 0) -> list[Observation]:
        """The observations of the next batch, from the frame of index `first` on. Raises UserError if a row cannot be
        one."""
        early = int(np.count_nonzero(numpy_of(batch.column("frame")) < first))
        for packet in batch.column("crops_h264").slice(0, early).to_pylist():
            self._decoder.skip(packet)
        batch = batch.slice(early)
        try:
            numbers = _numbers_of(batch)
            rows = batch.drop_columns(list(_BYTES)).to_pylist()
            return [self._observation(row, own) for row, own in zip(rows, numbers, strict=True)]
        except (ValueError, TypeError, KeyError, OverflowError, UnicodeDecodeError) as error:
            raise UserError(f"The kept crops are damaged: {error}.") from None

    def _observation(self, row: dict[str, Any], numbers: NDArray[np.float64]) -> Observation:
        size, camera, rotation, place, eyes, points = np.split(numbers, np.cumsum(_COUNTS[:-1]))
        if not np.isfinite(numbers).all():
            raise ValueError("a number that is not finite")
        width, height = (int(side) for side in size)
        fx, fy, cx, cy = (float(value) for value in camera)
        refuse_impossible(width, height, fx, fy)
        picture = self._decoder.decode(row["crops_h264"])
        points_px = np.full((COUNT, 2), np.nan)
        points_px[_KEPT] = points.reshape(-1, 2)
        pose = HeadPose(rotation.reshape(3, 3), place)
        centres = {"left": pose.left_eye_mm, "right": pose.right_eye_mm}

        def eye(side: Side, i: int) -> EyeObservation:
            openness, width_px, brightness = eyes[3 * i : 3 * i + 3]
            reason = kept_reason(row["reasons"][i])
            return EyeObservation(side, centres[side], openness, bool(row["closed"][i]), width_px, brightness, reason)

        return Observation(
            frame=Frame(np.full((height, width, 3), self._fill, np.uint8), int(row["frame"]), float(row["time_s"])),
            camera=Intrinsics(width, height, fx, fy, cx, cy),
            landmarks=FaceLandmarks(points_px, np.full(COUNT, np.nan)),
            pose=pose,
            left=eye("left", 0),
            right=eye("right", 1),
            reason=kept_reason(row["reasons"][2]),
            landmarks_ms=0.0,
            pose_ms=0.0,
            eye_crops=(picture[:, : GEOMETRY.width].copy(), picture[:, GEOMETRY.width :].copy()),
        )
