from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.session.samples import RUN, samples
from gaze_demo.desk.replay_control import SPEEDS, Replay, envelope
from gaze_demo.session.folder import load_session
from gaze_demo.session.recorder import Recording, SessionRecorder


@pytest.fixture
def replay(tmp_path: Path) -> Replay:
    """Three seconds of two models with a marker after one second and a note after two."""
    recorder = SessionRecorder(Recording(tmp_path / "s", live=False))
    recorder.open(RUN)
    for one in samples(91):
        recorder.write(one)
    recorder.marker("light on", 101.0)
    recorder.note("tired")
    recorder.marker("light off", 102.0)
    recorder.close()
    return Replay(load_session(tmp_path / "s"))


def test_a_session_has_its_models_its_marks_and_its_length(replay: Replay) -> None:
    assert list(replay.tracks) == ["a", "b"]
    assert replay.duration_s == pytest.approx(3.0)
    assert [(round(mark.time_s, 3), mark.text) for mark in replay.marks] == [
        (1.0, "light on"),
        (2.0, "light off"),
        (3.0, "tired"),
    ]
    assert replay.tracks["a"].pitch_deg[20] == pytest.approx(2.0)
    assert np.isnan(replay.tracks["a"].pitch_deg[19])


def test_it_plays_at_its_speed_and_stands_still_at_its_end(replay: Replay) -> None:
    replay.play()
    replay.state.speed = 2.0
    replay.tick(50.0)
    replay.tick(50.5)
    assert replay.state.position_s == pytest.approx(1.0)
    replay.tick(60.0)
    assert replay.ended
    assert not replay.state.playing
    replay.play()
    assert replay.state.position_s == 0.0


def test_a_break_between_playing_is_not_played(replay: Replay) -> None:
    replay.play()
    replay.tick(50.0)
    replay.tick(50.5)
    replay.play()
    replay.tick(51.0)
    replay.play()
    replay.tick(58.0)
    replay.tick(58.5)
    assert replay.state.position_s == pytest.approx(1.0)


def test_steps_go_frame_by_frame_and_stay_within_the_recording(replay: Replay) -> None:
    for _ in range(3):
        replay.step(1)
    assert replay.state.position_s == pytest.approx(0.1)
    replay.step(-50)
    assert replay.state.position_s == 0.0
    assert replay.tracks["a"].row_at(0.0) == 0


def test_jumps_go_from_mark_to_mark(replay: Replay) -> None:
    assert replay.jump(-1) is None
    first = replay.jump(1)
    second = replay.jump(1)
    assert first is not None
    assert second is not None
    assert (first.text, second.text) == ("light on", "light off")
    back = replay.jump(-1)
    assert back is not None
    assert back.text == "light on"


def test_the_speed_stays_among_those_there_are(replay: Replay) -> None:
    for _ in range(20):
        replay.change_speed(1)
    assert replay.state.speed == SPEEDS[-1]


def test_in_a_gap_no_frame_is_shown(replay: Replay) -> None:
    track = replay.tracks["a"]
    assert track.row_at(3.2) == 90
    assert track.row_at(4.0) is None


def test_the_envelope_of_a_long_curve_keeps_every_peak_and_every_gap() -> None:
    time_s = np.arange(100_000) / 30
    values = np.sin(time_s)
    values[50_000] = 9.0
    values[20_000:40_000] = np.nan
    rows = envelope(time_s, values, 0.0, time_s[-1], 500)
    assert len(rows) == 500
    assert np.nanmax(rows[:, 2]) == 9.0
    lost = np.isnan(rows[:, 1])
    assert 95 < lost.sum() < 105
    assert (rows[~lost, 1] <= rows[~lost, 2]).all()


def test_the_envelope_of_few_values_is_the_values() -> None:
    time_s, values = np.array([0.0, 1.0, 2.0, 3.0]), np.array([5.0, 6.0, 7.0, 8.0])
    rows = envelope(time_s, values, 1.2, 1.8, 100)
    assert rows[:, 0].tolist() == [1.0, 2.0]
    assert (rows[:, 1] == rows[:, 2]).all()
