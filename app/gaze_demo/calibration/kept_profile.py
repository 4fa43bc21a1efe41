"""A profile and the samples behind it: creates, saves, refits with more models, deletes. The functions may take
seconds."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO
from uuid import uuid4

from gaze_demo.calibration.calibrate import Calibration, Estimates, calibrate, judge
from gaze_demo.calibration.growth import as_fit, thinned, together, unseen_accuracy_deg
from gaze_demo.calibration.profile import (
    MOST_SITTINGS,
    KeptSitting,
    Profile,
    Purpose,
    before_path,
    files_of,
    load_profile,
    private_folder,
    profile_path,
    save_profile,
    sitting_path,
)
from gaze_demo.calibration.sample import SittingData
from gaze_demo.calibration.sitting_file import load_sitting, save_sitting
from gaze_demo.errors import UserError
from gaze_demo.model.load import load_model
from gaze_demo.model.reach import reach
from gaze_demo.model.registry import ModelEntry
from gaze_demo.whole_file import cannot_write, write_whole, write_whole_by


def profile_of(name: str, sitting: SittingData, result: Calibration) -> Profile:
    """The result of a calibration as a profile with a name."""
    return Profile(
        name=name,
        created=sitting.created,
        camera=sitting.camera,
        screen=sitting.screen,
        mappings=result.mappings,
        hull=result.hull,
        report=result.report,
        sittings=(_kept(sitting, result),),
    )


def keep(profile: Profile, sitting: SittingData, folder: Path | None = None) -> None:
    """Save a profile and the newest sitting behind it; if that fails it raises UserError, and the files from before
    stay. The samples are written first, under their own name, so that a profile never lies beside the samples of
    another sitting.
    """
    private_folder(profile_path(profile, folder).parent)
    save_sitting(sitting, sitting_path(profile, sitting.identity, folder))
    save_profile(profile, folder)
    _tidy(profile, folder)


def load_sittings(profile: Profile, folder: Path | None = None) -> list[SittingData]:
    """The sittings behind a profile, the oldest first. Raises UserError if one is missing or belongs to another
    profile."""
    if not profile.sittings:
        sitting = load_sitting(sitting_path(profile, "", folder))
        return [sitting if sitting.identity else replace(sitting, identity=uuid4().hex)]
    sessions = []
    for kept in profile.sittings:
        path = sitting_path(profile, kept.identity, folder)
        sitting = load_sitting(path)
        if sitting.identity != kept.identity:
            raise UserError(f"{path} holds the samples of another sitting: calibrate again.")
        sessions.append(sitting)
    return sessions


def recalibrated(
    profile: Profile, entries: Sequence[ModelEntry], folder: Path | None = None
) -> tuple[Profile, list[str]]:
    """The profile with all models that can be loaded, from its samples, saved; and what is wrong with the others.
    Models of the profile that are not available stay in it.

    Raises UserError if the samples were not kept, or no model can be loaded.
    """
    past = load_sittings(profile, folder)
    last = next((i for i in reversed(range(len(past))) if past[i].of_kind("validation")), len(past) - 1)
    sitting = together([*past[:last], *past[last + 1 :]], past[last])
    models, problems = load_estimates(entries, replace(sitting, margin=min(one.margin for one in past)))
    if not models:
        raise UserError(" ".join(problems) or "There is no model to calibrate: add a model first.")
    made = calibrate(sitting, models)
    report = made.report.model_copy(update={"models": {**profile.report.models, **made.report.models}})
    sittings = profile.sittings or (_kept(past[last], made),)
    update = {"mappings": {**profile.mappings, **made.mappings}, "report": report, "sittings": sittings}
    again = profile.model_copy(update={**update, "hull": made.hull or profile.hull})
    if profile.sittings:
        save_profile(again, folder)
    else:
        keep(again, past[last], folder)
    return again, problems


def grown(
    profile: Profile, sitting: SittingData, purpose: Purpose, entries: Sequence[ModelEntry], folder: Path | None = None
) -> tuple[Profile, list[str]]:
    """The profile with another sitting of the same person added to its samples, fitted to all of them and saved; and
    what is wrong with models that cannot take part.

    A calibration is judged by its own validation; other sittings are evaluated with the previous mappings before they
    are added. `undone` restores the previous profile once.

    Raises UserError if samples are missing, or no model can be loaded, and NotFollowedError if the eyes did not
    follow a calibration's dots; nothing has changed then.
    """
    past = thinned(load_sittings(profile, folder))
    margin = min(one.margin for one in (*past, sitting))
    models, problems = load_estimates(entries, replace(sitting, margin=margin))
    if not models:
        raise UserError(" ".join(problems) or "There is no model to calibrate: add a model first.")
    report = profile.report
    if purpose == "calibration":
        result = calibrate(together(past, sitting), models)
        report = result.report.model_copy(update={"models": {**report.models, **result.report.models}})
        accuracy = {name: m.accuracy_deg for name, m in result.report.models.items() if m.accuracy_deg is not None}
    else:
        accuracy = unseen_accuracy_deg(sitting, models, profile.mappings)
        if purpose == "validation":
            judged = judge(sitting, models, profile.mappings)
            report = report.model_copy(update={"models": {**report.models, **judged}, "created": sitting.created})
        result = calibrate(together(past, as_fit(sitting)), models)
    added = KeptSitting(identity=sitting.identity, created=sitting.created, purpose=purpose, accuracy_deg=accuracy)
    earlier = profile.sittings or tuple(KeptSitting(identity=one.identity, created=one.created) for one in past)
    again = profile.model_copy(
        update={
            "created": sitting.created,
            "screen": sitting.screen,
            "camera": sitting.camera,
            "mappings": {**profile.mappings, **result.mappings},
            "hull": result.hull or profile.hull,
            "report": report,
            "sittings": (*earlier, added)[-MOST_SITTINGS:],
        }
    )
    _save_step(profile, again, [*past, sitting], folder)
    return again, problems


def undone(profile: Profile, folder: Path | None = None) -> Profile:
    """The profile as it was before the last sitting was added, restored; raises UserError if it no longer exists."""
    path = profile_path(profile, folder)
    before = load_profile(before_path(path)) if before_path(path).is_file() else None
    if before is None:
        raise UserError(f"The profile {profile.name} has no calibration to undo.")
    there = tuple(kept for kept in before.sittings if sitting_path(before, kept.identity, folder).is_file())
    before = before.model_copy(update={"sittings": there})
    save_profile(before, folder)
    with suppress(OSError):
        before_path(path).unlink()
    _tidy(before, folder)
    return before


def _save_step(before: Profile, after: Profile, sessions: Sequence[SittingData], folder: Path | None) -> None:
    """Samples first, then what was before, then the profile: it never names samples that do not exist."""
    private_folder(profile_path(after, folder).parent)
    wanted = {kept.identity for kept in after.sittings}
    for sitting in sessions:
        if sitting.identity in wanted:
            save_sitting(sitting, sitting_path(after, sitting.identity, folder))
    earlier = tuple(kept for kept in after.sittings if kept.identity != sessions[-1].identity)
    kept_before = before if before.sittings else before.model_copy(update={"sittings": earlier})
    text = kept_before.model_dump_json(indent=1) + "\n"
    write_whole(before_path(profile_path(after, folder)), text, private=True)
    save_profile(after, folder)
    _tidy(after, folder)


def load_estimates(entries: Sequence[ModelEntry], sitting: SittingData) -> tuple[list[Estimates], list[str]]:
    """The models that can be loaded and whose crops lie within the kept pictures; a sentence for each of the others."""
    models, problems = [], []
    for entry in entries:
        if reach(entry) > sitting.margin + 1e-6:
            problems.append(f"{entry.name} needs a larger part of the picture than was kept: calibrate again.")
            continue
        try:
            models.append(Estimates(load_model(entry)))
        except UserError as error:
            problems.append(str(error))
    return models, problems


def renamed(profile: Profile, name: str, folder: Path | None = None) -> Profile:
    """The profile under another name, saved with its samples; the old files are removed.

    Raises UserError if another profile has that name, or the files cannot be written; nothing is lost then.
    """
    again = profile.model_copy(update={"name": name})
    if profile_path(again, folder) != profile_path(profile, folder) and profile_path(again, folder).is_file():
        raise UserError(f"There is already a profile {name} for this camera and screen: choose another name.")
    for kept in profile.sittings:
        source = sitting_path(profile, kept.identity, folder)
        if source.is_file():
            save_sitting(load_sitting(source), sitting_path(again, kept.identity, folder))
    save_profile(again, folder)
    for path in set(files_of(profile, folder)) - set(files_of(again, folder)):
        with suppress(OSError):
            path.unlink()
    return again


def export_profile(profile: Profile, path: Path, folder: Path | None = None) -> None:
    """Write the profile and the pictures kept with it into one ZIP file; raises UserError if that fails."""

    def write(file: IO[bytes]) -> None:
        with zipfile.ZipFile(file, "w") as archive:
            for kept in files_of(profile, folder):
                archive.write(kept, kept.name)

    write_whole_by(path, write, private=True)


def delete_profile(profile: Profile, folder: Path | None = None) -> None:
    """Remove a profile and all pictures kept with it; raises UserError, naming the file, if one cannot be removed."""
    for path in files_of(profile, folder):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(path, error, " It could not be deleted: close the program that uses it.") from None


def _kept(sitting: SittingData, result: Calibration) -> KeptSitting:
    accuracy = {name: m.accuracy_deg for name, m in result.report.models.items() if m.accuracy_deg is not None}
    return KeptSitting(identity=sitting.identity, created=sitting.created, accuracy_deg=accuracy)


def _tidy(profile: Profile, folder: Path | None) -> None:
    """Remove samples that no longer belong to the profile."""
    wanted = {sitting_path(profile, kept.identity, folder) for kept in profile.sittings}
    for path in files_of(profile, folder):
        if path.suffix == ".npz" and path not in wanted:
            with suppress(OSError):
                path.unlink()
