from __future__ import annotations

from dataclasses import replace

import pytest

from gaze_demo.view.messages import Circumstances, Remedies, message_for

FINE = Circumstances("streaming", "", True, True, 2, "", True)
CALLS: list[str] = []
REMEDIES = Remedies(lambda: CALLS.append("virtual"), lambda: CALLS.append("restart"), lambda: CALLS.append("models"))


def test_nothing_is_said_where_all_is_well() -> None:
    assert message_for(FINE, REMEDIES) is None


@pytest.mark.parametrize(
    ("changes", "title", "remedy"),
    [
        ({"source_state": "failed", "source_text": "Camera 0 is in use."}, "No picture", "virtual"),
        ({"source_state": "failed", "source_text": "x.mp4 is no video.", "live": False}, "This cannot", "virtual"),
        ({"source_state": "lost", "source_text": "Camera 0 was unplugged."}, "The camera is gone", "virtual"),
        ({"source_state": "silent", "source_text": "It sends no picture."}, "The camera is silent", "virtual"),
        ({"model_count": 0}, "No models found", "models"),
        ({"model_error": "a.onnx: field 'role' is wrong."}, "This model cannot be used", None),
        ({"source_state": "ended", "seen": False}, "Nothing to show", None),
        ({"source_state": "opening", "seen": False}, "Starting", None),
        # a lost camera matters more than a missing model
        ({"source_state": "lost", "model_count": 0}, "The camera is gone", "virtual"),
        # models are not missing while nobody has looked
        ({"models_known": False, "model_count": 0, "seen": False}, "Starting", None),
    ],
)
def test_each_trouble_has_its_card_with_its_remedy(changes: dict[str, object], title: str, remedy: str | None) -> None:
    message = message_for(replace(FINE, **changes), REMEDIES)  # type: ignore[arg-type]
    assert message is not None
    assert message.title.startswith(title)
    assert str(changes.get("source_text", "")) in message.text or changes.get("source_state") == "opening"
    if remedy is None:
        assert message.action is None
    else:
        assert message.action is not None
        CALLS.clear()
        message.action[1]()
        assert CALLS == [remedy]
