"""The figures of one model in a session: quality, events, what was lost and why, and how it changed over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaze_demo.areas.areas import Area
from gaze_demo.areas.dwell import Dwell, dwell
from gaze_demo.events.angles import eye_place, point_angles, px_per_degree, visual_angles
from gaze_demo.events.find import GazeEvent, Method, find_events
from gaze_demo.events.quality import Quality, quality
from gaze_demo.geometry import Array
from gaze_demo.session.folder import Session
from gaze_demo.session.looks import look_of_times, looks_of
from gaze_demo.session.trace import GazeTrace

_LIKELY_ERROR_DEG = 2.0  # of a webcam's gaze if there is no calibration


@dataclass(frozen=True, eq=False)
class ModelFigures:
    """All figures of one model in a report.

    `trace`, `angles_deg` (n, 2), `events`, `quality`: of the whole session. `noise_deg`: median standard deviation
    within fixations. `lost`: seconds by reason. `blinks_per_min`. `drift`: (k, 2) seconds and error in degrees at
    marked targets. `uncertainty_px`: of a fixation's place, None without points of gaze; `dwell`: of the areas.
    """

    trace: GazeTrace
    angles_deg: Array
    events: list[GazeEvent]
    quality: Quality
    noise_deg: float
    lost: dict[str, float]
    blinks_per_min: float
    drift: Array
    uncertainty_px: float | None
    dwell: list[Dwell]


def figures_of(session: Session, model: str, areas: tuple[Area, ...] = (), method: Method = "cut") -> ModelFigures:
    """The figures of a model; raises UserError if there is none of that name."""
    trace = session.trace(model)
    screen = session.about.screen
    angles = visual_angles(trace, screen)
    events = find_events(trace, screen, method)
    spreads = [event.spread_deg for event in events if event.kind == "fixation" and event.samples > 2]
    lost: dict[str, float] = {}
    for event in events:
        if event.kind == "lost":
            lost[event.reason] = lost.get(event.reason, 0.0) + event.duration_s
    duration_s = float(trace.time_s[-1] - trace.time_s[0]) if len(trace) > 1 else 0.0
    blinks = sum(event.kind == "blink" for event in events)
    uncertainty = uncertainty_px(session, trace)
    return ModelFigures(
        trace=trace,
        angles_deg=angles,
        events=events,
        quality=quality(trace.time_s, angles),
        noise_deg=float(np.median(spreads)) if spreads else float("nan"),
        lost=dict(sorted(lost.items(), key=lambda one: -one[1])),
        blinks_per_min=60 * blinks / duration_s if duration_s else float("nan"),
        drift=_drift(session, trace),
        uncertainty_px=uncertainty,
        dwell=dwell(areas, events, session.about.clock.start_s, uncertainty) if uncertainty is not None else [],
    )


def uncertainty_px(session: Session, trace: GazeTrace) -> float | None:
    """The standard deviation of a fixation's place along each axis, in px of the screen: the error that the profile's
    validation found, else a usual one; None without points of gaze."""
    screen = session.about.screen
    if screen is None or not trace.on_screen.any():
        return None
    profile = session.about.profile
    report = profile.report.models.get(trace.model) if profile else None
    error = report.accuracy_deg if report is not None and report.accuracy_deg is not None else _LIKELY_ERROR_DEG
    return error / float(np.sqrt(np.pi / 2)) * px_per_degree(screen, eye_place(trace))  # the mean of a Rayleigh


def _drift(session: Session, trace: GazeTrace) -> Array:
    """Time in s since the start, and the error of the median gaze in degrees, of each look at a marked target."""
    screen = session.about.screen
    if screen is None or not len(trace):
        return np.zeros((0, 2))
    looks = looks_of(session.events, float(trace.time_s[-1]))
    index = look_of_times(looks, trace.time_s)
    rows = []
    for i, look in enumerate(looks):
        points = trace.point_px[(index == i) & trace.on_screen]
        if len(points):
            both = np.array([np.median(points, axis=0), (look.x_px, look.y_px)])
            apart = np.diff(point_angles(both, screen, eye_place(trace)), axis=0)[0]
            rows.append((look.start_s - session.about.clock.start_s, float(np.hypot(*apart))))
    return np.array(rows).reshape(-1, 2)
