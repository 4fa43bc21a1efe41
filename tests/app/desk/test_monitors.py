from __future__ import annotations

import pytest

from app.desk.fakes import MONITOR, FakeMemory
from gaze_demo.desk.monitors import Monitor, keep_measured, known_geometry


def test_the_measured_monitor_is_remembered() -> None:
    memory = FakeMemory()
    before = known_geometry(MONITOR, memory)
    keep_measured(before.with_card(400.0).with_lens(100.0, 250.0), memory)
    again = known_geometry(MONITOR, memory)
    assert again.pitch_mm[0] == pytest.approx(85.6 / 400.0)
    assert (again.size_source, again.lens_source) == ("bank card", "given")
    assert (again.lens_x_mm, again.lens_y_mm) == (100.0, 250.0)


def test_a_place_of_the_desktop_is_told_in_the_monitors_own_pixels() -> None:
    second = Monitor("HDMI-1", "Wall", 3840, 2160, 600.0, 340.0, left=1920, top=100, ratio=2.0)
    assert second.px(1930, 150) == pytest.approx((20, 100))
