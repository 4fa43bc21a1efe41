"""The saved profiles, and the one that was used last.

The modules of profiles are loaded when they are first used: the window should not wait for them when it starts.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gaze_demo.desk.gaze_control import GazeControl, Mismatch
from gaze_demo.desk.memory import Memory
from gaze_demo.desk.notices import Notices
from gaze_demo.desk.source_control import SourceControl
from gaze_demo.desk.state import WindowState
from gaze_demo.desk.trouble import sentence
from gaze_demo.live.background import Background

if TYPE_CHECKING:
    from gaze_demo.calibration.profile import Profile

_KEY, _NOTICE = "profile", "profile"


class ProfileControl:
    """Loads, chooses and sets aside profiles."""

    def __init__(
        self,
        state: WindowState,
        notices: Notices,
        gaze: GazeControl,
        source: SourceControl,
        memory: Memory,
        background: Background,
    ) -> None:
        self._state, self._notices, self._gaze = state, notices, gaze
        self._memory, self._background = memory, background
        self._chosen: Profile | None = None
        self._set_aside: Profile | None = None
        state.on("profile", self._remember)
        gaze.mismatched.connect(self._look_for_another)
        source.opening.connect(lambda _: self._source_changed())

    @property
    def name(self) -> str:
        """Of the profile used last; empty if there is none."""
        return self._memory.text(_KEY)

    def start(self) -> None:
        """Load the newest profile of the name that was used last."""
        name = self.name
        if name:
            self._background.run(lambda: next(iter(_of_name(name)), None), self._use_loaded, self._tell)

    def all(self) -> list[Profile]:
        """Newest first; unreadable ones are reported."""
        from gaze_demo.calibration.profile import list_profiles

        found, problems = list_profiles()
        if problems:
            self._notices.warn(problems[0])
        return found

    def is_in_use(self, profile: Profile) -> bool:
        from gaze_demo.calibration.profile import profile_path

        used = self._state.profile
        return used is not None and profile_path(profile) == profile_path(used)

    def choose(self, profile: Profile | None) -> None:
        """Chosen by the user: it is used even if it does not fit."""
        self._chosen, self._set_aside = profile, None
        self._gaze.use(profile)

    def rename(self, profile: Profile, name: str, done: Callable[[], None]) -> None:
        """Give a profile another name; `done` is called once it has it."""
        from gaze_demo.calibration.kept_profile import renamed

        def use(again: Profile) -> None:
            if self._state.profile is not None and self.is_in_use(profile):
                self._gaze.use(again)
            done()

        self._background.run(lambda: renamed(profile, name), use, self._tell_failure("The profile was not renamed"))

    def delete(self, profile: Profile, done: Callable[[], None]) -> None:
        """Remove a profile with all its pictures; if it is in use, the plain geometry replaces it."""
        from gaze_demo.calibration.kept_profile import delete_profile

        in_use = self.is_in_use(profile)

        def forget(_: None) -> None:
            if in_use:
                self.choose(None)
            self._notices.info(f"The profile {profile.name} and its pictures were deleted.", _NOTICE)
            done()

        failed = self._tell_failure("The profile was not deleted")
        self._background.run(lambda: delete_profile(profile), forget, failed)

    def export(self, profile: Profile, path: Path) -> None:
        """Write a profile and its pictures into one ZIP file."""
        from gaze_demo.calibration.kept_profile import export_profile

        def tell(_: None) -> None:
            self._notices.info(f"Exported {profile.name} to {path}.", _NOTICE)

        failed = self._tell_failure("The profile was not exported")
        self._background.run(lambda: export_profile(profile, path), tell, failed)

    def _tell_failure(self, what: str) -> Callable[[Exception], None]:
        return lambda error: self._notices.trouble(sentence(error, what))

    def _source_changed(self) -> None:
        """The new source may need another profile than the one before."""
        self._chosen = None
        self._notices.withdraw(_NOTICE)
        if self._set_aside is not None:
            self._gaze.use(self._set_aside)

    def _use_loaded(self, profile: Profile | None) -> None:
        if profile is not None and self._state.profile is None:
            self._gaze.use(profile)

    def _look_for_another(self, mismatch: Mismatch) -> None:
        """Use the same person's profile for what is in use now; if there is none, explain what does not fit.

        A profile of another camera is set aside, unless the user chose it: it does not hold for this one.
        """
        camera, screen, used = mismatch.camera, mismatch.screen, mismatch.profile

        def job() -> Profile | None:
            if used.fits(camera, screen):  # only a model is missing
                return None
            return next((profile for profile in _of_name(used.name) if profile.fits(camera, screen)), None)

        def done(found: Profile | None) -> None:
            if self._state.profile is not used:
                return
            if found is not None:
                self._gaze.use(found)
                return
            if camera.name != used.camera.name and used is not self._chosen:
                self._set_aside = used
                self._gaze.use(None)
                self._notices.info(
                    f"The profile {used.name} was made with the camera {used.camera.name!r} and is not used: "
                    f"calibrate with {camera.name!r} too (Ctrl+K).",
                    _NOTICE,
                )
                return
            text = f"The profile {used.name} may not fit. {' '.join(mismatch.sentences)}"
            self._notices.warn(text, _NOTICE)

        self._background.run(job, done, self._tell)

    def _remember(self, profile: Profile | None) -> None:
        if profile is not None:
            self._set_aside = None
        if self._set_aside is None:
            self._memory.keep(_KEY, profile.name if profile else "")

    def _tell(self, error: Exception) -> None:
        self._notices.trouble(sentence(error, "The profile was not loaded"))


def _of_name(name: str) -> list[Profile]:
    """All profiles of one name, newest first."""
    from gaze_demo.calibration.profile import list_profiles

    return [profile for profile in list_profiles()[0] if profile.name == name]
