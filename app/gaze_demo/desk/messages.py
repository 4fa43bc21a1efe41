"""The message of a pane instead of a picture; if there are several problems, the most important one."""

from __future__ import annotations

from dataclasses import dataclass

from gaze_demo.desk.state import SourceKind, WindowState
from gaze_demo.live.pane_id import PaneId

_LOST = {"silent": "The camera sends nothing", "lost": "The camera was disconnected", "failed": "No picture"}
_OPENING = {
    SourceKind.CAMERA: "Opening the camera…",
    SourceKind.VIRTUAL: "Starting the virtual participant…",
    SourceKind.FILE: "Opening the file…",
}
_RESTART = ("Start it again", "restart")
_USE_VIRTUAL = ("Use the virtual participant", "try-virtual")


@dataclass(frozen=True)
class Message:
    """`action` is the button's text and the id of the command it runs; None if waiting is all there is to do."""

    title: str
    text: str
    action: tuple[str, str] | None = None


def message_for(state: WindowState, pane: PaneId) -> Message | None:
    """The card of a pane; None if there is nothing to say."""
    source, seen = state.source, pane in state.seen
    if source.state == "failed" and not state.source_live:
        return Message("This cannot be shown", source.text, _USE_VIRTUAL)
    if source.state in _LOST:
        if state.source_kind is SourceKind.VIRTUAL:
            return Message("The virtual participant has stopped", source.text, _RESTART)
        return Message(_LOST[source.state], source.text, _USE_VIRTUAL)
    if state.models_known and not state.entries:
        text = "Put an ONNX model with its contract into your models folder, or add one from the File menu."
        return Message("No models found", text, ("Open the models folder", "models-folder"))
    if state.model_errors[pane]:
        return Message("This model cannot be used", state.model_errors[pane])
    if source.state == "ended" and not seen:
        return Message("Nothing to show", source.text or "The source has no frames.")
    if not seen:
        if source.state == "streaming":
            return Message("Starting…", "Loading the face landmarks and the models.")
        return Message("Starting…", _OPENING.get(state.source_kind, "Opening the source…"))
    return None
