"""The virtual participant recorded and exported, read by another program, against its exact truth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaze_demo.camera.virtual import VirtualSource
from gaze_demo.export.run import export
from gaze_demo.geometry import vector_to_pitch_yaw
from gaze_demo.model.load import load_model
from gaze_demo.model.registry import find_model
from gaze_demo.pipeline import Pipeline
from gaze_demo.session.recorder import Recording, SessionRecorder
from gaze_demo.sink.sink import Run, opened

MODEL = "mobilenet12"


@pytest.mark.timeout(300)
def test_the_exported_gaze_is_at_its_true_time_within_one_frame(tmp_path: Path) -> None:
    pyxdf: Any = pytest.importorskip("pyxdf")
    source = VirtualSource(mode="path", seed=2, real_time=False)
    source.open()
    rng = np.random.default_rng(0)
    times, truth = [], []
    recorder = SessionRecorder(Recording(tmp_path / "s", live=False))
    run = Run(source=source.name, frame_rate=30.0, models=(MODEL,))
    with Pipeline.on(source, [load_model(find_model(MODEL))]) as pipeline, opened(recorder, run):
        for _ in range(300):
            frame = source.read()
            assert frame is not None
            assert frame.truth is not None
            times.append(frame.time_s)
            truth.append(vector_to_pitch_yaw(frame.truth.gaze)[1])
            if rng.random() >= 0.05:  # lost frames
                recorder.write(pipeline.process(replace(frame)))
    source.close()
    export(tmp_path / "s", "xdf", tmp_path / "out")
    (stream, _) = pyxdf.load_xdf(str(tmp_path / "out" / "session.xdf"))[0]
    read_s = stream["time_stamps"]
    yaw = np.arctan2(-stream["time_series"][:, 2], -stream["time_series"][:, 4])
    known = np.isfinite(yaw)

    def agreement(lag_s: float) -> float:
        return float(np.corrcoef(np.interp(read_s[known] - lag_s, times, truth), yaw[known])[0, 1])

    lags = np.arange(-10, 11) / 60
    best = float(lags[np.argmax([agreement(lag) for lag in lags])])
    assert abs(best) <= 1 / 30
    assert agreement(best) > 0.9
