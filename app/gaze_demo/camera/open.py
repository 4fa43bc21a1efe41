"""From what a user names to a source of frames."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaze_demo.camera.devices import list_cameras
from gaze_demo.camera.picture import NOT_READ, READ
from gaze_demo.camera.source import Source, SourceError
from gaze_demo.camera.turned import Turn, turn_source
from gaze_demo.camera.webcam import Webcam
from gaze_demo.errors import UserError
from gaze_demo.participant.names import NAMES, STUDIED, find_person
from gaze_demo.paths import given
from gaze_demo.plugins import make_plugin, plugin_names

VIRTUAL = "virtual"
_SHOWN_S = 2.0
_MOVING = {".gif"}  # a film if it is named itself, a picture if its folder is named
_PLUGINS = "gaze_demo.sources"
_PARTS = ("name", "live", "independent", "frame_rate", "frame_count", "intrinsics", "open", "read", "close")


@dataclass(frozen=True)
class SourceOptions:
    """What a user can choose about a source; None means the source's own value.

    `width`, `height` (px) and `rate` (frames per second) are asked of a camera or the virtual participant. `hfov_deg`
    is the virtual participant's lens. `real_time`: a video runs by its own clock and images stay for two seconds each,
    as a window needs it; otherwise every frame is delivered as fast as it is requested. `rotate`: clockwise degrees by
    which the pictures of a camera or a file are turned.
    """

    width: int | None = None
    height: int | None = None
    rate: float | None = None
    hfov_deg: float | None = None
    real_time: bool = True
    rotate: Turn = 0


def default_spec() -> str:
    """The first camera, or the virtual participant if there is none."""
    cameras = list_cameras()
    return str(cameras[0].index) if cameras else VIRTUAL


def open_source(spec: str = "", options: SourceOptions | None = None) -> Source:
    """The source that `spec` names, not opened yet.

    A number or a name is a camera, which does not have to be connected yet; a path is a video, an image or a folder of
    images; `virtual` is the virtual participant, with settings after a colon
    (`virtual:path,person=1,head=moving,seed=3`, `virtual:amara`); NAME:TARGET is a source that another package adds
    through the entry point group `gaze_demo.sources`, called with the text TARGET and the options; nothing is
    `default_spec`. Raises UserError.
    """
    options = options or SourceOptions()
    spec = spec.strip() or default_spec()
    if spec == VIRTUAL or spec.startswith(VIRTUAL + ":"):
        if options.rotate:
            raise UserError("The virtual participant's camera stands upright: --rotate is for cameras and files.")
        return _virtual(spec[len(VIRTUAL) + 1 :], options)
    return turn_source(_given(spec, options), options.rotate)


def _given(spec: str, options: SourceOptions) -> Source:
    """A camera, a file or a source of another package."""
    if spec.isdecimal() and spec.isascii():
        return Webcam(int(spec), options.width, options.height, options.rate)
    path = given(spec)
    if path.exists():
        return _file(path, options)
    name, colon, target = spec.partition(":")
    if colon and name in plugin_names(_PLUGINS):
        source: Source = make_plugin(_PLUGINS, name, (target, options), _PARTS)
        return source
    if _looks_like_a_path(path) and all(camera.name != spec for camera in list_cameras()):
        raise SourceError("absent", f"There is no file {spec}: check its name.")
    return Webcam(spec, options.width, options.height, options.rate)


def _looks_like_a_path(path: Path) -> bool:
    """Cameras are called "USB2.0 HD UVC WebCam" and the like."""
    return len(path.parts) > 1 or re.fullmatch(r"\.[a-z][a-z0-9]{1,4}", path.suffix.lower()) is not None


def _file(path: Path, options: SourceOptions) -> Source:
    # They load FFmpeg: a camera's user should not wait for it.
    from gaze_demo.camera.images import ImageFiles
    from gaze_demo.camera.video import VideoFile

    if path.is_dir() or path.suffix.lower() in (READ | NOT_READ) - _MOVING:
        return ImageFiles(path, _SHOWN_S if options.real_time else None)
    return VideoFile(path, options.real_time, hold_at_end=options.real_time)


def _virtual(words: str, options: SourceOptions) -> Source:
    chosen: dict[str, Any] = {}
    for word in filter(None, (word.strip() for word in words.split(","))):
        key, _, value = word.partition("=")
        if word in ("path", "pointer"):
            chosen["mode"] = word
        elif key == "head" and value in ("still", "moving"):
            chosen["head"] = value
        elif key in ("person", "seed") and value.isascii() and value.isdecimal():
            chosen[key] = int(value)
        elif (person := find_person(word)) is not None:
            chosen["person"] = person
        else:
            raise UserError(
                f'The virtual participant does not know "{word}": it takes path or pointer, a name '
                f"({', '.join(name.lower() for name in NAMES[STUDIED:])}) or person=0 to {len(NAMES) - 1}, "
                "head=still or head=moving, and seed=NUMBER."
            )
    for key in ("width", "height", "rate", "hfov_deg"):
        if getattr(options, key) is not None:
            chosen[key] = getattr(options, key)
    if not options.real_time:
        chosen["real_time"] = False
    from gaze_demo.camera.virtual import VirtualSource  # it renders: a camera's user should not wait for its imports

    return VirtualSource(**chosen)
