"""The menu of profiles, and the one that was used last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from gaze_demo.view.notice_bar import Level
from gaze_demo.view.screen_gaze import ScreenGaze
from gaze_demo.view.settings import Settings
from gaze_demo.view.trouble import sentence
from gaze_demo.view.window import Window
from gaze_demo.view.workers.background import Background

if TYPE_CHECKING:
    from gaze_demo.calibration.profile import Profile
    from gaze_demo.view.screen_gaze import Mismatch

_KEY = "profile"


class ProfilesMenu(QObject):
    """Filled from the user's folder whenever it is opened.

    Attributes: `menu`.
    """

    def __init__(self, window: Window, gaze: ScreenGaze, settings: Settings, background: Background) -> None:
        super().__init__(window)
        self._window, self._gaze, self._settings, self._background = window, gaze, settings, background
        self._chosen: Profile | None = None
        self._set_aside: Profile | None = None
        self.menu = QMenu("&Profiles", window)
        self.menu.aboutToShow.connect(self.fill)
        window.menus.menus["Calibrate"].insertMenu(window.menus.actions["measure"], self.menu)
        gaze.profile_changed.connect(self._remember)
        gaze.mismatched.connect(self._look_for_another)

    @property
    def name(self) -> str:
        """Of the profile used last; empty where there is none."""
        return self._settings.text(_KEY)

    def start(self) -> None:
        """Load the newest profile of the name that was used last."""
        name = self.name
        if name:
            self._background.run(lambda: next(iter(_of_name(name)), None), self._use_loaded, self._tell)

    def source_changed(self) -> None:
        """Another source: what was made for it may fit now, and what was chosen for the one before need not."""
        self._chosen = None
        if self._set_aside is not None:
            self._gaze.use(self._set_aside)

    def fill(self) -> None:
        """One entry a profile, newest first."""
        from gaze_demo.calibration.profile import list_profiles, profile_path

        self.menu.clear()
        found, problems = list_profiles()
        in_use = self._gaze.profile
        for profile in found:
            place = f"{profile.camera.name} {profile.camera.width} × {profile.camera.height}, {profile.screen.name}"
            action = QAction(f"{profile.name} – {place}, {profile.created[:10]}".replace("&", "&&"), self.menu)
            action.setCheckable(True)
            action.setChecked(in_use is not None and profile_path(profile) == profile_path(in_use))
            action.triggered.connect(lambda _=False, chosen=profile: self._choose(chosen))
            self.menu.addAction(action)
        if found:
            self.menu.addSeparator()
        none = QAction("Plain geometry" if found else "None yet", self.menu)
        none.setEnabled(bool(found))
        none.setCheckable(bool(found))
        none.setChecked(in_use is None)
        none.triggered.connect(lambda: self._choose(None))
        self.menu.addAction(none)
        if problems:
            self._window.notice.show_notice(problems[0], Level.WARNING)

    def _choose(self, profile: Profile | None) -> None:
        """By the user's own hand: used even where it does not fit."""
        self._chosen, self._set_aside = profile, None
        self._gaze.use(profile)

    def _use_loaded(self, profile: Profile | None) -> None:
        if profile is not None and self._gaze.profile is None:
            self._gaze.use(profile)

    def _look_for_another(self, mismatch: Mismatch) -> None:
        """Use the same person's profile for what is in use now; where there is none, explain what does not fit.

        What was made before another camera is set aside, unless it was chosen by hand: it tells nothing of this one.
        """
        camera, screen, in_use = mismatch.camera, mismatch.screen, mismatch.profile

        def job() -> Profile | None:
            if in_use.fits(camera, screen):  # it is only a model that is missing
                return None
            return next((profile for profile in _of_name(in_use.name) if profile.fits(camera, screen)), None)

        def done(found: Profile | None) -> None:
            if self._gaze.profile is not in_use:
                return
            if found is not None:
                self._gaze.use(found)
                return
            if camera.name != in_use.camera.name and in_use is not self._chosen:
                self._set_aside = in_use
                self._gaze.use(None)
                text = (
                    f"The profile {in_use.name} was made with the camera {in_use.camera.name!r} and is not used: "
                    f"calibrate with {camera.name!r} too (Ctrl+K)."
                )
                self._window.notice.show_notice(text, Level.INFO)
                return
            text = f"The profile {in_use.name} may not hold. {' '.join(mismatch.sentences)}"
            self._window.notice.show_notice(text, Level.WARNING)

        self._background.run(job, done, self._tell)

    def _remember(self, profile: Profile | None) -> None:
        if profile is not None:
            self._set_aside = None
        if self._set_aside is None:
            self._settings.keep(_KEY, profile.name if profile else "")

    def _tell(self, error: Exception) -> None:
        self._window.notice.show_notice(sentence(error, "The profile was not loaded"), Level.TROUBLE)


def _of_name(name: str) -> list[Profile]:
    """All profiles of one name, newest first."""
    from gaze_demo.calibration.profile import list_profiles

    return [profile for profile in list_profiles()[0] if profile.name == name]
