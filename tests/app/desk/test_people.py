from __future__ import annotations

from dataclasses import replace

import pytest

from app.drawn_face import observation
from gaze_demo.desk import people as module
from gaze_demo.desk.notices import Notices
from gaze_demo.desk.people import People
from gaze_demo.observation import Observation


class FakeEngine:
    def __init__(self) -> None:
        self.chosen: list[tuple[float, float]] = []

    def choose_face(self, x_px: float, y_px: float) -> None:
        self.chosen.append((x_px, y_px))


class Scene:
    """Notices, and a clock that the test controls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 100.0
        monkeypatch.setattr(module.clock, "now_s", lambda: self.now_s)
        self.notices, self.engine = Notices(), FakeEngine()
        self.people = People(self.notices, self.engine)  # type: ignore[arg-type]

    def see(self, people: int, person: int = 1, after_s: float = 0.03) -> str:
        self.now_s += after_s
        seen: Observation = replace(observation(), people=people, person=person)
        self.people.see(seen)
        return self.notices.text


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(monkeypatch)


def test_several_people_are_told_once_for_as_long_as_they_are_there(scene: Scene) -> None:
    assert scene.see(1) == ""
    assert scene.see(2).startswith("2 people are in the picture")
    scene.notices.close_newest()
    assert scene.see(1) == scene.see(2) == ""  # the detector has lost one for a moment
    assert scene.see(1, after_s=6.0) == ""
    assert scene.see(3).startswith("3 people")


def test_the_notice_leaves_with_the_visitor(scene: Scene) -> None:
    assert scene.see(2)
    assert scene.see(1, after_s=6.0) == ""


def test_a_click_that_changes_the_person_is_confirmed(scene: Scene) -> None:
    scene.see(2)
    scene.people.choose(120.0, 80.0)
    assert scene.engine.chosen == [(120.0, 80.0)]
    assert "clicked" in scene.see(2, person=2)


def test_another_person_without_a_click_is_not_confirmed(scene: Scene) -> None:
    scene.see(2)
    scene.people.choose(1.0, 1.0)  # if there is no face
    scene.see(2)
    assert "clicked" not in scene.see(2, person=2, after_s=1.5)


def test_another_source_takes_the_notice_away(scene: Scene) -> None:
    scene.see(2)
    scene.people.forget()
    assert scene.notices.text == ""
    assert scene.see(2)
