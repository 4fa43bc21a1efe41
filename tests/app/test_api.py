from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import gaze_demo
from app.profiles import profile
from gaze_demo import api
from gaze_demo.calibration.mapping import Mapping


def test_every_name_is_there_and_documented() -> None:
    assert gaze_demo.__all__ == api.__all__
    for name in gaze_demo.__all__:
        assert getattr(gaze_demo, name).__doc__, name
    assert set(gaze_demo.__all__) < set(dir(gaze_demo))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        gaze_demo.nothing  # noqa: B018


def test_importing_it_loads_nothing_heavy() -> None:
    code = "import sys, gaze_demo; print([m for m in ('numpy', 'cv2', 'mediapipe', 'pyarrow') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_a_tracker_gives_samples_and_records_them(tmp_path: Path) -> None:
    with gaze_demo.Tracker("virtual:path", models=["mobilenet12"], real_time=False) as tracker:
        recorder = tracker.record(tmp_path / "s")
        samples = []
        for sample in tracker:
            samples.append(sample)
            if len(samples) == 10:
                recorder.marker("ten", sample.time_s)
                tracker.stop(recorder)
            if len(samples) == 15:
                break
    session = gaze_demo.read_session(tmp_path / "s")
    assert session.problems == ()
    assert session.trace("mobilenet12").time_s.tolist() == [sample.time_s for sample in samples[:10]]
    assert [event.text for event in session.events] == ["ten"]
    assert tracker.models == ["mobilenet12"]


def test_a_profile_gives_points(tmp_path: Path) -> None:
    ada = profile("Ada", {"mobilenet12": Mapping()})
    with gaze_demo.Tracker("virtual:path", models=["mobilenet12"], profile=ada, real_time=False) as tracker:
        for sample in tracker:
            if sample.gazes[0].point is not None:
                assert sample.gazes[0].point.px.shape == (2,)
                break


def test_what_is_wrong_is_one_sentence() -> None:
    with pytest.raises(gaze_demo.UserError, match="no profile 'Nobody'"):
        gaze_demo.Tracker("virtual", profile="Nobody")
    with pytest.raises(gaze_demo.UserError, match="'with' statement"):
        next(iter(gaze_demo.Tracker("virtual", models=["mobilenet12"])))
    with pytest.raises(gaze_demo.UserError, match="There is no model 'none'"):
        gaze_demo.Tracker("virtual", models=["none"])


def test_the_models_at_hand_are_named() -> None:
    assert {"teacher", "mobilenet25"} <= set(gaze_demo.model_names())
