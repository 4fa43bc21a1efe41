"""What a pane says instead of a picture, and which of it counts when several things are the matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gaze_demo.view.pane.message_card import Message

Act = Callable[[], None]


@dataclass(frozen=True)
class Circumstances:
    """What is known of the source and of one pane's model.

    `source_state` is that of a ReaderStatus, or "failed" where the source could not even be made; `source_text` its
    sentence. `model_error`: why the chosen model could not be loaded. `seen`: the pane has shown something of this
    source.
    """

    source_state: str
    source_text: str
    live: bool
    models_known: bool
    model_count: int
    model_error: str
    seen: bool


@dataclass(frozen=True)
class Remedies:
    """What the buttons do."""

    try_virtual: Act
    restart: Act
    open_models: Act


_LOST = {"silent": "The camera is silent", "lost": "The camera is gone", "failed": "No picture"}


def message_for(state: Circumstances, remedies: Remedies) -> Message | None:
    """The card of a pane; None where there is nothing to say."""
    if state.source_state == "failed" and not state.live:
        return Message("This cannot be shown", state.source_text, ("Use the virtual participant", remedies.try_virtual))
    if state.source_state in _LOST:
        action = ("Use the virtual participant", remedies.try_virtual)
        return Message(_LOST[state.source_state], state.source_text, action)
    if state.models_known and not state.model_count:
        text = "Put an ONNX model with its contract into your models folder, or add one from the File menu."
        return Message("No models found", text, ("Open the models folder", remedies.open_models))
    if state.model_error:
        return Message("This model cannot be used", state.model_error)
    if state.source_state == "ended" and not state.seen:
        return Message("Nothing to show", state.source_text or "The source has no frames.")
    if not state.seen:
        what = "Opening the camera" if state.live else "Opening"
        loading = state.source_state == "streaming"
        return Message("Starting…", "Loading the face landmarks and the models." if loading else f"{what}…")
    return None
