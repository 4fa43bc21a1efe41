"""The menu of profiles, filled from the user's folder whenever it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from gaze_demo.desk.profile_control import ProfileControl

if TYPE_CHECKING:
    from gaze_demo.calibration.profile import Profile


class ProfilesMenu(QMenu):
    """One entry per profile, newest first, and the plain geometry."""

    def __init__(self, profiles: ProfileControl, parent: QWidget) -> None:
        super().__init__("&Profiles", parent)
        self._profiles = profiles
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        self.clear()
        found = self._profiles.all()
        used = [self._profiles.is_in_use(profile) for profile in found]
        for profile, in_use in zip(found, used, strict=True):
            self._add(_title(profile), profile, in_use)
        if found:
            self.addSeparator()
            self._add("Plain geometry", None, not any(used))
        else:
            none = QAction("None yet", self)
            none.setEnabled(False)
            self.addAction(none)

    def _add(self, text: str, profile: Profile | None, in_use: bool) -> None:
        action = QAction(text, self, checkable=True, checked=in_use)
        action.triggered.connect(lambda: self._profiles.choose(profile))
        self.addAction(action)


def _title(profile: Profile) -> str:
    place = f"{profile.camera.name} {profile.camera.width} × {profile.camera.height}, {profile.screen.name}"
    return f"{profile.name} – {place}, {profile.created[:10]}".replace("&", "&&")
