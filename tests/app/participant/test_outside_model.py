"""A model that was trained only on real people works on the virtual ones about as well as on people."""

from __future__ import annotations

import numpy as np
import pytest

from gaze_demo.camera.frame import Frame
from gaze_demo.camera.virtual import VirtualSource
from gaze_demo.geometry import mirror_pitch_yaw, vector_to_pitch_yaw
from gaze_demo.intrinsics import Lens
from gaze_demo.model.registry import find_model
from gaze_demo.model.session import GazeModel
from gaze_demo.observer import Observer
from gaze_demo.participant.person import PEOPLE

TARGETS = [(x, y, 0.0) for y in (0.0, 110.0, 220.0) for x in (-240.0, -120.0, 0.0, 120.0, 240.0)]


@pytest.mark.parametrize("person", range(len(PEOPLE)))
def test_an_outside_model_follows_the_true_yaw(person: int) -> None:
    """Each picture is also read mirrored: to cancel the model's own asymmetry, up to 7 deg here."""
    model = GazeModel(find_model("gaze-estimation-adas-0002"))
    source = VirtualSource(person=person, rate=4, real_time=False)
    source.open()
    true, read = [], []
    with Observer(video=False, lens=Lens(hfov_deg=60)) as observer:
        for target in TARGETS:
            source.look_at_mm(target)
            frame = [source.read() for _ in range(3)][-1]
            while frame.truth is None or frame.truth.closure > 0:
                frame = source.read()
            mirrored = Frame(np.ascontiguousarray(frame.image[:, ::-1]), frame.index, frame.time_s)
            both = [model.estimate(observer.observe(seen)).gaze for seen in (frame, mirrored)]
            assert both[0] is not None
            assert both[1] is not None
            direct, reflected = (vector_to_pitch_yaw(gaze) for gaze in both if gaze is not None)
            true.append(vector_to_pitch_yaw(frame.truth.gaze))
            read.append((direct + mirror_pitch_yaw(reflected)) / 2)
    known, seen = np.degrees(true), np.degrees(read)
    gain, bias = np.polyfit(known[:, 1], seen[:, 1], 1)
    assert 0.7 < gain < 1.3
    assert abs(bias) < 2.5
    assert np.corrcoef(known[:, 1], seen[:, 1])[0, 1] ** 2 > 0.95
