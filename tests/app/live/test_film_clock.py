from __future__ import annotations

import pytest

from gaze_demo.live.film_clock import FilmClock


def test_delays_are_counted_from_the_frame_that_came_soonest() -> None:
    clock = FilmClock()
    delays = [0.030, 0.010, 0.050, 0.020]
    due = [clock.due_s(i / 30, 100.0 + i / 30 + delay) for i, delay in enumerate(delays)]
    assert due[2:] == pytest.approx([100.0 + 2 / 30 + 0.010, 100.0 + 3 / 30 + 0.010])


def test_after_a_long_pause_the_clock_is_tied_anew() -> None:
    clock = FilmClock()
    clock.due_s(0.0, 100.0)
    assert clock.due_s(0.1, 107.0) == pytest.approx(107.0)
