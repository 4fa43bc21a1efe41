"""An outside teacher that was trained on real people: its gaze for a pair of eyes.

Level square crops of both eyes and the head's angles, as Intel's gaze-estimation-adas-0002 needs them.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, mirror_rotation, mirror_vector, normalised

_SIZE = 60
_WIDTHS = 1.6
_INPUTS = frozenset({"left_eye_image", "right_eye_image", "head_pose_angles"})


class OutsideTeacher:
    """Runs the ONNX at `path` on two eyes; answers in the frame that the head rotation is given in.

    Raises UserError if the file is no such model.
    """

    def __init__(self, path: Path) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3  # it warns of weights that nothing uses
        try:
            self._session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises many types of exception
            raise UserError(
                f"{path} is not an ONNX model that can be run here: check that the file is complete."
            ) from error
        missing = _INPUTS.difference(given.name for given in self._session.get_inputs())
        if missing:
            raise UserError(f"{path} cannot be an outside teacher: it has no input {', '.join(sorted(missing))}.")

    def gaze(self, image: NDArray[np.uint8], left_px: Array, right_px: Array, head_rotation: Array) -> Array:
        """Unit gaze (3,) from a BGR image, each eye's corners (2, 2), that at the image's left first, in px."""
        roll = float(np.arctan2(*(left_px.mean(0) - right_px.mean(0))[::-1]))
        yaw = np.degrees(np.arctan2(head_rotation[0, 2], head_rotation[2, 2]))
        pitch = np.degrees(np.arcsin(np.clip(-head_rotation[1, 2], -1, 1)))
        vector = self._session.run(
            None,
            {
                "left_eye_image": self._crop(image, right_px, roll),  # its left is the image's left
                "right_eye_image": self._crop(image, left_px, roll),
                "head_pose_angles": np.array([[-yaw, pitch, 0.0]], np.float32),
            },
        )[0][0]
        x, y, z = vector[0], -vector[1], vector[2]
        cos, sin = np.cos(roll), np.sin(roll)
        return normalised([cos * x - sin * y, sin * x + cos * y, z])

    def symmetric_gaze(self, image: NDArray[np.uint8], left_px: Array, right_px: Array, head_rotation: Array) -> Array:
        """The mean (3,) of the answers to the picture and to its mirror image: a bias to one side cancels."""

        def mirrored(corners: Array) -> Array:
            return np.stack([image.shape[1] - corners[::-1, 0], corners[::-1, 1]], -1)

        plain = self.gaze(image, left_px, right_px, head_rotation)
        mirror = np.ascontiguousarray(image[:, ::-1])
        other = self.gaze(mirror, mirrored(right_px), mirrored(left_px), mirror_rotation(head_rotation))
        return normalised(plain + mirror_vector(other))

    @staticmethod
    def _crop(image: NDArray[np.uint8], corners_px: Array, roll: float) -> NDArray[np.float32]:
        """Turned by the line through both eyes, not by this eye's own corners: half a degree better on real people."""
        centre = corners_px.mean(0)
        scale = _SIZE / (_WIDTHS * max(float(np.linalg.norm(corners_px[1] - corners_px[0])), 1.0))
        matrix = cv2.getRotationMatrix2D((float(centre[0] - 0.5), float(centre[1] - 0.5)), np.degrees(roll), scale)
        matrix[:, 2] += _SIZE / 2 - 0.5 - (centre - 0.5)
        crop = cv2.warpAffine(image, matrix, (_SIZE, _SIZE), borderMode=cv2.BORDER_REPLICATE)
        return np.ascontiguousarray(crop.transpose(2, 0, 1)[None], np.float32)
