"""Profiles: a sitting's mappings under a name that the user chose, as checked JSON."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gaze_demo import paths
from gaze_demo.calibration.drift import Hull
from gaze_demo.calibration.mapping import Mapping
from gaze_demo.calibration.report import Report
from gaze_demo.calibration.sample import CameraKey
from gaze_demo.errors import UserError
from gaze_demo.screen import ScreenGeometry
from gaze_demo.whole_file import cannot_write, write_whole

_MAX_BYTES = 8 * 1024 * 1024
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"\S")]


class Profile(BaseModel):
    """What holds for one person at one camera, resolution and monitor; a mapping for each model.

    `report`: the validation of the sitting. `hull`: where the head was.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    name: Name
    created: Annotated[str, Field(max_length=40)]
    camera: CameraKey
    screen: ScreenGeometry
    mappings: Annotated[dict[str, Mapping], Field(max_length=200)]
    hull: Hull | None = None
    report: Report

    def mismatches(self, camera: CameraKey, screen: ScreenGeometry, models: list[str]) -> list[str]:
        """Why the profile may not hold now, one sentence each; empty where it fits."""
        sentences = []
        if camera.name != self.camera.name:
            sentences.append(f"It was made with the camera {self.camera.name!r}, not {camera.name!r}: calibrate again.")
        if (camera.width, camera.height) != (self.camera.width, self.camera.height):
            sentences.append(
                f"It was made at {self.camera.width} x {self.camera.height} px, the camera now gives {camera.width} x "
                f"{camera.height} px: choose that resolution or calibrate again."
            )
        elif abs(camera.hfov_deg - self.camera.hfov_deg) > 0.5:
            sentences.append(
                f"It was made with a field of view of {self.camera.hfov_deg:.0f} degrees, now it is "
                f"{camera.hfov_deg:.0f}: set that value or calibrate again."
            )
        if screen.name != self.screen.name:
            sentences.append(
                f"It was made on the monitor {self.screen.name!r}, not {screen.name!r}: calibrate on this one."
            )
        elif (screen.width_px, screen.height_px) != (self.screen.width_px, self.screen.height_px):
            sentences.append(
                f"The monitor had {self.screen.width_px} x {self.screen.height_px} px and now has {screen.width_px} x "
                f"{screen.height_px}: set that resolution or calibrate again."
            )
        missing = [model for model in models if model not in self.mappings]
        if missing:
            sentences.append(
                f"It knows nothing of {', '.join(missing)}: calibrate again, or add the model from the kept samples."
            )
        return sentences

    def fits(self, camera: CameraKey, screen: ScreenGeometry) -> bool:
        """Whether it was made with this camera, resolution and monitor."""
        return not self.mismatches(camera, screen, [])


def profile_path(profile: Profile, folder: Path | None = None) -> Path:
    """The file of a profile: one for each name, camera, resolution and monitor.

    Names that differ only in what a file name cannot hold share one.
    """
    stem = re.sub(r"[^\w-]+", "-", profile.name).strip("-_").lower() or "profile"
    camera, screen = profile.camera, profile.screen
    place = f"{camera.name}/{camera.width}x{camera.height}/{screen.name}/{screen.width_px}x{screen.height_px}"
    return (folder or paths.profiles()) / f"{stem}-{hashlib.sha256(place.encode()).hexdigest()[:8]}.json"


def samples_path(profile: Path) -> Path:
    """Where the sitting behind a profile is kept."""
    return profile.with_suffix(".npz")


def save_profile(profile: Profile, folder: Path | None = None) -> Path:
    """Write a profile, replacing the one before it at once or not at all; raises UserError where that fails."""
    path = profile_path(profile, folder)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from None
    write_whole(path, profile.model_dump_json(indent=1) + "\n", private=True)
    return path


def load_profile(path: Path) -> Profile:
    """Read a profile; raises UserError, naming the field that is wrong, where the file is none."""
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None
    if len(text) > _MAX_BYTES:
        raise UserError(f"{path}: a profile has at most {_MAX_BYTES // 2**20} MB.")
    try:
        return Profile.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise UserError(f"{path}: {f'field {field!r}: ' if field else ''}{first['msg'].rstrip('.')}.") from None


def list_profiles(folder: Path | None = None) -> tuple[list[Profile], list[str]]:
    """Every profile that can be read, newest first, and a sentence for each file that cannot."""
    found: list[Profile] = []
    problems: list[str] = []
    place = folder or paths.profiles()
    for path in sorted(place.glob("*.json")) if place.is_dir() else ():
        try:
            found.append(load_profile(path))
        except UserError as error:
            problems.append(str(error))
    return sorted(found, key=lambda profile: profile.created, reverse=True), problems
