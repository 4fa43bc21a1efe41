"""Reruns of a drawn session; the models' answers are those that were recorded."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.session.samples import recorded
from gaze_demo import rerun as rerun_module
from gaze_demo.calibration.profile import Profile
from gaze_demo.errors import UserError
from gaze_demo.filter.one_euro import of_strength
from gaze_demo.live import rerunner as module
from gaze_demo.live.rerunner import NOT_YET, Rerunner
from gaze_demo.observation import Observation
from gaze_demo.pipeline import ModelGaze, ModelStage
from gaze_demo.rerun import Choice, rerun
from gaze_demo.session.again import RecordedFrame
from gaze_demo.session.folder import Session, load_session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return load_session(recorded(tmp_path / "s", 400).folder)


def no_fit(session: Session, choice: Choice) -> Profile:
    raise UserError("There are no targets.")


def until(done: Callable[[], bool]) -> None:
    for _ in range(3000):
        if done():
            return
        time.sleep(0.01)
    raise AssertionError("it was not computed")


def test_frames_from_the_position_on_come_first_and_all_agree_with_one_run_in_order(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[int] = []
    keep = module.Rerun.keep
    monkeypatch.setattr(module.Rerun, "keep", lambda self, i, *rest: order.append(i) or keep(self, i, *rest))
    choice = Choice("a", filter=of_strength(1.0))
    runner = Rerunner(session, no_fit)
    runner.position_s = 100.0 + 250 / 30
    one = runner.make(choice)
    assert set(one.trace.reason) == {NOT_YET}
    runner.want([one])
    until(lambda: one.share == 1.0)
    shown = one.shown.copy()
    assert order[:3] == [250, 251, 252]
    assert order.index(0) > order.index(399)
    means = [gaze.filtered.mean if gaze else None for _, (gaze,) in rerun(session, [choice])]
    in_order = np.array([np.full(3, np.nan) if mean is None else mean for mean in means])
    assert np.array_equal(shown, in_order, equal_nan=True)
    runner.close()


@pytest.mark.parametrize("end", ["another choice", "a jump"])
def test_a_run_that_ends_before_it_agrees_with_an_earlier_one_goes_on_later(
    session: Session, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(module, "_LEAD_S", 0.0)  # the filter's past is then another one in each run
    choice = Choice("a", filter=of_strength(1.0))
    runner = Rerunner(session, no_fit)
    runner.position_s = 100.0 + 250 / 30
    one = runner.make(choice)
    keep, seen = module.Rerun.keep, []

    def ends_at_the_second_251(self: module.Rerun, i: int, *rest: object) -> bool:
        same = keep(self, i, *rest)  # type: ignore[arg-type]
        seen.append(i)
        if i == 251 and seen.count(i) == 2:
            if end == "a jump":
                one.done[399] = False
                runner.position_s = 100.0 + 399.5 / 30
            else:
                runner.want([])
        return same

    monkeypatch.setattr(module.Rerun, "keep", ends_at_the_second_251)
    runner.want([one])
    until(lambda: (seen.count(251) == 2 and not one.running) or one.share == 1.0)
    runner.want([one])
    until(lambda: one.share == 1.0)
    runner.close()
    assert seen.count(252) > 1


def test_what_cannot_be_computed_is_a_sentence_and_the_other_pane_goes_on(session: Session) -> None:
    runner = Rerunner(session, no_fit)
    bad, good = runner.make(Choice("a"), fitted=True), runner.make(Choice("b"))
    runner.want([bad, good])
    until(lambda: bool(good.done.all()))
    runner.close()
    assert bad.problem == "There are no targets."
    assert good.problem == ""


def test_a_model_that_fails_later_on_leaves_the_other_pane_its_frames(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    gaze = rerun_module._gaze

    def fails_at_200(choice: Choice, stage: ModelStage, seen: Observation, recorded: RecordedFrame) -> ModelGaze | None:
        if choice.model == "a" and seen.frame.index == 200:
            raise UserError("The model has no memory left.")
        return gaze(choice, stage, seen, recorded)

    monkeypatch.setattr(rerun_module, "_gaze", fails_at_200)
    runner = Rerunner(session, no_fit)
    bad, good = runner.make(Choice("a")), runner.make(Choice("b"))
    runner.want([bad, good])
    until(lambda: good.share == 1.0)
    runner.close()
    assert (bad.problem, good.problem) == ("The model has no memory left.", "")
    assert np.isfinite(good.trace.gaze[201]).all()
    assert not bad.done[200]


def test_models_that_no_pane_uses_are_let_go(session: Session) -> None:
    runner = Rerunner(session, no_fit)
    entry: Any = SimpleNamespace(name="used")
    loaded: Any = {"used": object(), "unused": object()}
    runner._models = loaded
    runner.want([runner.make(Choice("used", entry=entry))])
    assert set(runner._models) == {"used"}
    runner.want([])
    assert runner._models == {}
    runner.close()
