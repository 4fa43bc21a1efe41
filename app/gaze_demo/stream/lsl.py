"""Streams gaze by Lab Streaming Layer (https://labstreaminglayer.org), one stream per model.

Each sample has its capture time, on LSL's clock. The streams declare no rate: with a declared rate, readers of
recordings replace the times by a straight line. A slow reader loses samples without notice, so `number` counts them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gaze_demo import clock
from gaze_demo.optional import optional
from gaze_demo.pipeline import GazeSample, ModelGaze
from gaze_demo.sink.sink import Policy, Run

CHANNELS = (
    ("number", "count"),
    ("x", "pixel"),
    ("y", "pixel"),
    ("gaze_x", "1"),
    ("gaze_y", "1"),
    ("gaze_z", "1"),
    ("openness_left", "1"),
    ("openness_right", "1"),
)
_BUFFER_S = 60


class LslStream:
    """A sink; a value that is not known is NaN, as `x` and `y` are without a profile.

    `live`: capture times are of `gaze_demo.clock`; otherwise a file's clock is shifted so that its first frame is now.
    Raises UserError if pylsl is not installed.
    """

    policy: Policy = "all"
    needs_picture = False

    def __init__(self, *, live: bool = True) -> None:
        self._live = live
        self._outlets: dict[str, Any] = {}
        self._offset_s: float | None = None

    def open(self, run: Run) -> None:
        self._pylsl = pylsl = optional("pylsl", "Lab Streaming Layer needs pylsl: pip install 'gaze-demo[live]'.")
        for model in run.models:
            info = pylsl.StreamInfo(
                f"gaze-demo {model}", "Gaze", len(CHANNELS), 0.0, pylsl.cf_double64, f"gaze-demo-{model}"
            )
            channels = info.desc().append_child("channels")
            for label, unit in CHANNELS:
                channels.append_child("channel").append_child_value("label", label).append_child_value("unit", unit)
            info.desc().append_child_value("model", model)
            self._outlets[model] = pylsl.StreamOutlet(info, 0, _BUFFER_S)
        if self._live:
            self._offset_s = pylsl.local_clock() - clock.now_s()

    def write(self, sample: GazeSample) -> None:
        if self._offset_s is None:
            self._offset_s = self._pylsl.local_clock() - sample.time_s
        for gaze in sample.gazes:
            outlet = self._outlets.get(gaze.estimate.model)
            if outlet is not None:  # each sample has its own time; a chunk would have a single one
                outlet.push_sample(_values(sample, gaze), sample.time_s + self._offset_s)

    def close(self) -> None:
        self._outlets.clear()


def _values(sample: GazeSample, gaze: ModelGaze) -> list[float]:
    seen = sample.observation
    point = np.full(2, np.nan) if gaze.point is None else gaze.point.px
    vector = np.full(3, np.nan) if gaze.estimate.gaze is None else gaze.estimate.gaze
    openness = [float("nan") if eye is None else eye.openness for eye in (seen.left, seen.right)]
    return [float(value) for value in (sample.index, *point, *vector, *openness)]
