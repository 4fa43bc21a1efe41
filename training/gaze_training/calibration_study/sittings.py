"""`gaze-train calibration-study`: the closed loop over people, heads, numbers of points, and wrong assumptions.

Each virtual person sits once with a still and once with a moving head, through the targets of all layouts. The
assumptions about lens and camera are changed afterwards, in the recorded samples: the head pose is measured again with
another field of view, or the screen is assumed to be elsewhere. All rows therefore use the same frames.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from rich.console import Console
from rich.progress import Progress

from gaze_demo.calibration.calibrate import Estimates, calibrate
from gaze_demo.calibration.headless import load_models
from gaze_demo.calibration.sample import Fixation, Sample, SittingData
from gaze_demo.calibration.targets import LAYOUTS, Target
from gaze_demo.calibration.virtual_sitting import VirtualSitting, record_virtual
from gaze_demo.geometry import Intrinsics
from gaze_demo.intrinsics import Lens
from gaze_demo.landmarks.head_pose import estimate_head_pose
from gaze_demo.observation import Observation
from gaze_demo.participant.names import STUDIED
from gaze_demo.participant.participant import desk_screen
from gaze_demo.whole_file import write_whole

Head = Literal["still", "moving"]
POINTS = (1, 2, 3, 5, 9, 13, 16)
WRONG_POINTS = 9
# Assumed field of view in degrees (the true one is 60), and the error of the camera's position in mm.
WRONG: dict[str, tuple[float | None, float]] = {
    "field of view 45": (45.0, 0.0),
    "field of view 80": (80.0, 0.0),
    "camera 10 cm off": (None, 100.0),
}


@dataclass(frozen=True)
class Line:
    """One model on one sitting. Degrees are seen from the eyes' true place.

    `ellipse_held`: share of the validation's frames within the 90 % ellipse, each target judged by an ellipse that was
    scaled without it. `best`: the app's recommendation for this person; `level`: not clearly worse than the most
    accurate model.
    """

    model: str
    person: int
    head: Head
    points: int
    believed: str
    uncalibrated_deg: float | None
    accuracy_deg: float | None
    correction: str
    ellipse_held: float | None = None
    best: bool = False
    level: bool = False


@dataclass(frozen=True)
class Study:
    """All lines, and the seconds for fit and report of all models in each sitting, without the models' own time."""

    seed: int
    lines: list[Line]
    fit_s: list[float]


def run_study(models: Sequence[str], seed: int, console: Console, people: int = STUDIED) -> Study:
    """The whole study of the first so many virtual people; raises UserError if a model is not available."""
    estimators = load_models(models)
    lines: list[Line] = []
    fit_s: list[float] = []
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Sittings", total=people * 2)
        for person in range(people):
            for head in ("still", "moving"):
                found, seconds = study_sitting(person, head, seed, estimators)
                lines += found
                fit_s.append(seconds)
                progress.advance(task)
    return Study(seed, lines, fit_s)


def write_lines(study: Study, out: Path) -> None:
    """Every line as JSON; raises UserError if it cannot be written."""
    write_whole(out, json.dumps([asdict(line) for line in study.lines], indent=1) + "\n")


def study_sitting(person: int, head: Head, seed: int, estimators: Sequence[Estimates]) -> tuple[list[Line], float]:
    """All lines of one sitting, and the seconds for the fit with the most points."""
    screen = desk_screen()
    shares = sorted({share for points in POINTS for share in LAYOUTS[points]})
    order = np.random.default_rng(seed).permutation(len(shares))
    targets = [Target(int(i), shares[i][0] * screen.width_px, shares[i][1] * screen.height_px) for i in order]
    sitting, _ = record_virtual(VirtualSitting(person=person, head=head, seed=seed), targets=targets)
    fresh = [Estimates(estimator.model) for estimator in estimators]
    for estimates in fresh:
        for sample in (sample for fixation in sitting.fixations for sample in fixation.samples):
            estimates.of(sample)
    lines = []
    for points in POINTS:
        wanted = {shares.index(share) for share in LAYOUTS[points]}
        started_s = time.perf_counter()
        lines += _lines(only_targets(sitting, wanted), fresh, person, head, points, "the truth")
    seconds = time.perf_counter() - started_s
    wanted = {shares.index(share) for share in LAYOUTS[WRONG_POINTS]}
    for name, (hfov_deg, lens_mm) in WRONG.items():
        wrong = only_targets(sitting, wanted)
        known = fresh
        if hfov_deg is not None:
            wrong = seen_through(wrong, Lens(hfov_deg))
            known = [Estimates(estimator.model) for estimator in estimators]
        if lens_mm:
            moved = screen.with_lens(screen.lens_x_mm + lens_mm, screen.lens_y_mm)
            wrong = replace(wrong, screen=moved)
        lines += _lines(wrong, known, person, head, WRONG_POINTS, name)
    return lines, seconds


def only_targets(sitting: SittingData, targets: set[int]) -> SittingData:
    """The sitting with only the given targets for the fit; the validation stays complete."""
    kept = tuple(f for f in sitting.fixations if f.kind == "validation" or f.target in targets)
    return replace(sitting, fixations=kept)


def seen_through(sitting: SittingData, lens: Lens) -> SittingData:
    """The sitting as it would have been observed with another assumed lens: the landmarks stay, the poses change."""
    camera = lens.for_size(sitting.camera.width, sitting.camera.height)
    fixations = []
    for fixation in sitting.fixations:
        seen = [(_with_camera(sample.seen, camera), sample) for sample in fixation.samples]
        samples = tuple(Sample.of_jpeg(s, sample.jpeg, sample.point_px) for s, sample in seen if s is not None)
        fixations.append(Fixation(fixation.kind, fixation.target, fixation.frames, samples))
    key = sitting.camera.model_copy(update={"hfov_deg": camera.hfov_deg, "distance_source": "given field of view"})
    return replace(sitting, camera=key, fixations=tuple(fixations))


def _with_camera(seen: Observation, camera: Intrinsics) -> Observation | None:
    cut = replace(seen.camera, fx=camera.fx, fy=camera.fy)
    pose = estimate_head_pose(seen.landmarks, cut) if seen.landmarks else None
    if pose is None or seen.left is None or seen.right is None:
        return None
    return replace(
        seen,
        camera=cut,
        pose=pose,
        left=replace(seen.left, centre_mm=pose.left_eye_mm),
        right=replace(seen.right, centre_mm=pose.right_eye_mm),
    )


def _lines(
    sitting: SittingData, models: Sequence[Estimates], person: int, head: Head, points: int, believed: str
) -> list[Line]:
    report = calibrate(sitting, models).report
    return [
        Line(
            model=model.model,
            person=person,
            head=head,
            points=points,
            believed=believed,
            uncalibrated_deg=model.uncalibrated.accuracy_true_deg if model.uncalibrated else None,
            accuracy_deg=model.accuracy_true_deg,
            correction=model.correction,
            ellipse_held=model.ellipse_held,
            best=model.model == report.best,
            level=model.model in report.level,
        )
        for model in report.models.values()
    ]
