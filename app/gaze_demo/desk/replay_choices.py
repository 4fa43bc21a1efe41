"""What each pane of a recording can show: as it was recorded, or by any model, calibration and filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gaze_demo.calibration.profile import Profile
from gaze_demo.desk.replay_control import Replay, RerunTrack, Track
from gaze_demo.filter.kinds import FilterChoice, filter_kinds
from gaze_demo.filter.one_euro import of_strength
from gaze_demo.live.rerunner import Rerunner
from gaze_demo.model.registry import ModelEntry
from gaze_demo.recalibrate import fitted_profile, looks_of_session
from gaze_demo.rerun import Choice

RECORDED = "as recorded"
_FITTED, _NONE = "marked targets", "none"
_STRENGTHS = (0.25, 0.5, 0.75, 1.0)
_MOST_MADE = 8  # each takes some 50 MB for an hour at 30 frames a second


@dataclass(frozen=True)
class Wish:
    """The keys of a pane's model, calibration and filter in `ReplayChoices`."""

    model: str
    calibration: str = RECORDED
    filter: str = RECORDED


class ReplayChoices:
    """What can be chosen for a recording, and the track of each choice.

    Attributes: `models`, `calibrations`, `filters`, titles by key, those of the recording first; `recorded`, how many
    models are of the recording; `why_no_models`, a sentence if none can be run.
    """

    def __init__(self, replay: Replay) -> None:
        session = replay.session
        self._replay, self._rerunner = replay, Rerunner(session, fitted_profile)
        self._made: dict[Wish, RerunTrack] = {}
        self._recorded_profile = session.about.profile
        film = session.film is not None
        self.models = {} if film else {name: f"{name or 'No model'}, as recorded" for name in replay.tracks}
        self.recorded = len(self.models)
        self._entries: dict[str, ModelEntry] = {}
        self._profiles: dict[str, Profile] = {}
        self.why_no_models = ""
        if not session.can_run_models:
            self.why_no_models = (
                "This recording kept no pictures, so no model can be run on it. Record with eye crops to do that."
            )
        own = self._recorded_profile
        self.calibrations = {RECORDED: f"Calibration {own.name}, as recorded" if own else "No calibration"}
        if own is not None:
            self.calibrations[_NONE] = "No calibration"
        targets = len({(look.x_px, look.y_px) for look in looks_of_session(session) if look.kind == "fit"})
        if targets and session.about.screen is not None:
            self.calibrations[_FITTED] = f"Fitted to the {targets} marked targets"
        strength = session.about.filter_strength
        self._filters = {RECORDED: of_strength(strength)}
        self.filters = {RECORDED: f"Filter as recorded ({strength:g})" if strength else "No filter"}
        if strength:
            self._add_filter(_NONE, "No filter", FilterChoice())
        for kind in filter_kinds().values():
            if kind.name != FilterChoice().name:
                self._add_filter(kind.name, kind.title, FilterChoice(kind.name))
        for strength in _STRENGTHS:
            self._add_filter(f"{strength:g}", f"Filter strength {strength:g}", of_strength(strength))

    def offer(self, entries: Sequence[ModelEntry], profiles: Sequence[Profile]) -> None:
        """Models that can be run, and calibrations, to choose from."""
        session = self._replay.session
        if session.can_run_models:
            self._entries = {f"run {entry.name}": entry for entry in entries}
            again = "" if session.film is not None else ", run now"
            self.models |= {key: f"{entry.name}{again}" for key, entry in self._entries.items()}
        self._profiles = {f"profile {i}": profile for i, profile in enumerate(profiles)}
        self.calibrations |= {key: f"Calibration {profile.name}" for key, profile in self._profiles.items()}

    def track(self, wish: Wish) -> Track:
        """The track of a wish; it fills by and by if it was not recorded. The last few are kept."""
        if self.is_recorded(wish) or wish.model not in self.models:
            return self._replay.tracks.get(wish.model, next(iter(self._replay.tracks.values())))
        if wish not in self._made:
            entry = self._entries.get(wish.model)
            choice = Choice(
                model=wish.model if entry is None else entry.name,
                entry=entry,
                profile=self._recorded_profile
                if wish.calibration == RECORDED
                else self._profiles.get(wish.calibration),
                filter=self._filters[wish.filter],
            )
            made = self._rerunner.make(choice, fitted=wish.calibration == _FITTED)
            self._made[wish] = RerunTrack(made, self._replay.start_s)
        track = self._made[wish] = self._made.pop(wish)  # the one used last is at the end
        while len(self._made) > _MOST_MADE:
            del self._made[next(iter(self._made))]
        return track

    def is_recorded(self, wish: Wish) -> bool:
        return wish.model in self._replay.tracks and (wish.calibration, wish.filter) == (RECORDED, RECORDED)

    def can_be_changed(self, model: str) -> bool:
        """Whether calibration and filter of a model can be chosen: not if it is of the session compared with."""
        return model in self._entries or model in self._replay.session.models

    def without_calibration(self, wish: Wish) -> str:
        """A sentence if the calibration does not have the model, else empty."""
        track = self.track(wish)
        profile = track.rerun.choice.profile if isinstance(track, RerunTrack) else None
        if not isinstance(track, RerunTrack) or profile is None or track.rerun.choice.model in profile.mappings:
            return ""
        return f"{profile.name} has no calibration of {track.rerun.choice.model}, so there is no point of gaze."

    def compute(self, tracks: Sequence[Track]) -> None:
        """Compute what is missing of these."""
        self._rerunner.want([track.rerun for track in tracks if isinstance(track, RerunTrack)])

    def look_at(self, position_s: float) -> None:
        """What is shown, from the start of the recording: it is computed first."""
        self._rerunner.position_s = position_s + self._replay.start_s

    def close(self) -> None:
        self._rerunner.close()

    def _add_filter(self, key: str, title: str, choice: FilterChoice) -> None:
        self._filters[key], self.filters[key] = choice, title
