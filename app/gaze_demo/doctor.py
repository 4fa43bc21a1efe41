"""`gaze-demo doctor`: what this installation is made of and whether its parts work, for bug reports."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path

from gaze_demo import __version__, clock, paths
from gaze_demo.errors import UserError
from gaze_demo.machine import machine

Rows = list[tuple[str, str]]

LIBRARIES = (
    *("numpy", "opencv-python", "av", "mediapipe", "ai-edge-litert", "onnxruntime", "PySide6-Essentials"),
    *("pydantic", "platformdirs", "rich", "torch", "pylsl"),
)
_SCREENS = "gaze_demo.view.displays"
_SCREENS_TIMEOUT_S = 20.0
_TRIALS = 5


def examine() -> dict[str, Rows]:
    """Title, and rows of a name and what was found, for each part. A part that fails says so in its row."""
    parts: dict[str, Callable[[], Iterable[tuple[str, str]]]] = {
        "program": _program,
        "libraries": _libraries,
        "folders": _folders,
        "cameras": _cameras,
        "display": _display,
        "landmarks": _landmarks,
        "models": _models,
    }
    return {title: _try(rows) for title, rows in parts.items()}


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
    except Exception as error:  # whatever is broken here is what the report is for
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
    import onnxruntime

    yield "onnxruntime providers", ", ".join(onnxruntime.get_available_providers())
    yield "usage statistics", "off" if os.environ.get("ORT_DISABLE_TELEMETRY") == "1" else "ON"


def _folders() -> Iterable[tuple[str, str]]:
    yield "shipped models", str(paths.models())
    yield "assets", str(paths.assets())
    own = {"data": paths.user_data(), "models": paths.user_models(), "profiles": paths.profiles()}
    for name, folder in {**own, "log": paths.log_file().parent}.items():
        yield f"your {name}", f"{folder}, {_state(folder)}"
    yield "free disk", f"{shutil.disk_usage(_nearest(paths.user_data())).free / 1e9:.1f} GB"


def _state(folder: Path) -> str:
    if not folder.exists():
        return "not there yet" if os.access(_nearest(folder), os.W_OK) else "not there, and cannot be made"
    mode = f"{folder.stat().st_mode & 0o777:o}"
    return f"{len(list(folder.iterdir()))} entries, mode {mode}" + ("" if os.access(folder, os.W_OK) else ", READ ONLY")


def _nearest(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())


def _cameras() -> Rows:
    from gaze_demo.camera.devices import list_cameras

    found = [(str(camera.index), f"{camera.name}, {camera.path}") for camera in list_cameras()]
    return found or [("none", "'gaze-demo --source virtual' needs none")]


def _display() -> Iterable[tuple[str, str]]:
    """Asked in a process of its own: where a display is named that is not there, Qt ends its process."""
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


def _landmarks() -> Iterable[tuple[str, str]]:
    import cv2

    from gaze_demo.camera.frame import Frame
    from gaze_demo.landmarks.engine import engine_description
    from gaze_demo.observer import Observer

    yield "engine", engine_description()
    image = cv2.imread(str(paths.assets() / "portrait.jpg"))
    with Observer(video=False) as observer:
        times = [observer.observe(Frame(image, i, i / 30)).landmarks_ms for i in range(_TRIALS)]
        seen = observer.observe(Frame(image, _TRIALS, 1.0))
    yield "portrait", f"{'a face' if seen.valid else f'no gaze: {seen.reason.value}'}, {min(times):.1f} ms"


def _models() -> Iterable[tuple[str, str]]:
    import cv2

    from gaze_demo.camera.frame import Frame
    from gaze_demo.model.load import load_model
    from gaze_demo.model.registry import scan_models
    from gaze_demo.observer import Observer

    models = scan_models()
    with Observer(video=False) as observer:
        seen = observer.observe(Frame(cv2.imread(str(paths.assets() / "portrait.jpg")), 0, 0.0))
    for entry in models.entries:
        try:
            started = clock.now_s()
            model = load_model(entry)
            loading_s = clock.now_s() - started
            answers = [model.estimate(seen) for _ in range(_TRIALS)]
        except UserError as error:
            yield entry.name, str(error)
            continue
        best_ms = min(answer.model_ms for answer in answers)
        gaze = "a gaze" if answers[0].gaze is not None else f"no gaze: {answers[0].reason.value}"
        yield entry.name, f"{entry.origin}, {gaze}, {best_ms:.2f} ms, loaded in {loading_s:.2f} s"
    for problem in models.problems:
        yield "problem", problem
