"""Calibrates and evaluates all models at once, with the frames of one sitting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gaze_demo.calibration.drift import Hull
from gaze_demo.calibration.ellipse import Residuals, held_when_left_out, residuals, with_ellipse
from gaze_demo.calibration.fit import fit
from gaze_demo.calibration.following import NotFollowedError, following
from gaze_demo.calibration.grade import grade
from gaze_demo.calibration.intervals import mean_interval
from gaze_demo.calibration.mapping import Correction, Mapping
from gaze_demo.calibration.readings import Labelled, label
from gaze_demo.calibration.recommend import recommend
from gaze_demo.calibration.report import Accuracy, ModelReport, Report, describe_geometry, judge_points
from gaze_demo.calibration.sample import Sample, SittingData
from gaze_demo.calibration.sitting import Skipped
from gaze_demo.errors import UserError
from gaze_demo.estimate import GazeEstimate
from gaze_demo.model.load import GazeEstimator
from gaze_demo.model.registry import ModelEntry

TIMED_FRAMES = 40
_LEFT_OUT = -1  # the number under which all targets left out of the fit are counted
_ON_THE_DOTS = 0.9  # least correlation of the known gaze with the dots
_KINDS = {"fit": "Point", "validation": "Validation point"}


class Estimates:
    """A model's estimates of samples, each made once.

    They are made during the sitting, so that nobody has to wait at its end. Only one thread may use it at a time.

    Attributes: `problem`, a sentence, once the model has failed; the model is then left out, and the others are not
    affected.
    """

    def __init__(self, model: GazeEstimator) -> None:
        self.model = model
        self.problem = ""
        self._known: dict[int, tuple[Sample, GazeEstimate]] = {}

    @property
    def entry(self) -> ModelEntry:
        return self.model.entry

    def prepare(self, sample: Sample) -> None:
        """Estimate a sample ahead of time; never raises."""
        if not self.problem:
            try:
                self.of(sample)
            except Exception as error:  # a model from somewhere else can raise anything
                self.fail(error)

    def fail(self, error: Exception) -> None:
        """Leave the model out from now on."""
        reason = str(error) if isinstance(error, UserError) else f"it failed ({type(error).__name__}: {error})"
        self.problem = f"Model {self.entry.name} was left out: {reason.rstrip('.')}."

    def of(self, sample: Sample) -> GazeEstimate:
        """The estimate of a sample; the sample is kept, so that no other object can get the same id."""
        if id(sample) not in self._known:
            self._known[id(sample)] = (sample, self.model.estimate(sample.observation))
        return self._known[id(sample)][1]

    def all(self) -> list[tuple[Sample, GazeEstimate]]:
        return list(self._known.values())


@dataclass(frozen=True)
class Calibration:
    """The mapping of each model by name, how accurate each is, and where the head was."""

    mappings: dict[str, Mapping]
    report: Report
    hull: Hull | None


def calibrate(sitting: SittingData, models: Iterable[Estimates], skipped: Iterable[Skipped] = ()) -> Calibration:
    """Fit and judge every model; a model that gives no gaze keeps the plain geometry, a model that fails is left out.

    Raises UserError if the sitting has no frames to fit to, or every model fails, and NotFollowedError if the eyes did
    not follow the dots according to any model.
    """
    if not any(fixation.samples for fixation in sitting.of_kind("fit")):
        raise UserError("No frame of the calibration shows the eyes: check light, distance and camera, then try again.")
    mappings: dict[str, Mapping] = {}
    reports: dict[str, ModelReport] = {}
    hull: Hull | None = None
    problems: list[str] = []
    tried: list[Estimates] = []
    for estimates in models:
        tried.append(estimates)
        name = estimates.entry.name
        try:
            fitting = None if estimates.problem else label(sitting.of_kind("fit"), sitting.screen, estimates.of)
            done = None if estimates.problem else _calibrate_one(sitting, estimates, fitting)
        except Exception as error:  # the sitting must not be lost because one model fails
            estimates.fail(error)
            done = None
        if done is None:
            problems.append(estimates.problem)
            continue
        mappings[name], reports[name] = done
        hull = hull or (Hull.around(fitting.readings) if fitting else None)
    if not reports and problems:
        raise UserError(" ".join(problems))
    _require_followed(sitting, [m for m in tried if not m.problem], reports)
    sentences = tuple(
        f"{_KINDS[s.kind]} {s.target + 1} was left out: {s.reason[0].lower()}{s.reason[1:]}." for s in skipped
    )
    advice = recommend(reports)
    report = Report(
        created=sitting.created,
        geometry=describe_geometry(sitting),
        fit_targets=len({f.target for f in sitting.of_kind("fit")}),
        validation_targets=len({f.target for f in sitting.of_kind("validation")}),
        skipped=(*sentences, *problems),
        models=reports,
        best=advice.model,
        level=advice.level,
        recommendation=advice.sentence,
    )
    return Calibration(mappings, report, hull)


def judge(sitting: SittingData, models: Iterable[Estimates], mappings: dict[str, Mapping]) -> dict[str, ModelReport]:
    """Only a validation, of mappings that were fitted before."""
    return {m.entry.name: _report(sitting, m, mappings.get(m.entry.name, Mapping()), {}, 0, 0) for m in models}


def _require_followed(sitting: SittingData, models: list[Estimates], reports: dict[str, ModelReport]) -> None:
    """Raise NotFollowedError if every model that gave a gaze says that the eyes did not follow the dots.

    If the truth is known (the virtual participant), it decides: the eyes can follow the dots even if a model sees
    nothing.
    """
    if _truly_followed(sitting):
        return
    judged = []
    for estimates in models:
        accuracy = reports[estimates.entry.name].accuracy_deg
        fitting, validation = (
            label(sitting.of_kind(kind), sitting.screen, estimates.of) for kind in ("fit", "validation")
        )
        if accuracy is None or fitting is None or validation is None or len(np.unique(validation.target)) < 2:
            continue
        judged.append(following(fitting, validation).followed(accuracy))
    if judged and not any(judged):
        raise NotFollowedError()


def _truly_followed(sitting: SittingData) -> bool:
    """Whether it is known that the eyes were on the dots."""
    samples = [sample for fixation in sitting.fixations for sample in fixation.samples]
    truths = [sample.seen.frame.truth for sample in samples]
    if not samples or any(truth is None for truth in truths):
        return False
    looked = np.array([truth.target_mm for truth in truths if truth is not None])
    dots = sitting.screen.px_to_camera(np.array([sample.point_px for sample in samples]))
    moved = [axis for axis in (0, 1) if dots[:, axis].std() > 1.0 and looked[:, axis].std() > 1.0]
    return any(np.corrcoef(looked[:, axis], dots[:, axis])[0, 1] > _ON_THE_DOTS for axis in moved)


def _calibrate_one(sitting: SittingData, estimates: Estimates, fitting: Labelled | None) -> tuple[Mapping, ModelReport]:
    if fitting is None:
        return Mapping(), _report(sitting, estimates, Mapping(), {}, 0, 0)
    choice = fit(fitting)
    targets = len(np.unique(fitting.target))
    judged = label(sitting.of_kind("validation"), sitting.screen, estimates.of)
    seen = residuals(choice.mapping, judged) if judged is not None else None
    # Outer targets have larger errors when they are left out of the fit than later: together they count as one.
    left_out = choice.residuals.as_one_target(_LEFT_OUT) if choice.residuals is not None else None
    parts = [part for part in (left_out, seen) if part is not None]
    mapping = with_ellipse(choice.mapping, Residuals.of_parts(parts) if parts else None)
    report = _report(sitting, estimates, mapping, choice.left_out_deg, len(fitting), targets)
    if seen is None:
        return mapping, report
    share = held_when_left_out(mapping, left_out, seen)
    return mapping, report.model_copy(update={"ellipse_held": share})


def _report(
    sitting: SittingData,
    estimates: Estimates,
    mapping: Mapping,
    left_out: dict[Correction, float],
    frames: int,
    targets: int,
) -> ModelReport:
    fixations = sitting.of_kind("validation")
    labelled = label(fixations, sitting.screen, estimates.of)
    points, accuracy = judge_points(mapping, labelled, fixations, sitting.screen)
    _, plain = judge_points(Mapping(), labelled, fixations, sitting.screen)
    total = sum(point.frames for point in points)
    figures = accuracy.model_dump() if accuracy else dict.fromkeys(Accuracy.model_fields)
    latency_ms, fps = _speed(estimates)
    loss = sum(point.lost for point in points) / total if total else 1.0
    mark = grade(accuracy.accuracy_deg, accuracy.accuracy_cm, loss, sitting.screen) if accuracy else None
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
        data_loss=loss,
        uncalibrated=plain,
        points=tuple(points),
        accuracy_interval_deg=mean_interval([p.accuracy_deg for p in points if p.accuracy_deg is not None]),
        grade=mark.name if mark else None,
        grade_reason=mark.reason if mark else "",
    )


def _speed(estimates: Estimates) -> tuple[float | None, float | None]:
    """Median latency in ms of crops and model, and the frames per second it allows after landmarks and pose.

    Some frames are estimated once more for it: during the sitting all models and the camera shared the processor.
    """
    done = [(sample, estimate) for sample, estimate in estimates.all() if estimate.gaze is not None]
    if not done:
        return None, None
    again = [estimates.model.estimate(sample.observation) for sample, _ in done[:: max(1, len(done) // TIMED_FRAMES)]]
    own = float(np.median([estimate.normalisation_ms + estimate.model_ms for estimate in again]))
    shared = float(np.median([sample.seen.landmarks_ms + sample.seen.pose_ms for sample, _ in done]))
    return own, 1000.0 / max(own + shared, 1e-3)
