"""`gaze-demo doctor`: what this installation is made of and whether its parts work, for bug reports."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from pkgutil import resolve_name

from gaze_demo import __version__, paths
from gaze_demo.machine import machine

Rows = list[tuple[str, str]]

LIBRARIES = (
    *("numpy", "opencv-python-headless", "av", "mediapipe", "ai-edge-litert", "onnxruntime", "PySide6-Essentials"),
    *("pydantic", "platformdirs", "rich", "torch", "pylsl"),
)
# They put their files into the folder of opencv-python-headless. The one that was installed last is used, and removing
# one removes the files of both.
_OTHER_OPENCV = ("opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless")
_SCREENS = "gaze_demo.view.displays"
_SCREENS_TIMEOUT_S = 20.0


def examine() -> dict[str, Rows]:
    """Title, and rows of a name and what was found, for each part. A part that fails says so in its row."""
    parts: dict[str, Callable[[], Iterable[tuple[str, str]]]] = {
        "program": _program,
        "libraries": _libraries,
        "folders": _folders,
        "cameras": _check("cameras"),
        "display": _display,
        "landmarks": _check("landmarks"),
        "models": _check("models"),
    }
    return {title: _try(rows) for title, rows in parts.items()}


def _check(name: str) -> Callable[[], Iterable[tuple[str, str]]]:
    """A check whose module is loaded when it runs: if a library is broken, the rows of that check alone say so."""
    return lambda: resolve_name(f"gaze_demo.checks.{name}:{name}")()


def as_text(parts: dict[str, Rows]) -> str:
    width = max(len(name) for rows in parts.values() for name, _ in rows)
    lines = []
    for title, rows in parts.items():
        lines += [f"{title}:", *(f"  {name:{width}}  {found}".rstrip() for name, found in rows), ""]
    return "\n".join(lines[:-1])


def as_json(parts: dict[str, Rows]) -> str:
    return json.dumps({title: dict(rows) for title, rows in parts.items()}, indent=2)


def _try(rows: Callable[[], Iterable[tuple[str, str]]]) -> Rows:
    found: Rows = []
    try:
        found.extend(rows())
    except Exception as error:  # the report has to show anything that is broken
        found.append(("failed", f"{type(error).__name__}: {error}"))
    return found


def _program() -> Rows:
    return [
        ("gaze-demo", f"{__version__}, {Path(__file__).parent}"),
        ("Python", f"{platform.python_version()}, {sys.executable}"),
        ("system", platform.platform()),
        ("processor", machine()),
        ("encoding", f"stdout {sys.stdout.encoding}, files {sys.getfilesystemencoding()}"),
    ]


def _libraries() -> Iterable[tuple[str, str]]:
    for name in LIBRARIES:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            yield name, "not installed"
    for name in _OTHER_OPENCV:
        with suppress(metadata.PackageNotFoundError):
            found = f"{metadata.version(name)}, in the same folder as opencv-python-headless"
            remedy = f"pip uninstall {name}, then pip install --force-reinstall opencv-python-headless"
            yield name, f"{found}: {remedy}"
    yield from _check("onnxruntime")()


def _folders() -> Iterable[tuple[str, str]]:
    yield "shipped models", str(paths.models())
    yield "assets", str(paths.assets())
    own = {"data": paths.user_data(), "models": paths.user_models(), "profiles": paths.profiles()}
    for name, folder in {**own, "log": paths.log_file().parent}.items():
        yield f"your {name}", f"{folder}, {_state(folder)}"
    yield "free disk", f"{shutil.disk_usage(_nearest(paths.user_data())).free / 1e9:.1f} GB"


def _state(folder: Path) -> str:
    if not folder.exists():
        return "does not exist yet" if os.access(_nearest(folder), os.W_OK) else "does not exist, and cannot be created"
    mode = f"{folder.stat().st_mode & 0o777:o}"
    return f"{len(list(folder.iterdir()))} entries, mode {mode}" + ("" if os.access(folder, os.W_OK) else ", READ ONLY")


def _nearest(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())


def _display() -> Iterable[tuple[str, str]]:
    """Asked in a separate process, because Qt ends its process if the named display does not exist."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR"):
        if os.environ.get(name):
            yield name, os.environ[name]
    try:
        done = subprocess.run(
            [sys.executable, "-m", _SCREENS], capture_output=True, text=True, timeout=_SCREENS_TIMEOUT_S
        )
        yield from json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.TimeoutExpired) as error:
        yield "screens", f"cannot be asked: {error}"
    except (ValueError, IndexError):
        yield "screens", f"no window can be opened: {_first_line(done.stderr)}"


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "no reason is given")
