from __future__ import annotations

from pathlib import Path

from app.session.samples import recorded
from gaze_demo.desk.replay_choices import RECORDED, ReplayChoices, Wish
from gaze_demo.desk.replay_control import Replay
from gaze_demo.session.folder import load_session


def test_what_was_chosen_last_is_kept_and_what_was_chosen_long_ago_is_not(tmp_path: Path) -> None:
    choices = ReplayChoices(Replay(load_session(recorded(tmp_path / "s", 10).folder)))
    wishes = [Wish(model, filter=key) for model in choices.models for key in choices.filters if key != RECORDED]
    assert len(wishes) > 9
    tracks = [(choices.track(wish), choices.track(wishes[0]))[0] for wish in wishes]
    assert choices.track(wishes[0]) is tracks[0]
    assert choices.track(wishes[-1]) is tracks[-1]
    assert choices.track(wishes[1]) is not tracks[1]
