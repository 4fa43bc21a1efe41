"""Profiles: a sitting's mappings under a name that the user chose, as checked JSON."""

from __future__ import annotations

import glob
import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gaze_demo import paths
from gaze_demo.calibration.drift import Hull
from gaze_demo.calibration.mapping import Mapping
from gaze_demo.calibration.report import Degrees, Report
from gaze_demo.calibration.sample import CameraKey
from gaze_demo.damaged import damaged
from gaze_demo.errors import UserError
from gaze_demo.screen import ScreenGeometry
from gaze_demo.whole_file import cannot_write, write_whole

_MAX_BYTES = 8 * 1024 * 1024
SITTING_SUFFIX = ".npz"
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"\S")]


Purpose = Literal["calibration", "validation", "recentre", "clicks"]
MOST_SITTINGS = 24


class KeptSitting(BaseModel):
    """A sitting whose samples are kept with a profile.

    `accuracy_deg`: of each model's mapping on frames of this sitting that had no part in the mapping.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    identity: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    created: Annotated[str, Field(max_length=40)]
    purpose: Purpose = "calibration"
    accuracy_deg: Annotated[dict[str, Degrees], Field(max_length=200)] = {}


class Profile(BaseModel):
    """A calibration of one person with one camera, resolution and monitor; a mapping for each model.

    `report`: the last validation. `hull`: where the head was. `sittings`: those whose samples the mappings were fitted
    to, the oldest first; empty in profiles of older versions, whose one sitting has no identity.
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
    sittings: Annotated[tuple[KeptSitting, ...], Field(max_length=MOST_SITTINGS)] = ()

    def mismatches(self, camera: CameraKey, screen: ScreenGeometry, models: list[str]) -> list[str]:
        """Why the profile may not be valid now, one sentence each; empty if it fits."""
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
                f"It has no calibration for {', '.join(missing)}: calibrate again, or add the model from the kept "
                "samples."
            )
        return sentences

    def fits(self, camera: CameraKey, screen: ScreenGeometry) -> bool:
        """Whether it was made with this camera, resolution and monitor."""
        return not self.mismatches(camera, screen, [])


def profile_path(profile: Profile, folder: Path | None = None) -> Path:
    """The file of a profile: one for each name, camera, resolution and monitor.

    The person's name comes first, as far as a file's name can hold it; names that differ only in what is lost
    (capitals, signs) get different numbers at the end.
    """
    stem = _stem(profile.name)
    place = _place(profile) if profile.name == stem else f"{_place(profile)}/{profile.name}"
    return _file(stem, place, folder)


def older_path(profile: Profile, folder: Path | None = None) -> Path:
    """Where older versions kept it, which gave one file to names that differ only in capitals or signs."""
    return _file(_stem(profile.name), _place(profile), folder)


def stored_path(profile: Profile, folder: Path | None = None) -> Path:
    """The file in which a profile is now, or would be if it is in none."""
    path, older = profile_path(profile, folder), older_path(profile, folder)
    return older if not path.is_file() and _is_of(older, profile.name) else path


def sitting_path(profile: Profile, identity: str, folder: Path | None = None) -> Path:
    """Where a sitting behind a profile is kept, by its identity; empty for the one sitting of an older profile."""
    if not identity:
        return stored_path(profile, folder).with_suffix(SITTING_SUFFIX)
    path = profile_path(profile, folder)
    return path.with_name(f"{path.stem}.{identity[:12]}{SITTING_SUFFIX}")


def samples_path(profile: Profile, folder: Path | None = None) -> Path:
    """Where the newest sitting behind a profile is kept."""
    return sitting_path(profile, profile.sittings[-1].identity if profile.sittings else "", folder)


def save_profile(profile: Profile, folder: Path | None = None) -> Path:
    """Write a profile, replacing the previous one completely or not at all; raises UserError if that fails."""
    path, older = profile_path(profile, folder), older_path(profile, folder)
    private_folder(path.parent)
    write_whole(path, profile.model_dump_json(indent=1) + "\n", private=True)
    if older != path and _is_of(older, profile.name):
        with suppress(OSError):
            older.unlink()
    return path


def files_of(profile: Profile, folder: Path | None = None) -> list[Path]:
    """Every file that is kept of a profile: itself, what it was before the last step, and its sittings."""
    files = []
    for path in {profile_path(profile, folder), stored_path(profile, folder)}:
        samples = [path.with_suffix(SITTING_SUFFIX), *path.parent.glob(f"{glob.escape(path.stem)}.*{SITTING_SUFFIX}")]
        files += [file for file in (path, before_path(path), *samples) if file.is_file()]
    return sorted(files)


def before_path(path: Path) -> Path:
    """Where a profile's file is kept as it was before the last step."""
    return path.with_name(f"{path.name}.before")


def private_folder(folder: Path) -> None:
    """Make a folder that only this account can look into: it holds pictures of a face. Raises UserError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.name == "posix":
            folder.chmod(0o700)
    except OSError as error:
        raise cannot_write(folder, error) from None


def _stem(name: str) -> str:
    return re.sub(r"[^\w-]+", "-", name).strip("-_").lower() or "profile"


def _place(profile: Profile) -> str:
    camera, screen = profile.camera, profile.screen
    return f"{camera.name}/{camera.width}x{camera.height}/{screen.name}/{screen.width_px}x{screen.height_px}"


def _file(stem: str, place: str, folder: Path | None) -> Path:
    return (folder or paths.profiles()) / f"{stem}-{hashlib.sha256(place.encode()).hexdigest()[:8]}.json"


def _is_of(path: Path, name: str) -> bool:
    """Whether a file holds the profile of exactly this name."""
    try:
        return path.is_file() and load_profile(path).name == name
    except UserError:
        return False


def load_profile(path: Path) -> Profile:
    """Read a profile; raises UserError, naming the field that is wrong, if the file is not one."""
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
        raise damaged(path, error, "a calibration profile", "Calibrate again, or choose another profile.") from None


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
