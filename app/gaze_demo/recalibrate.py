"""`gaze-demo recalibrate`: fits a calibration to the targets that are marked in a recording, with any correction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from gaze_demo.calibration.drift import Hull
from gaze_demo.calibration.fit import angular_errors, fit
from gaze_demo.calibration.following import FEWEST_TARGETS, following
from gaze_demo.calibration.mapping import Correction, Mapping
from gaze_demo.calibration.profile import Profile, profile_path, save_profile
from gaze_demo.calibration.readings import Labelled, Readings, joined, read
from gaze_demo.calibration.report import Geometry, Report
from gaze_demo.calibration.sample import CameraKey
from gaze_demo.errors import UserError
from gaze_demo.model.load import load_model
from gaze_demo.model.registry import ModelEntry, find_model
from gaze_demo.rerun import Choice, refuse_what_is_not_kept
from gaze_demo.screen import ScreenGeometry
from gaze_demo.session.again import observations_again, readings_of
from gaze_demo.session.arrow import numpy_of
from gaze_demo.session.folder import Session, load_session
from gaze_demo.session.looks import Look, look_of_times, looks_of, unreadable_marks

CORRECTIONS: tuple[Correction, ...] = ("offset", "affine", "affine and head", "ridge")


@dataclass(frozen=True)
class RecalibrateOptions:
    """`correction`: None for the one that is best on targets left out. `models`: none for all of the recording; others
    need kept pictures. `screen`: None for the recording's own. `save`: the name of the profile to keep."""

    folder: Path
    models: tuple[str, ...] = ()
    correction: Correction | None = None
    screen: ScreenGeometry | None = None
    save: str | None = None


@dataclass(frozen=True)
class Refit:
    """One model's new mapping and its errors in degrees: on the targets of the fit, on each target when it is left out
    of the fit, and on the validation targets; `before` is the plain geometry. NaN if there is none. `followed`: whether
    the eyes followed the targets at all, where there are enough to tell."""

    model: str
    mapping: Mapping
    before_deg: float
    fit_deg: float
    left_out_deg: float
    validation_deg: float
    followed: bool


def recalibrate(options: RecalibrateOptions, console: Console) -> tuple[list[Refit], Profile]:
    """Fit every model to the looks that the markers describe; `save` keeps the profile. Raises UserError."""
    session = load_session(options.folder)
    screen = options.screen or session.about.screen
    if screen is None:
        raise UserError(
            "The recording does not say which screen was used: give --screen 1920x1080@527x296 (px, then mm)."
        )
    looks = looks_of_session(session)
    for mark in unreadable_marks(session.events):
        _say(console, f"The marker {mark.text!r} at {mark.time_s:.1f} s names no pixel, as 'target 960 540' does.")
    if not any(look.kind == "fit" for look in looks):
        raise UserError(f"{options.folder} has no marker 'target X Y' (screen px) that says where the person looked.")
    refits, hull = [], None
    for model, rows in _readings(session, options.models, looks):
        refit, own = _fitted(model, rows, looks, screen, options.correction)
        if refit is None:
            _say(console, f"{model} gives no gaze at any target.")
            continue
        hull = hull or own
        refits.append(refit)
    if not refits:
        raise UserError("No model gives a gaze at the marked targets.")
    profile = _profile(options.save or "recalibrated", session, screen, refits, hull, looks)
    console.print(_table(refits))
    if not any(refit.followed for refit in refits):
        saved = " Nothing was saved." if options.save is not None else ""
        raise UserError(
            f"The eyes did not follow the marked targets: no model is nearer to them than the middle is.{saved} Check "
            "the markers' pixels and times, and --screen."
        )
    if options.save is not None:
        replaced = profile_path(profile).exists()
        _say(console, f"{'Replaced' if replaced else 'Saved as'} {save_profile(profile)}.")
    return refits, profile


def fitted_profile(session: Session, choice: Choice) -> Profile:
    """A calibration of a choice's model, fitted to the targets that are marked in a session, with the correction that
    is best on targets left out. Raises UserError."""
    screen, looks = session.about.screen, looks_of_session(session)
    if screen is None or not any(look.kind == "fit" for look in looks):
        raise UserError(
            "The recording has no markers 'target X Y' on a known screen, which a calibration is fitted to."
        )
    if choice.entry is None:
        _, rows = next(_recorded_readings(session, (choice.model,), looks))
    elif session.has_pictures:
        _, rows = next(_readings_again(session, [choice.entry], looks))
    else:
        raise UserError("A calibration is fitted to recorded gazes or kept eyes, not to a video: use --keep crops.")
    refit, hull = _fitted(choice.model, rows, looks, screen, None)
    if refit is None:
        raise UserError(f"{choice.model} gives no gaze at any marked target.")
    if not refit.followed:
        raise UserError(f"The eyes did not follow the marked targets: {choice.model} is not near them.")
    return _profile("marked targets", session, screen, [refit], hull, looks)


def looks_of_session(session: Session) -> list[Look]:
    """The looks at targets that a session's markers describe."""
    times = numpy_of(session.table.column("time_s"))
    return looks_of(session.events, float(times.max()) if len(times) else 0.0)


def _fitted(
    model: str,
    rows: list[tuple[int, Readings]],
    looks: list[Look],
    screen: ScreenGeometry,
    correction: Correction | None,
) -> tuple[Refit | None, Hull | None]:
    """A model's fit, and where the head was; None if it gives no gaze at any target."""
    fitting = _label(rows, looks, "fit", screen)
    if fitting is None:
        return None, None
    validation = _label(rows, looks, "validation", screen)
    return _refit(model, fitting, validation, correction), Hull.around(fitting.readings)


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)


def _readings(
    session: Session, models: tuple[str, ...], looks: list[Look]
) -> Iterator[tuple[str, list[tuple[int, Readings]]]]:
    """For each model the readings within looks, each with the look's number."""
    if session.has_pictures:
        return _readings_again(session, [find_model(name) for name in models or session.models], looks)
    return _recorded_readings(session, models or tuple(session.models), looks)


def _readings_again(
    session: Session, entries: list[ModelEntry], looks: list[Look]
) -> Iterator[tuple[str, list[tuple[int, Readings]]]]:
    for entry in entries:
        refuse_what_is_not_kept(session, entry)
    loaded = [load_model(entry) for entry in entries]
    found: dict[str, list[tuple[int, Readings]]] = {entry.name: [] for entry in entries}
    for seen in observations_again(session):
        look = int(look_of_times(looks, np.array([seen.frame.time_s]))[0])
        if look < 0:
            continue
        for model in loaded:
            row = read(seen, model.estimate(seen))
            if row is not None:
                found[model.entry.name].append((look, row))
    yield from found.items()


def _recorded_readings(
    session: Session, models: tuple[str, ...], looks: list[Look]
) -> Iterator[tuple[str, list[tuple[int, Readings]]]]:
    for name in models:
        trace = session.trace(name)
        index = look_of_times(looks, trace.time_s)
        usable = (index >= 0) & trace.valid & (trace.gaze[:, 2] < -0.05) & (trace.eye_mm[:, 2] > 0)
        rows = [
            (int(index[i]), readings_of(trace.gaze[i], trace.eye_mm[i], trace.head_rotation[i]))
            for i in np.flatnonzero(usable)
        ]
        yield name, rows


def _label(rows: list[tuple[int, Readings]], looks: list[Look], kind: str, screen: ScreenGeometry) -> Labelled | None:
    chosen = [(look, row) for look, row in rows if looks[look].kind == kind]
    if not chosen:
        return None
    places = {(look.x_px, look.y_px): i for i, look in enumerate(looks)}
    numbers = np.array([look for look, _ in chosen])
    point_px = np.array([(looks[look].x_px, looks[look].y_px) for look in numbers])
    target = np.array([places[(x, y)] for x, y in point_px])
    unknown = np.full((len(numbers), 3), np.nan)
    return Labelled(
        joined([row for _, row in chosen]), point_px, screen.px_to_camera(point_px), numbers, target, unknown
    )


def _refit(model: str, fitting: Labelled, validation: Labelled | None, only: Correction | None) -> Refit:
    try:
        choice = fit(fitting, only)
    except ValueError as error:
        raise UserError(f"{model} cannot be calibrated with these targets: {error}.") from None

    def error_deg(mapping: Mapping, labelled: Labelled | None) -> float:
        return float("nan") if labelled is None else float(np.degrees(angular_errors(mapping, labelled).mean()))

    judged = validation or fitting
    fit_deg, validation_deg = error_deg(choice.mapping, fitting), error_deg(choice.mapping, validation)
    return Refit(
        model=model,
        mapping=choice.mapping,
        before_deg=error_deg(Mapping(), judged),
        fit_deg=fit_deg,
        left_out_deg=choice.left_out_deg.get(choice.mapping.correction, float("nan")),
        validation_deg=validation_deg,
        followed=len(np.unique(judged.target)) < FEWEST_TARGETS
        or following(fitting, judged).followed(fit_deg if validation is None else validation_deg),
    )


def _profile(
    name: str, session: Session, screen: ScreenGeometry, refits: list[Refit], hull: Hull | None, looks: list[Look]
) -> Profile:
    created = datetime.now(timezone.utc).isoformat(timespec="seconds")
    about = session.about.camera
    assert about is not None
    camera = CameraKey(
        name=about.name[:400], width=about.width, height=about.height, hfov_deg=about.intrinsics.hfov_deg
    )
    geometry = Geometry(screen=screen, camera=camera, distance_mm=None, distance_source="recorded", guesses=())
    report = Report(
        created=created,
        geometry=geometry,
        fit_targets=len({(look.x_px, look.y_px) for look in looks if look.kind == "fit"}),
        validation_targets=len({(look.x_px, look.y_px) for look in looks if look.kind == "validation"}),
        models={},
    )
    mappings = {refit.model: refit.mapping for refit in refits}
    return Profile(
        name=name, created=created, camera=camera, screen=screen, mappings=mappings, hull=hull, report=report
    )


def _table(refits: list[Refit]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for i, title in enumerate(("model", "before", "at the targets", "left out", "validation", "correction")):
        table.add_column(title, justify="right" if 0 < i < 5 else "left", no_wrap=True)
    for refit in refits:
        figures = (refit.before_deg, refit.fit_deg, refit.left_out_deg, refit.validation_deg)
        table.add_row(refit.model, *("-" if np.isnan(v) else f"{v:.2f}°" for v in figures), refit.mapping.correction)
    return table
