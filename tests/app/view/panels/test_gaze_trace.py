from __future__ import annotations

import numpy as np
import pytest

from gaze_demo.geometry import pitch_yaw_to_vector
from gaze_demo.view.panels.gaze_trace import GazeTrace


def test_a_trace_holds_time_yaw_and_pitch_in_degrees() -> None:
    trace = GazeTrace()
    trace.add(1.0, pitch_yaw_to_vector(np.radians([-5.0, 20.0])))
    assert trace.since(0.0) == pytest.approx(np.array([[1.0, 20.0, -5.0]]))


def test_a_missing_gaze_leaves_a_gap() -> None:
    trace = GazeTrace()
    trace.add(1.0, None)
    assert np.isnan(trace.since(0.0)[0, 1:]).all()


def test_hours_of_gaze_take_no_more_room_than_seconds() -> None:
    trace = GazeTrace()
    for i in range(5000):
        trace.add(i / 32, pitch_yaw_to_vector([0.0, 0.0]))
        if i % 7 == 0:
            rows = trace.since(i / 32 - 10)
            assert rows[0, 0] >= i / 32 - 10
            assert rows[-1, 0] == i / 32
            assert len(rows) == min(i + 1, 321)
