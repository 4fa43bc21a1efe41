from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from gaze_demo.camera.access import check_access
from gaze_demo.camera.source import SourceError

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="device nodes are Linux's")


def fail_to_open(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def fail(path: Path, flags: int) -> int:
        assert str(path) == "/dev/video3"
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "open", fail)


@linux_only
@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        (errno.ENOENT, "absent", "HD Camera is not connected: plug it in"),
        (errno.ENODEV, "absent", "not connected"),  # a node whose device is gone
        (errno.EACCES, "denied", "sudo usermod -aG video "),
        (errno.EPERM, "denied", "log in again"),  # a container's rules
        (errno.EBUSY, "busy", "in use by another program: close that program"),
    ],
)
def test_what_the_system_answers_becomes_a_sentence_with_the_remedy(
    code: int, kind: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_to_open(monkeypatch, code)
    with pytest.raises(SourceError, match=sentence) as caught:
        check_access(3, "HD Camera")
    assert caught.value.kind == kind


@linux_only
def test_what_nobody_can_explain_is_left_to_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    fail_to_open(monkeypatch, errno.EIO)
    check_access(3, "HD Camera")


@pytest.mark.parametrize(
    ("before", "answer", "allowed", "asked"),
    [(3, None, True, False), (2, None, False, False), (0, 3, True, True), (0, 2, False, True)],
    ids=["allowed before", "forbidden before", "allowed when asked", "forbidden when asked"],
)
def test_macos_asks_the_user_once(
    before: int, answer: int | None, allowed: bool, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = SimpleNamespace(status=before, asked=False)

    def request(media: str, handler: object) -> None:
        state.status, state.asked = answer, True
        handler(answer == 3)  # type: ignore[operator]

    foundation = ModuleType("AVFoundation")
    foundation.AVMediaTypeVideo = "vide"  # type: ignore[attr-defined]
    foundation.AVCaptureDevice = SimpleNamespace(  # type: ignore[attr-defined]
        authorizationStatusForMediaType_=lambda media: state.status,
        requestAccessForMediaType_completionHandler_=request,
    )
    monkeypatch.setitem(sys.modules, "AVFoundation", foundation)
    monkeypatch.setenv("OPENCV_AVFOUNDATION_SKIP_AUTH", "1")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "darwin")
        if allowed:
            check_access(0, "FaceTime HD")
        else:
            with pytest.raises(SourceError, match="System Settings > Privacy & Security > Camera") as caught:
                check_access(0, "FaceTime HD")
            assert caught.value.kind == "denied"
    assert state.asked == asked
