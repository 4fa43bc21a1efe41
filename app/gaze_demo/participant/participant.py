"""The virtual participant: a rendered face in front of a camera, whose gaze is exactly known."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.camera.frame import Truth
from gaze_demo.geometry import (
    Array,
    Intrinsics,
    normalised,
    pitch_yaw_to_vector,
    rotation_from_angles,
    vector_to_pitch_yaw,
)
from gaze_demo.landmarks.head_pose import HeadPose
from gaze_demo.participant.eye import EyePainter, EyeState
from gaze_demo.participant.lighting import studio_lights
from gaze_demo.participant.motion import Blinks, GazeFollower, HeadSway
from gaze_demo.participant.path import ScreenPath
from gaze_demo.participant.person import PEOPLE
from gaze_demo.participant.plate import set_portrait
from gaze_demo.participant.portrait import load_portrait
from gaze_demo.participant.sensor import Sensor
from gaze_demo.participant.warp import HeadMove, PoseWarp, Warped
from gaze_demo.screen import ScreenGeometry

HeadMode = Literal["still", "moving"]
GazeMode = Literal["pointer", "path"]

_REACH_DEG = np.array([[-40.0, -42.0], [28.0, 42.0]])  # how far eyes turn in the head: least and most of (pitch, yaw)
_HEAD_FOLLOWS, _HEAD_FOLLOWS_S = 0.2, 0.45  # a moving head follows the gaze by this share and with this delay


def desk_screen() -> ScreenGeometry:
    """The participant's default screen: 24 inches, with the lens above it."""
    return ScreenGeometry.of_monitor("24 inch", 1920, 1080, 531.4, 298.9, given=True)


class VirtualParticipant:
    """Renders frames one after the other; the point it looks at may be set from any thread. Until then, and always with
    `mode` "path", the eyes follow a path over the screen. `person` is a number in `PEOPLE`.

    Attributes: `camera`, the exact intrinsics.
    """

    def __init__(
        self,
        camera: Intrinsics,
        *,
        person: int = 0,
        head: HeadMode = "still",
        mode: GazeMode = "pointer",
        seed: int = 0,
        distance_mm: float = 600.0,
        screen: ScreenGeometry | None = None,
    ) -> None:
        self.camera = camera
        self._screen = screen or desk_screen()
        self._person = PEOPLE[person]
        self._plate = set_portrait(load_portrait(person), self.camera, distance_mm)
        self._warp = PoseWarp(self._plate)
        lights = studio_lights(mirrored=self._person.style.mirrored)
        self._left, self._right = (EyePainter(self._plate, side, self._person, lights) for side in ("left", "right"))
        self._sensor = Sensor(camera.width, camera.height, seed)
        self._sway, self._blinks, self._path = HeadSway(seed), Blinks(seed), ScreenPath(seed)
        self._moving, self._own_way = head == "moving", mode == "path"
        self._pointed_at: Array | None = None
        self._dot: Array | None = None
        self._time_s = 0.0
        self._followed = np.zeros(2)
        self._skin: tuple[HeadMove, Warped, NDArray[np.uint8]] | None = None
        self._gaze = GazeFollower(self._wanted_mm())

    def look_at_mm(self, target_mm: Array) -> None:
        """Look at a point (3,) of the camera frame from the next frame on; ignored with mode "path"."""
        self._pointed_at = target_mm  # a single reference, so no lock is needed

    def fixate_mm(self, target_mm: Array | None) -> None:
        """Look at a dot (3,) of the camera frame, with any mode, until None is given."""
        self._dot = target_mm

    def step(self, step_s: float) -> tuple[NDArray[np.uint8], Truth]:
        """The image (height, width, 3) uint8 BGR `step_s` after the last one, and the truth about it."""
        self._time_s += step_s
        move = self._move(step_s)
        turn = rotation_from_angles(*move.turn)
        pose = self._warp.pose(turn, move)
        point = self._gaze.step(self._wanted_mm(), pose.eyes_middle_mm, step_s)
        target = _within_reach(point, pose)
        closure = self._blinks.closure(self._time_s)
        truth = Truth(
            target_mm=target,
            left=normalised(target - pose.left_eye_mm),
            right=normalised(target - pose.right_eye_mm),
            left_eye_mm=pose.left_eye_mm,
            right_eye_mm=pose.right_eye_mm,
            head_rotation=pose.rotation,
            closure=closure,
        )
        return self._draw(move, turn, pose, truth), truth

    def iris_px(self, truth: Truth) -> Array:
        """Where the irises' centres (2, 2) are drawn in a frame with that truth, left then right."""
        rest = self._plate.pose
        turn = truth.head_rotation @ rest.rotation.T
        head = self._warp.pose(turn, HeadMove())
        pose = HeadPose(truth.head_rotation, head.translation_mm + truth.left_eye_mm - head.left_eye_mm)
        eyes = ((self._left, truth.left), (self._right, truth.right))
        centres = [
            eye.centre_mm(pose) + eye.optical_axis(gaze, pose) * self._person.shape.limbus_plane_mm
            for eye, gaze in eyes
        ]
        return self.camera.project(np.array(centres))

    def _wanted_mm(self) -> Array:
        target = self._dot
        if target is None and not self._own_way:
            target = self._pointed_at
        if target is not None:
            return target
        size = np.array([self._screen.width_px, self._screen.height_px])
        return np.asarray(self._screen.px_to_camera(self._path.at(self._time_s) * size), float)

    def _move(self, step_s: float) -> HeadMove:
        if not self._moving:
            return HeadMove()
        sway = self._sway.at(self._time_s)
        gaze = vector_to_pitch_yaw(self._gaze.point_mm - self._plate.pose.eyes_middle_mm)
        self._followed += (_HEAD_FOLLOWS * gaze - self._followed) * (1 - np.exp(-step_s / _HEAD_FOLLOWS_S))
        pitch, yaw, roll = sway.turn
        return HeadMove((pitch + self._followed[0], yaw + self._followed[1], roll), sway.shift_mm)

    def _draw(self, move: HeadMove, turn: Array, pose: HeadPose, truth: Truth) -> NDArray[np.uint8]:
        if self._skin is None or self._skin[0] != move:  # a head that does not move is drawn once
            warped = self._warp.look_up(turn, move)
            skin, box = self._plate.wall.copy(), warped.box
            cover = warped.cover[box]
            maps = cv2.convertMaps(warped.x[box], warped.y[box], cv2.CV_16SC2)  # twice as fast as with floats
            person = cv2.remap(self._plate.image, *maps, cv2.INTER_LINEAR)
            skin[box] = cv2.blendLinear(person, skin[box], cover, 1 - cover)
            self._skin = (move, warped, skin)
        _, warped, skin = self._skin
        image = skin.copy()
        for eye, gaze in ((self._left, truth.left), (self._right, truth.right)):
            eye.paint(image, warped, pose, EyeState(gaze, truth.closure))
        return self._sensor.expose(image)


def _within_reach(target_mm: Array, pose: HeadPose) -> Array:
    """The target itself, or the nearest direction at the same distance to which eyes in this head can turn."""
    ray = target_mm - pose.eyes_middle_mm
    angles = vector_to_pitch_yaw(pose.rotation.T @ ray)
    reached = np.clip(angles, *np.radians(_REACH_DEG))
    if np.array_equal(angles, reached):
        return target_mm
    return pose.eyes_middle_mm + pose.rotation @ pitch_yaw_to_vector(reached) * np.linalg.norm(ray)
