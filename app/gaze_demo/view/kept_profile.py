"""A profile and the samples behind it: made, kept, and made anew with more models. Its calls may take seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gaze_demo.errors import UserError

if TYPE_CHECKING:
    from gaze_demo.calibration.calibrate import Calibration
    from gaze_demo.calibration.profile import Profile
    from gaze_demo.calibration.sample import Session
    from gaze_demo.model.registry import ModelEntry


def profile_of(name: str, session: Session, result: Calibration) -> Profile:
    """What a calibration brought, under a name."""
    from gaze_demo.calibration.profile import Profile

    return Profile(
        name=name,
        created=session.created,
        camera=session.camera,
        screen=session.screen,
        mappings=result.mappings,
        hull=result.hull,
        report=result.report,
    )


def keep(profile: Profile, session: Session) -> None:
    """Save a profile and the samples behind it; raises UserError where that fails."""
    from gaze_demo.calibration.profile import samples_path, save_profile
    from gaze_demo.calibration.session_file import save_session

    save_session(session, samples_path(save_profile(profile)))


def recalibrated(profile: Profile, entries: list[ModelEntry]) -> tuple[Profile, list[str]]:
    """The profile with all models that can be loaded, from its samples, saved; and what is wrong with the others.

    Models that the profile knows and that are not at hand stay in it.

    Raises UserError where the samples were not kept, or no model can be loaded.
    """
    from gaze_demo.calibration.calibrate import Estimates, calibrate
    from gaze_demo.calibration.profile import profile_path, samples_path, save_profile
    from gaze_demo.calibration.session_file import load_session
    from gaze_demo.model.load import load_model

    session = load_session(samples_path(profile_path(profile)))
    models, problems = [], []
    for entry in entries:
        try:
            models.append(Estimates(load_model(entry)))
        except UserError as error:
            problems.append(str(error))
    if not models:
        raise UserError(" ".join(problems) or "There is no model to calibrate: add one.")
    made = profile_of(profile.name, session, calibrate(session, models))
    report = made.report.model_copy(update={"models": {**profile.report.models, **made.report.models}})
    again = made.model_copy(update={"mappings": {**profile.mappings, **made.mappings}, "report": report})
    save_profile(again)
    return again, problems
