"""The one place that knows where files are: shipped models and assets, and the user's own folders."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from gaze_demo.errors import UserError

_PACKAGE = Path(__file__).resolve().parent
_APP = "gaze-demo"


def _shipped(name: str) -> Path:
    """A folder of data: inside the package when installed from a wheel, at the top of the checkout otherwise."""
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parents[1] / name


def given(text: str) -> Path:
    """A path as the user wrote it, `~` expanded. Raises UserError if there can be no such path."""
    try:
        path = Path(text).expanduser()
        path.exists()  # the system refuses some names
    except (RuntimeError, OSError, ValueError):
        raise UserError(f"{text[:80]} cannot be a path here: check it.") from None
    return path


def assets() -> Path:
    """Shipped assets: the landmarker's bundle, the canonical face, the virtual participant's portrait, icons."""
    return _shipped("assets")


def models() -> Path:
    """Shipped ONNX models with their contracts and cards."""
    return _shipped("models")


def user_data() -> Path:
    """The user's own folder: models, profiles, recordings. Not created here."""
    return Path(platformdirs.user_data_dir(_APP, appauthor=False))


def user_models() -> Path:
    """ONNX models that the user added."""
    return user_data() / "models"


def profiles() -> Path:
    """Calibration profiles, one JSON file each."""
    return user_data() / "profiles"


def recordings() -> Path:
    """Sessions that were recorded in the window, a folder each."""
    return user_data() / "recordings"


def log_file(command: str = _APP) -> Path:
    """The log of the window and its commands, or that of `gaze-train`."""
    return Path(platformdirs.user_log_dir(_APP, appauthor=False)) / f"{command}.log"


def make_private(folder: Path) -> Path:
    """Create a folder and those above it, readable by nobody else (mode 0700); a folder that exists is narrowed to it.

    Only for folders of the app: they hold pictures of faces. Raises OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def private_opener(path: str, flags: int) -> int:
    """For `open(path, "w", opener=private_opener)`: a new file is readable by nobody else (mode 0600)."""
    return os.open(path, flags, 0o600)
