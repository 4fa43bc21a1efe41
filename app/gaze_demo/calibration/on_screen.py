"""A profile in use: from a gaze to a point of the profile's screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gaze_demo import paths
from gaze_demo.calibration.ellipse import point_covariance_mm
from gaze_demo.calibration.mapping import Mapping
from gaze_demo.calibration.profile import Profile, list_profiles, load_profile
from gaze_demo.calibration.readings import Readings, read
from gaze_demo.calibration.sample import CameraKey
from gaze_demo.errors import UserError
from gaze_demo.estimate import GazeEstimate
from gaze_demo.geometry import Array
from gaze_demo.observation import Observation
from gaze_demo.pipeline import ScreenPoint
from gaze_demo.screen import ScreenGeometry


class ProfileMap:
    """Maps the gazes of every model in a profile; implements `gaze_demo.pipeline.ToScreen`."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    @property
    def screen(self) -> ScreenGeometry:
        return self.profile.screen

    def point(self, seen: Observation, estimate: GazeEstimate) -> ScreenPoint | None:
        """None if there is no gaze towards the screen, or the profile does not have the model."""
        mapping = self.profile.mappings.get(estimate.model)
        row = read(seen, estimate) if mapping is not None else None
        if mapping is None or row is None:
            return None
        try:
            return screen_point(mapping, row, self.profile)
        except ValueError:  # another model of this name, with other features
            return None


def screen_point(mapping: Mapping, row: Readings, profile: Profile) -> ScreenPoint:
    """The point of one reading. Raises ValueError if it has other features than the mapping was fitted to."""
    px = profile.screen.camera_to_px(mapping.point_mm(row))[0]
    outside = float(profile.hull.distance(row)[0]) if profile.hull else 0.0
    return ScreenPoint(px, profile.screen.px_to_mm(px), outside, screen_covariance(mapping, row, profile.screen))


def screen_covariance(mapping: Mapping, row: Readings, screen: ScreenGeometry) -> Array | None:
    """Covariance (2, 2) in px^2 of the point of one reading; its ellipse of 2.15 standard deviations holds 90 % of a
    person's frames. None if it was never measured."""
    covariance = point_covariance_mm(mapping, row.spread, mapping.jacobian_mm(row))
    if covariance is None:
        return None
    here = screen.camera_to_px(np.zeros(3))
    to_px = np.stack([screen.camera_to_px(step) - here for step in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))], -1)
    return np.asarray(to_px @ covariance[0] @ to_px.T)


def find_profile(name_or_path: str) -> Profile:
    """The newest profile of that name, or the profile at that path. Raises UserError if there is none."""
    if Path(name_or_path).suffix == ".json":
        return load_profile(paths.given(name_or_path))
    profiles, problems = list_profiles()
    for profile in profiles:  # newest first
        if profile.name == name_or_path:
            return profile
    if not profiles and problems:
        raise UserError(problems[0])
    names = ", ".join(sorted({profile.name for profile in profiles}))
    remedy = f"there are: {names}" if names else "make one with 'gaze-demo calibrate'"
    raise UserError(f"There is no profile {name_or_path!r}; {remedy}.")


def why_not(
    profile: Profile, width: int, height: int, hfov_deg: float, models: Sequence[str], camera: str = ""
) -> list[str]:
    """Why a profile may not be valid for frames of this size, one sentence each; `camera` is empty if it is unknown, as
    for a file."""
    key = CameraKey(
        name=camera or profile.camera.name, width=width, height=height, hfov_deg=float(np.clip(hfov_deg, 1.001, 178.9))
    )
    return profile.mismatches(key, profile.screen, list(models))
