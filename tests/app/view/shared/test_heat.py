from __future__ import annotations

import numpy as np
import pytest

from gaze_demo.view.shared.heat import Heat


def test_the_heat_is_where_the_gaze_was_and_fades_after_its_span() -> None:
    heat = Heat(span_s=60.0)
    for i in range(90):
        heat.add(i / 30, 0.25, 0.75)
    warmth = heat.warmth()
    row, column = np.unravel_index(warmth.argmax(), warmth.shape)
    assert (column + 0.5) / warmth.shape[1] == pytest.approx(0.25, abs=0.02)
    assert (row + 0.5) / warmth.shape[0] == pytest.approx(0.75, abs=0.03)
    assert warmth.max() == pytest.approx(1.0)
    heat.add(120.0, 0.9, 0.1)
    assert heat.warmth()[row, column] == 0.0


def test_a_gaze_off_the_screen_leaves_no_warmth() -> None:
    heat = Heat()
    for i in range(30):
        heat.add(i / 30, 1.2, 0.5)
    assert heat.warmth().max() == 0.0
