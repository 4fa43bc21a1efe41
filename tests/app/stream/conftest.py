from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.session.samples import RUN
from gaze_demo.sink.sink import opened
from gaze_demo.stream.websocket import WebSocketStream


@pytest.fixture
def marked() -> list[tuple[str, float | None]]:
    """The markers that clients of `stream` have sent."""
    return []


@pytest.fixture
def stream(marked: list[tuple[str, float | None]]) -> Iterator[WebSocketStream]:
    """An open stream that keeps markers."""
    pytest.importorskip("websockets")
    with opened(WebSocketStream(0, on_marker=lambda text, time_s: marked.append((text, time_s))), RUN) as server:
        yield server
