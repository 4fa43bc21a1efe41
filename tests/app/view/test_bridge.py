from __future__ import annotations

import threading
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from gaze_demo.live.events import Outcome, SightReady, SourceFailed, StatusChanged
from gaze_demo.live.pane_id import PaneId
from gaze_demo.view.bridge import Bridge


class Numbered:
    """A fake engine with what a bridge uses."""

    source_number = 2


@pytest.fixture
def bridge(qtbot: QtBot) -> Bridge:
    bridge = Bridge()
    bridge.serve(Numbered())  # type: ignore[arg-type]
    return bridge


def from_a_worker(bridge: Bridge, *events: Any) -> None:
    thread = threading.Thread(target=lambda: [bridge.tell(event) for event in events])
    thread.start()
    thread.join()


def test_events_come_on_the_windows_thread_with_their_sources_number(bridge: Bridge, qtbot: QtBot) -> None:
    told: list[tuple[int, object, threading.Thread]] = []
    bridge.status_changed.connect(lambda number, status: told.append((number, status, threading.current_thread())))
    from_a_worker(bridge, StatusChanged(2, "status"))  # type: ignore[arg-type]
    assert not told
    qtbot.waitUntil(lambda: bool(told))
    assert told == [(2, "status", threading.main_thread())]


@pytest.mark.fault("a signal of the source before comes late", "it is left out")
def test_a_late_event_of_the_source_before_is_left_out(bridge: Bridge, qtbot: QtBot) -> None:
    told: list[object] = []
    bridge.source_failed.connect(lambda number, error: told.append(error))
    bridge.sight_ready.connect(told.append)
    from_a_worker(bridge, SourceFailed(1, OSError("late")), SightReady(PaneId.B))
    qtbot.waitUntil(lambda: bool(told))
    assert told == [PaneId.B]


def test_what_is_on_its_way_when_the_window_closes_is_dropped(bridge: Bridge, qtbot: QtBot) -> None:
    told: list[object] = []
    bridge.sight_ready.connect(told.append)
    from_a_worker(bridge, SightReady(PaneId.A), Outcome(lambda: told.append("called")))
    bridge.close()
    qtbot.wait(50)
    assert told == []


def test_the_outcome_of_a_job_is_called_on_the_windows_thread(bridge: Bridge, qtbot: QtBot) -> None:
    called: list[threading.Thread] = []
    from_a_worker(bridge, Outcome(lambda: called.append(threading.current_thread())))
    qtbot.waitUntil(lambda: bool(called))
    assert called == [threading.main_thread()]
