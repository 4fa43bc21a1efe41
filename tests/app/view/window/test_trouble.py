from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gaze_demo.errors import UserError
from gaze_demo.view.window.trouble import TroubleRelay, sentence


@pytest.fixture
def relay() -> Iterator[TroubleRelay]:
    hooks = sys.excepthook, threading.excepthook
    relay = TroubleRelay()
    relay.install()
    yield relay
    sys.excepthook, threading.excepthook = hooks


def test_an_exception_in_any_thread_is_logged_and_told_in_a_sentence(
    relay: TroubleRelay, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    def work() -> None:
        raise ValueError("no such shape\nand a second line")

    with caplog.at_level(logging.ERROR, "gaze_demo"), qtbot.waitSignal(relay.raised) as told:
        threading.Thread(target=work, name="observer").start()
    assert told.args == [
        "The part “observer” has stopped: no such shape. The log has the details (Help, Show log file)."
    ]
    assert "Traceback" in caplog.text


def test_an_exception_of_the_window_is_told_too(relay: TroubleRelay, qtbot: QtBot) -> None:
    with qtbot.waitSignal(relay.raised) as told:
        sys.excepthook(KeyError, KeyError("x"), None)
    assert told.args[0].startswith("Something went wrong: 'x'.")


def test_an_error_that_a_user_can_mend_is_a_sentence_already() -> None:
    assert sentence(UserError("Plug it in."), "The source") == "Plug it in."
