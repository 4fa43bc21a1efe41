from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.tiny_models import follows_head
from gaze_demo.desk.commands import COMMANDS, CommandBook
from gaze_demo.desk.messages import message_for
from gaze_demo.desk.state import SourceKind, SourceState, WindowState
from gaze_demo.live.pane_id import PaneId
from gaze_demo.model.registry import read_entry


@pytest.fixture
def fine(tmp_path: Path) -> WindowState:
    """Nothing is wrong: a camera streams, a model runs, the pane shows it."""
    return WindowState(
        source=SourceState("streaming"),
        source_live=True,
        source_kind=SourceKind.CAMERA,
        models_known=True,
        entries=(read_entry(follows_head(tmp_path / "tiny.onnx"), "path"),),
        seen=frozenset(PaneId),
    )


def test_nothing_is_said_where_all_is_well(fine: WindowState) -> None:
    assert message_for(fine, PaneId.A) is None


@pytest.mark.parametrize(
    ("changes", "title", "remedy"),
    [
        ({"source": SourceState("failed", "Camera 0 is in use.")}, "No picture", "try-virtual"),
        ({"source": SourceState("failed", "x.mp4 is no video."), "source_live": False}, "This cannot", "try-virtual"),
        ({"source": SourceState("lost", "Camera 0 was unplugged.")}, "The camera was disconnected", "try-virtual"),
        ({"source": SourceState("silent", "It sends no picture.")}, "The camera sends nothing", "try-virtual"),
        ({"entries": ()}, "No models found", "models-folder"),
        ({"model_errors": {PaneId.A: "a.onnx: field 'role' is wrong."}}, "This model cannot be used", None),
        ({"source": SourceState("ended"), "seen": frozenset()}, "Nothing to show", None),
        ({"source": SourceState("opening"), "seen": frozenset()}, "Starting", None),
        # a lost camera matters more than a missing model
        ({"source": SourceState("lost"), "entries": ()}, "The camera was disconnected", "try-virtual"),
        # models are not missing while nobody has looked
        ({"models_known": False, "entries": (), "seen": frozenset()}, "Starting", None),
    ],
)
def test_each_trouble_has_its_card_with_its_remedy(
    fine: WindowState, changes: dict[str, object], title: str, remedy: str | None
) -> None:
    state = replace(fine, **changes)  # type: ignore[arg-type]
    message = message_for(state, PaneId.A)
    assert message is not None
    assert message.title.startswith(title)
    assert state.source.text in message.text or state.source.state == "opening"
    if remedy is None:
        assert message.action is None
    else:
        assert message.action is not None
        assert message.action[1] == remedy
        assert remedy in CommandBook(COMMANDS).by_id


def test_the_virtual_participant_that_stands_still_is_started_again(fine: WindowState) -> None:
    changes = {"source": SourceState("silent", "It draws no picture."), "source_kind": SourceKind.VIRTUAL}
    message = message_for(replace(fine, **changes), PaneId.A)  # type: ignore[arg-type]
    assert message is not None
    assert message.action is not None
    assert message.action[1] == "restart"
    assert "camera" not in message.title


def test_the_virtual_participant_is_no_camera_that_is_opened(fine: WindowState) -> None:
    changes = {"source": SourceState("opening"), "source_kind": SourceKind.VIRTUAL, "seen": frozenset()}
    message = message_for(replace(fine, **changes), PaneId.A)  # type: ignore[arg-type]
    assert message is not None
    assert "camera" not in message.text
