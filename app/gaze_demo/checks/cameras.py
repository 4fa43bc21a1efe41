"""The cameras of this computer."""

from __future__ import annotations

from gaze_demo.camera.devices import list_cameras


def cameras() -> list[tuple[str, str]]:
    found = [(str(camera.index), f"{camera.name}, {camera.path}") for camera in list_cameras()]
    return found or [("none", "'gaze-demo --source virtual' needs none")]
