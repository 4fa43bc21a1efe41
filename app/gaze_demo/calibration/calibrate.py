"""All models calibrated and judged at once, from the frames of one sitting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gaze_demo.calibration.drift import Hull
from gaze_demo.calibration.fit import fit
from gaze_demo.calibration.mapping import Correction, Mapping
from gaze_demo.calibration.readings import Labelled, label
from gaze_demo.calibration.report import Accuracy, ModelReport, Report, describe_geometry, judge_points
from gaze_demo.calibration.sample import Session
from gaze_demo.calibration.sitting import Skipped
from gaze_demo.errors import UserError
from gaze_demo.estimate import GazeEstimate
from gaze_demo.model.load import GazeEstimator
from gaze_demo.model.registry import ModelEntry
from gaze_demo.observation import Observation

TIMED_FRAMES = 40
_KINDS = {"fit": "Point", "validation": "Validation point"}


class Estimates:
    """A model's estimates of observations, each made once.

    Made while the sitting goes on, they leave nothing to wait for at its end. One thread at a time.
    """

    def __init__(self, model: GazeEstimator) -> None:
        self.model = model
        self._known: dict[int, tuple[Observation, GazeEstimate]] = {}

    @property
    def entry(self) -> ModelEntry:
        return self.model.entry

    def of(self, seen: Observation) -> GazeEstimate:
        """The estimate of an observation; the observation is held, so that its identity stays its own."""
        if id(seen) not in self._known:
            self._known[id(seen)] = (seen, self.model.estimate(seen))
        return self._known[id(seen)][1]

    def all(self) -> list[tuple[Observation, GazeEstimate]]:
        return list(self._known.values())


@dataclass(frozen=True)
class Calibration:
    """The mapping of each model by name, how accurate each is, and where the head was."""

    mappings: dict[str, Mapping]
    report: Report
    hull: Hull | None


def calibrate(session: Session, models: Iterable[Estimates], skipped: Iterable[Skipped] = ()) -> Calibration:
    """Fit and judge every model; one that sees nothing keeps the plain geometry.

    Raises UserError where the sitting has no frames to fit to.
    """
    if not any(fixation.samples for fixation in session.of_kind("fit")):
        raise UserError("No frame of the calibration shows the eyes: check light, distance and camera, then try again.")
    mappings: dict[str, Mapping] = {}
    reports: dict[str, ModelReport] = {}
    hull: Hull | None = None
    for estimates in models:
        name = estimates.entry.name
        fitting = label(session.of_kind("fit"), session.screen, estimates.of)
        hull = hull or (Hull.around(fitting.readings) if fitting else None)
        mappings[name], reports[name] = _calibrate_one(session, estimates, fitting)
    sentences = tuple(
        f"{_KINDS[s.kind]} {s.target + 1} was left out: {s.reason[0].lower()}{s.reason[1:]}." for s in skipped
    )
    report = Report(
        created=session.created,
        geometry=describe_geometry(session),
        fit_targets=len({f.target for f in session.of_kind("fit")}),
        validation_targets=len({f.target for f in session.of_kind("validation")}),
        skipped=sentences,
        models=reports,
    )
    return Calibration(mappings, report, hull)


def judge(session: Session, models: Iterable[Estimates], mappings: dict[str, Mapping]) -> dict[str, ModelReport]:
    """A validation alone, of mappings fitted before."""
    return {m.entry.name: _report(session, m, mappings.get(m.entry.name, Mapping()), {}, 0, 0) for m in models}


def _calibrate_one(session: Session, estimates: Estimates, fitting: Labelled | None) -> tuple[Mapping, ModelReport]:
    if fitting is None:
        return Mapping(), _report(session, estimates, Mapping(), {}, 0, 0)
    choice = fit(fitting)
    targets = len(np.unique(fitting.target))
    return choice.mapping, _report(session, estimates, choice.mapping, choice.left_out_deg, len(fitting), targets)


def _report(
    session: Session,
    estimates: Estimates,
    mapping: Mapping,
    left_out: dict[Correction, float],
    frames: int,
    targets: int,
) -> ModelReport:
    fixations = session.of_kind("validation")
    labelled = label(fixations, session.screen, estimates.of)
    points, accuracy = judge_points(mapping, labelled, fixations, session.screen)
    _, plain = judge_points(Mapping(), labelled, fixations, session.screen)
    total = sum(point.frames for point in points)
    figures = accuracy.model_dump() if accuracy else dict.fromkeys(Accuracy.model_fields)
    latency_ms, fps = _speed(estimates)
    contract = estimates.entry.contract
    return ModelReport(
        model=estimates.entry.name,
        role=contract.role,
        parameters=contract.parameters,
        macs=contract.macs,
        latency_ms=latency_ms,
        fps=fps,
        correction=mapping.correction,
        left_out_deg=left_out,
        fit_frames=frames,
        fit_targets=targets,
        **figures,
        data_loss=sum(point.lost for point in points) / total if total else 1.0,
        uncalibrated=plain,
        points=tuple(points),
    )


def _speed(estimates: Estimates) -> tuple[float | None, float | None]:
    """Median latency in ms of crops and model, and the frames a second it allows after landmarks and pose.

    Some frames are estimated once more for it: during the sitting all models and the camera shared the processor.
    """
    done = [(seen, estimate) for seen, estimate in estimates.all() if estimate.gaze is not None]
    if not done:
        return None, None
    again = [estimates.model.estimate(seen) for seen, _ in done[:: max(1, len(done) // TIMED_FRAMES)]]
    own = float(np.median([estimate.normalisation_ms + estimate.model_ms for estimate in again]))
    shared = float(np.median([seen.landmarks_ms + seen.pose_ms for seen, _ in done]))
    return own, 1000.0 / max(own + shared, 1e-3)
