"""What the command line asks of the window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gaze_demo.camera.turned import Turn
    from gaze_demo.intrinsics import Lens


@dataclass(frozen=True)
class WindowOptions:
    """None, or an empty tuple, leaves the choice to the settings that the window remembers.

    `source`: what `gaze_demo.camera.open.open_source` takes. `models`: names or paths, the left pane's first. `lens`:
    field of view or intrinsics. `width`, `height` in px and `rate` in Hz are asked of a camera. `rotate`: clockwise
    degrees by which the pictures of a camera or a file are turned. `duration_s`: the window closes by itself after this
    many seconds; `stats`: a JSON file for the measured rates and latencies. `calibrate`: begin with a calibration.
    `verbose`: log the times of each stage, on stderr too.
    """

    source: str | None = None
    models: tuple[str, ...] = ()
    lens: Lens | None = None
    width: int | None = None
    height: int | None = None
    rate: float | None = None
    rotate: Turn = 0
    duration_s: float | None = None
    stats: Path | None = None
    fullscreen: bool = False
    calibrate: bool = False
    verbose: bool = False
