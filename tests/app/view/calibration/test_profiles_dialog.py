from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.calibration.fakes import FakeModel, Person
from gaze_demo.calibration.calibrate import Estimates, calibrate
from gaze_demo.calibration.kept_profile import keep, profile_of
from gaze_demo.calibration.profile import list_profiles
from gaze_demo.view.calibration.profiles_dialog import ProfilesDialog


class Profiles:
    """The desk's profiles as far as the dialog knows them."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def all(self) -> list[Any]:
        return list_profiles()[0]

    def is_in_use(self, profile: Any) -> bool:
        return bool(profile.name == "Ada")

    def rename(self, profile: Any, name: str, done: Any) -> None:
        self.asked.append(("rename", profile.name, name))

    def delete(self, profile: Any, done: Any) -> None:
        self.asked.append(("delete", profile.name))


@pytest.fixture
def profiles() -> Profiles:
    session = Person().sitting(5)
    result = calibrate(session, [Estimates(FakeModel("fast", noise_deg=1.0))])
    keep(profile_of("Ada", session, result), session)
    return Profiles()


def test_a_profile_is_listed_with_what_it_takes_and_deleted_only_when_confirmed(
    dark: QApplication, qtbot: QtBot, profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = ProfilesDialog(profiles)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    assert dialog.list.item(0).text().startswith("Ada (in use)")
    assert "MB" in dialog.list.item(0).text()
    for answer in (QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes):
        monkeypatch.setattr(QMessageBox, "question", lambda *_, said=answer: said)
        dialog.delete.click()
    assert profiles.asked == [("delete", "Ada")]


def test_without_profiles_there_is_nothing_to_do(dark: QApplication, qtbot: QtBot) -> None:
    dialog = ProfilesDialog(Profiles())  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    assert not dialog.delete.isEnabled()
