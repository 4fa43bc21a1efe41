"""`session.json`: the description of a recorded session, checked when it is read."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from gaze_demo.calibration.profile import Profile
from gaze_demo.geometry import Intrinsics
from gaze_demo.screen import ScreenGeometry

if TYPE_CHECKING:
    from gaze_demo.model.registry import ModelEntry

# The pictures that are kept: none; both eyes as small grey crops, the surroundings of both eyes or the face (all three
# without loss); or the whole frames as a video (with its loss).
Keep = Literal["nothing", "crops", "eyes", "face", "video"]
Text = Annotated[str, Field(max_length=4000)]
Seconds = Annotated[float, Field(allow_inf_nan=False)]
Focal = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
Centre = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Side = Annotated[int, Field(gt=0, le=20000)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ClockAbout(_Part):
    """What `time_s` of every row and event counts.

    `kind`: "live" is this computer's monotonic clock, "medium" a file's own. `start_s`: that clock when the recording
    began; `start_utc`: the wall clock at the same moment, ISO 8601.
    """

    kind: Literal["live", "medium"]
    start_s: Seconds
    start_utc: Text

    def wall(self, time_s: float) -> datetime:
        """The wall clock's time, UTC, of a time of the session's clock."""
        return datetime.fromisoformat(self.start_utc).astimezone(timezone.utc) + timedelta(
            seconds=time_s - self.start_s
        )


class CameraAbout(_Part):
    """The camera and its lens: image size, focal lengths and principal point in px, of the undistorted image."""

    name: Text
    width: Side
    height: Side
    fx: Focal
    fy: Focal
    cx: Centre
    cy: Centre
    frame_rate: Annotated[float, Field(gt=0, le=10000)] | None = None

    @classmethod
    def of(cls, name: str, camera: Intrinsics, frame_rate: float | None) -> CameraAbout:
        return cls(
            name=name,
            width=camera.width,
            height=camera.height,
            fx=camera.fx,
            fy=camera.fy,
            cx=camera.cx,
            cy=camera.cy,
            frame_rate=frame_rate,
        )

    @property
    def intrinsics(self) -> Intrinsics:
        return Intrinsics(self.width, self.height, self.fx, self.fy, self.cx, self.cy)


class ModelAbout(_Part):
    """A model that ran; `sha256`, of its file and those of its members, shows whether another file is the same
    model."""

    name: Text
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    role: Text = "other"

    @classmethod
    def of(cls, entry: ModelEntry) -> ModelAbout:
        digests = [file_sha256(path) for path in (entry.path, *(member.path for member in entry.members))]
        sha256 = digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
        return cls(name=entry.name, sha256=sha256, role=entry.contract.role)


class Ended(_Part):
    """How it ended. `lost`: samples that came too fast to be written. `repaired`: the recording was interrupted, and
    the session was repaired."""

    utc: Text
    frames: Annotated[int, Field(ge=0)]
    rows: Annotated[int, Field(ge=0)]
    lost: Annotated[int, Field(ge=0)] = 0
    repaired: bool = False


class SessionAbout(_Part):
    """All of `session.json`.

    `camera`: None until the first frame. `screen`: what points of gaze refer to. `profile`: a copy of the calibration
    in use. `filter_strength`: of the filtered points; all else is unfiltered. `replay_of`: the folder's name of the
    session that this one was made from. `ended`: None if the recording was interrupted.
    """

    schema_name: Annotated[Literal["gaze-demo session"], Field(alias="schema")] = "gaze-demo session"
    version: Literal[1] = 1
    app: Text
    machine: Text
    source: Text
    clock: ClockAbout
    camera: CameraAbout | None = None
    screen: ScreenGeometry | None = None
    models: Annotated[tuple[ModelAbout, ...], Field(max_length=200)] = ()
    profile: Profile | None = None
    filter_strength: Annotated[float, Field(ge=0, le=1)] = 0.0
    keep: Keep = "nothing"
    replay_of: Text = ""
    ended: Ended | None = None

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def to_json(self) -> str:
        return self.model_dump_json(indent=1, by_alias=True) + "\n"


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file as hexadecimal digits; empty if it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError:
        return ""
    return digest.hexdigest()


def utc_now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="microseconds")
