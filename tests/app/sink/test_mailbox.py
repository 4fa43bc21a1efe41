from __future__ import annotations

import threading

from gaze_demo import clock
from gaze_demo.sink.mailbox import Mailbox


def test_the_newest_wins_and_is_taken_once() -> None:
    mailbox: Mailbox[int] = Mailbox()
    assert [mailbox.put(i) for i in (1, 2, 3)] == [True, False, False]
    assert mailbox.take() == 3
    assert mailbox.take() is None


def test_who_waits_is_woken_by_a_new_item() -> None:
    mailbox: Mailbox[int] = Mailbox()
    threading.Timer(0.05, mailbox.put, [7]).start()
    assert mailbox.take(5.0) == 7


def test_who_waits_is_woken_by_the_closing() -> None:
    mailbox: Mailbox[int] = Mailbox()
    threading.Timer(0.05, mailbox.close).start()
    started = clock.now_s()
    assert mailbox.take(None) is None
    assert clock.now_s() - started < 4.0
    assert mailbox.closed
