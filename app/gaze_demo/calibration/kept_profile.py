"""A profile and the samples behind it: made, kept, made again with more models, deleted. Its calls may take seconds."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from gaze_demo.calibration.calibrate import Calibration, Estimates, calibrate
from gaze_demo.calibration.profile import (
    KeptSitting,
    Profile,
    files_of,
    private_folder,
    profile_path,
    save_profile,
    sitting_path,
)
from gaze_demo.calibration.sample import Session
from gaze_demo.calibration.session_file import load_session, save_session
from gaze_demo.errors import UserError
from gaze_demo.model.load import load_model
from gaze_demo.model.reach import reach
from gaze_demo.model.registry import ModelEntry
from gaze_demo.whole_file import cannot_write


def profile_of(name: str, session: Session, result: Calibration) -> Profile:
    """What a calibration brought, under a name."""
    return Profile(
        name=name,
        created=session.created,
        camera=session.camera,
        screen=session.screen,
        mappings=result.mappings,
        hull=result.hull,
        report=result.report,
        sittings=(_kept(session, result),),
    )


def keep(profile: Profile, session: Session, folder: Path | None = None) -> None:
    """Save a profile and the newest sitting behind it; raises UserError where that fails, what was kept stays then.

    The samples come first, under a name of their own: a profile never lies beside those of another sitting.
    """
    private_folder(profile_path(profile, folder).parent)
    save_session(session, sitting_path(profile, session.identity, folder))
    save_profile(profile, folder)
    _tidy(profile, folder)


def load_sittings(profile: Profile, folder: Path | None = None) -> list[Session]:
    """The sittings behind a profile, the oldest first. Raises UserError where one is missing or is another's."""
    if not profile.sittings:
        session = load_session(sitting_path(profile, "", folder))
        return [session if session.identity else replace(session, identity=uuid4().hex)]
    sessions = []
    for kept in profile.sittings:
        path = sitting_path(profile, kept.identity, folder)
        session = load_session(path)
        if session.identity != kept.identity:
            raise UserError(f"{path} holds the samples of another sitting: calibrate again.")
        sessions.append(session)
    return sessions


def recalibrated(
    profile: Profile, entries: Sequence[ModelEntry], folder: Path | None = None
) -> tuple[Profile, list[str]]:
    """The profile with all models that can be loaded, from its samples, saved; and what is wrong with the others.

    Models that the profile knows and that are not at hand stay in it.

    Raises UserError where the samples were not kept, or no model can be loaded.
    """
    session = load_sittings(profile, folder)[-1]
    models, problems = load_estimates(entries, session)
    if not models:
        raise UserError(" ".join(problems) or "There is no model to calibrate: add one.")
    made = profile_of(profile.name, session, calibrate(session, models))
    report = made.report.model_copy(update={"models": {**profile.report.models, **made.report.models}})
    again = made.model_copy(update={"mappings": {**profile.mappings, **made.mappings}, "report": report})
    keep(again, session, folder)
    return again, problems


def load_estimates(entries: Sequence[ModelEntry], session: Session) -> tuple[list[Estimates], list[str]]:
    """The models that can be loaded and find all they look at in the kept pictures; a sentence for each other one."""
    models, problems = [], []
    for entry in entries:
        if reach(entry) > session.margin + 1e-6:
            problems.append(f"{entry.name} looks at more of the picture than was kept: calibrate again.")
            continue
        try:
            models.append(Estimates(load_model(entry)))
        except UserError as error:
            problems.append(str(error))
    return models, problems


def delete_profile(profile: Profile, folder: Path | None = None) -> None:
    """Remove a profile and all pictures kept with it; raises UserError, naming the file, where one stays."""
    for path in files_of(profile, folder):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(path, error, " It could not be deleted: close the program that uses it.") from None


def _kept(session: Session, result: Calibration) -> KeptSitting:
    accuracy = {name: m.accuracy_deg for name, m in result.report.models.items() if m.accuracy_deg is not None}
    return KeptSitting(identity=session.identity, created=session.created, accuracy_deg=accuracy)


def _tidy(profile: Profile, folder: Path | None) -> None:
    """Remove samples that no longer belong to the profile."""
    wanted = {sitting_path(profile, kept.identity, folder) for kept in profile.sittings}
    for path in files_of(profile, folder):
        if path.suffix == ".npz" and path not in wanted:
            with suppress(OSError):
                path.unlink()
