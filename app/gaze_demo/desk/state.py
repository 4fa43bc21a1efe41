"""Everything that the window shows and remembers, as one object: widgets draw it and write the user's choices into
it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from gaze_demo.desk.observed import Observed
from gaze_demo.filter.kinds import FilterChoice
from gaze_demo.geometry import DEFAULT_HFOV_DEG
from gaze_demo.live.pane_id import PaneId
from gaze_demo.participant.names import NAMES

if TYPE_CHECKING:
    from gaze_demo.calibration.profile import Profile
    from gaze_demo.desk.monitors import Monitor
    from gaze_demo.model.registry import ModelEntry

VIRTUAL = "virtual"
PEOPLE = len(NAMES)  # virtual participants
SIZES: Final = ((640, 480), (1280, 720), (1920, 1080))  # of a camera, px


def is_virtual(spec: str) -> bool:
    return spec == VIRTUAL or spec.startswith(VIRTUAL + ":")


class Theme(str, Enum):
    """What the user chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class SourceKind(str, Enum):
    """Which controls apply to a source."""

    CAMERA = "camera"
    VIRTUAL = "virtual"
    FILE = "file"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SourceState:
    """`state` as in ReaderStatus, "failed" also if the source could not be created; `text` a sentence for the user."""

    state: str = "opening"
    text: str = ""

    @property
    def gone(self) -> bool:
        """Nothing comes from it any more: what it has shown no longer holds."""
        return self.state in ("silent", "lost", "failed")


@dataclass(frozen=True)
class CameraItem:
    """A camera by the name that the user knows; it can also be named by its index."""

    spec: str
    name: str
    details: str = ""
    index: int | None = None

    def is_spec(self, spec: str) -> bool:
        return spec == self.spec or (self.index is not None and spec == str(self.index))


@dataclass(frozen=True)
class LensShown:
    """The horizontal field of view in degrees; `known` says where it comes from if the user cannot set it."""

    hfov_deg: float = DEFAULT_HFOV_DEG
    known: str = ""


@dataclass(frozen=True)
class VirtualChoice:
    """What the virtual participant does: `gaze` is "pointer" or "path", `head` is "still" or "moving"."""

    gaze: str = "pointer"
    person: int = 0
    head: str = "still"


@dataclass(frozen=True)
class FilmShown:
    """The position and duration of a film in s of its own time (None if it is not known)."""

    position_s: float
    duration_s: float | None
    paused: bool
    ended: bool
    speed: float
    loop: bool


@dataclass(frozen=True)
class AlbumShown:
    """Which picture of a folder is shown: its number from 1, of how many, and its file name."""

    number: int
    count: int
    name: str
    paused: bool


@dataclass(frozen=True)
class RecordingShown:
    """A recording that goes on: its folder's name, time since its start, and size on the disk without a video.

    `lost`: samples that came faster than the disk could write them. `markers`: their number so far.
    """

    name: str
    keep: str = "nothing"
    duration_s: float = 0.0
    size_bytes: int = 0
    lost: int = 0
    markers: int = 0


@dataclass(frozen=True)
class GazePoint:
    """Where a pane's model sees the gaze on the screen, px of the monitor.

    `certainty`: 1 if the calibration holds, down to 0. `ellipse`: half axes in px and the angle of the first in
    degrees, clockwise from the x axis, of the ellipse that holds the true point in 90 of 100 frames; None if no
    calibration has measured it.
    """

    x_px: float
    y_px: float
    certainty: float = 1.0
    ellipse: tuple[float, float, float] | None = None


@dataclass
class WindowState(Observed):
    """One field for each thing that is shown; widgets listen to the fields that they draw. The first block is saved for
    the next start. `most_fps`: no more frames per second are worked on, 0 for no limit. `provider`: where models run,
    of `providers`, as `gaze_demo.model.providers` names them. `turn`: clockwise degrees by which the pictures of the
    source are turned. `raw`: angles are shown where a point of gaze could be. `narrow`: the window has room for one
    pane. `models`, `model_errors`, `points`: by pane. `seen`: the panes that have shown something of the source in use.
    `status`: what the source delivers, in words. `lag_s`: of pane A's filter. `film`, `album`: of a source that can be
    played or turned over. `profile`: the calibration in use; `corrections`: how many corrections of its drift can be
    undone. `screen_words`: what the points mean at present. `screen_px`: width and height of the monitor that points
    refer to. `sitting`: a calibration fills a monitor; `recentring`: one dot is shown. `monitor`: the one that the
    window is on, of `monitors`.
    """

    two_panes: bool = True
    each_eye: bool = False
    axes: bool = False
    crops: bool = False
    mirror: bool = True
    raw: bool = False
    panels: frozenset[str] = frozenset()
    theme: Theme = Theme.SYSTEM
    filter: FilterChoice = field(default_factory=lambda: FilterChoice("one-euro"))
    size: tuple[int, int] = SIZES[1]
    most_fps: float = 0.0
    provider: str = "cpu"
    hfov_deg: float = DEFAULT_HFOV_DEG
    virtual: VirtualChoice = VirtualChoice()

    narrow: bool = False
    minimised: bool = False
    full_screen: bool = False
    held: bool = False
    overlay: bool = False
    heat: bool = False
    teach: bool = False

    source: SourceState = SourceState()
    source_spec: str = ""
    source_kind: SourceKind = SourceKind.UNKNOWN
    source_live: bool = False
    status: str = ""
    turn: int = 0
    cameras: tuple[CameraItem, ...] = ()
    lens: LensShown = LensShown()
    lag_s: float | None = None
    picture_px: tuple[int, int] = (0, 0)
    film: FilmShown | None = None
    album: AlbumShown | None = None
    recording: RecordingShown | None = None

    providers: tuple[str, ...] = ("cpu",)
    entries: tuple[ModelEntry, ...] = ()
    models_known: bool = False
    models: Mapping[PaneId, ModelEntry | None] = field(default_factory=lambda: dict.fromkeys(PaneId))
    model_errors: Mapping[PaneId, str] = field(default_factory=lambda: dict.fromkeys(PaneId, ""))
    seen: frozenset[PaneId] = frozenset()

    profile: Profile | None = None
    points: Mapping[PaneId, GazePoint] = field(default_factory=dict)
    corrections: int = 0
    screen_words: str = "Not calibrated"
    screen_px: tuple[int, int] = (1920, 1080)
    sitting: bool = False
    recentring: bool = False
    monitor: Monitor | None = None
    monitors: tuple[Monitor, ...] = ()

    @property
    def panes(self) -> tuple[PaneId, ...]:
        """The visible panes."""
        return tuple(PaneId) if self.two_panes and not self.narrow else (PaneId.A,)

    @property
    def model_names(self) -> dict[PaneId, str]:
        return {pane: entry.name if entry else "" for pane, entry in self.models.items()}

    @property
    def pointer(self) -> bool:
        """The virtual participant looks at the mouse pointer."""
        return self.virtual.gaze == "pointer"

    @property
    def playable(self) -> bool:
        """The source can be played or turned over."""
        return self.film is not None or self.album is not None

    @property
    def filtered(self) -> bool:
        return self.filter.name != "none"
