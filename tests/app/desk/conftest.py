"""What the tests of the desk share: models in a separate folder, and desks that are closed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.desk.fakes import FakeMemory, Room
from app.live.fakes import FakeSource
from app.tiny_models import follows_head
from gaze_demo import paths
from gaze_demo.options import WindowOptions


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of shipped models, with a teacher and a student."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setattr(paths, "models", lambda: folder)
    follows_head(folder / "big.onnx", role="teacher", parameters=11_000_000)
    follows_head(folder / "mobilenet25.onnx", role="student", parameters=350_000)
    return folder


@pytest.fixture
def sources() -> dict[str, FakeSource | Exception]:
    """What opening a spec gives."""
    return {"cam": FakeSource()}


@pytest.fixture
def memory() -> FakeMemory:
    return FakeMemory()


@pytest.fixture
def open_room(
    sources: dict[str, FakeSource | Exception], models: Path, memory: FakeMemory
) -> Iterator[Callable[..., Room]]:
    rooms: list[Room] = []

    def open_room(source: str | None = "cam", **options: Any) -> Room:
        tools = options.pop("tools", {})
        room = Room(sources, memory, WindowOptions(source=source, **options), **tools)
        rooms.append(room)
        room.desk.start()
        return room

    yield open_room
    for room in rooms:
        room.desk.close()
