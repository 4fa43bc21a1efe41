"""How accurate a model is for this person: measured with looks at targets that took no part in any fit."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from gaze_demo.calibration.grade import GradeName
from gaze_demo.calibration.mapping import Correction, Mapping
from gaze_demo.calibration.readings import Labelled
from gaze_demo.calibration.sample import CameraKey, Fixation, SittingData
from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, angle_between, normalised
from gaze_demo.screen import ScreenGeometry

Figure = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
Degrees = Annotated[float, Field(allow_inf_nan=False, ge=0, le=180)]
Milliseconds = Annotated[float, Field(allow_inf_nan=False, gt=0, le=1e6)]
Count = Annotated[int, Field(ge=0, le=10**15)]
Two = tuple[Figure, Figure]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PointReport(_Part):
    """One validation target; `estimate_px` is the mean of the mapped points. None if no frame gave a gaze."""

    target: Count
    x_px: Figure
    y_px: Figure
    estimate_px: Two | None = None
    accuracy_deg: Degrees | None = None
    accuracy_px: Figure | None = None
    accuracy_cm: Figure | None = None
    bias_px: Two | None = None
    precision_rms_s2s_deg: Degrees | None = None
    precision_sd_deg: Degrees | None = None
    frames: Count
    lost: Count


class Accuracy(_Part):
    """Over all points, with equal weights.

    `accuracy_*`: mean distance of a frame's point to the target; degrees are seen from the measured eyes.
    `accuracy_median_deg`: median over frames. `bias_*`: mean of the signed differences, x to the right, y down.
    `accuracy_true_deg`: seen from the eyes' true place, where that is known.
    """

    accuracy_deg: Degrees
    accuracy_median_deg: Degrees
    accuracy_px: Figure
    accuracy_cm: Figure
    bias_deg: Two
    bias_px: Two
    precision_rms_s2s_deg: Degrees | None
    precision_sd_deg: Degrees | None
    accuracy_true_deg: Degrees | None = None


class ModelReport(_Part):
    """One model: what it costs and how accurate it is, calibrated and not.

    The figures of `Accuracy` are None if the model gave no gaze at any validation point. `data_loss`: share of the
    validation's frames without a gaze. `left_out_deg`: error of each correction on targets left out of its fit, by
    which `correction` was chosen. `latency_ms`: median of crops and model; `fps`: frames per second that landmarks,
    pose, crops and model leave room for.
    """

    model: str
    role: Literal["teacher", "student", "other"]
    parameters: Count | None
    macs: Count | None
    latency_ms: Milliseconds | None
    fps: Figure | None
    correction: Correction
    left_out_deg: dict[Correction, Figure]
    fit_frames: Count
    fit_targets: Count
    accuracy_deg: Degrees | None
    accuracy_median_deg: Degrees | None
    accuracy_px: Figure | None
    accuracy_cm: Figure | None
    accuracy_true_deg: Degrees | None
    bias_deg: Two | None
    bias_px: Two | None
    precision_rms_s2s_deg: Degrees | None
    precision_sd_deg: Degrees | None
    data_loss: Figure
    uncalibrated: Accuracy | None
    points: tuple[PointReport, ...]
    accuracy_interval_deg: tuple[Degrees, Degrees] | None = None
    ellipse_held: Annotated[float, Field(ge=0, le=1)] | None = None
    grade: GradeName | None = None
    grade_reason: str = ""


class Geometry(_Part):
    """Where the millimetres come from; `guesses` says in sentences what is not known."""

    screen: ScreenGeometry
    camera: CameraKey
    distance_mm: Figure | None
    distance_source: str
    guesses: tuple[str, ...]


class Report(_Part):
    """Every model on the same frames of one sitting.

    `skipped`: targets that stayed bad and models that failed, one sentence each. `best`: the model to use for this
    person, `level`: those that are not clearly worse than the most accurate one; `recommendation` says so in words.
    """

    version: Literal[1] = 1
    created: str
    geometry: Geometry
    fit_targets: Count
    validation_targets: Count
    skipped: tuple[str, ...] = ()
    models: dict[str, ModelReport]
    best: str = ""
    level: tuple[str, ...] = ()
    recommendation: str = ""

    def to_json(self) -> str:
        return self.model_dump_json(indent=2)


def describe_geometry(sitting: SittingData) -> Geometry:
    """The geometry of a sitting, with a sentence for each part that is a guess."""
    screen, camera, distance = sitting.screen, sitting.camera, sitting.distance_mm
    guesses = []
    if screen.size_source == "guessed":
        guesses.append(
            f"The monitor does not report its size: {screen.width_mm:.0f} x {screen.height_mm:.0f} mm is a guess, so "
            "centimetres and degrees may be wrong. Hold a bank card to the screen to correct it."
        )
    if camera.distance_source == "assumed field of view":
        guesses.append(
            f"The distance and the angles depend on an assumed horizontal field of view of {camera.hfov_deg:.0f} "
            "degrees. Give the camera's own to correct it."
        )
    if screen.lens_source == "assumed":
        guesses.append(
            "The lens is assumed to be 10 mm above the middle of the screen's top edge. Any correction other than "
            "'none' also corrects for its real place."
        )
    return Geometry(
        screen=screen,
        camera=camera,
        distance_mm=distance if np.isfinite(distance) else None,
        distance_source=f"head pose, {camera.distance_source}",
        guesses=tuple(guesses),
    )


def judge_points(
    mapping: Mapping, labelled: Labelled | None, fixations: list[Fixation], screen: ScreenGeometry
) -> tuple[list[PointReport], Accuracy | None]:
    """Each validation target and all together; None if the model gave no gaze. Raises ValueError for frames that a
    mapping was fitted to."""
    if any(fixation.kind != "validation" for fixation in fixations):
        raise ValueError("accuracy is computed from validation frames only")
    points = []
    looks: list[dict[str, Array]] = []
    for look, fixation in enumerate(fixations):
        chosen = labelled.take(labelled.fixation == look) if labelled is not None else None
        if chosen is None or not len(chosen):
            x, y = fixation.samples[0].point_px if fixation.samples else (0.0, 0.0)
            points.append(
                PointReport(
                    target=fixation.target, x_px=float(x), y_px=float(y), frames=fixation.frames, lost=fixation.frames
                )
            )
            continue
        figures = _look_figures(mapping, chosen, screen)
        looks.append(figures)
        points.append(_point(fixation, chosen, figures))
    return points, _together(looks) if looks else None


def _look_figures(mapping: Mapping, chosen: Labelled, screen: ScreenGeometry) -> dict[str, Array]:
    """The errors of one look by frame, and the spread of its directions."""
    readings = chosen.readings
    mapped_mm = mapping.point_mm(readings)
    origin = readings.origin_mm
    directions = normalised(mapped_mm - origin)
    wanted = normalised(chosen.point_mm - origin)
    true = angle_between(mapped_mm - chosen.true_origin_mm, chosen.point_mm - chosen.true_origin_mm)
    middle = normalised(directions.mean(0))
    steps = angle_between(directions[1:], directions[:-1])
    sideways = np.stack([-(directions - wanted)[:, 0], (directions - wanted)[:, 1]], 1)  # screen x, y
    return {
        "deg": np.degrees(angle_between(directions, wanted)),
        "true_deg": np.degrees(true),
        "mm": np.linalg.norm(mapped_mm - chosen.point_mm, axis=1),
        "px": screen.camera_to_px(mapped_mm) - chosen.point_px,
        "bias_deg": np.degrees(sideways),
        "s2s_deg2": np.degrees(steps) ** 2,
        "sd_deg2": np.degrees(angle_between(directions, middle)) ** 2,
    }


def _point(fixation: Fixation, chosen: Labelled, figures: dict[str, Array]) -> PointReport:
    x, y = chosen.point_px[0]
    bias = figures["px"].mean(0)
    return PointReport(
        target=fixation.target,
        x_px=float(x),
        y_px=float(y),
        estimate_px=(float(x + bias[0]), float(y + bias[1])),
        accuracy_deg=float(figures["deg"].mean()),
        accuracy_px=float(np.linalg.norm(figures["px"], axis=1).mean()),
        accuracy_cm=float(figures["mm"].mean() / 10),
        bias_px=_two(bias),
        precision_rms_s2s_deg=_root_mean(figures["s2s_deg2"]),
        precision_sd_deg=_root_mean(figures["sd_deg2"]),
        frames=fixation.frames,
        lost=max(fixation.frames - len(chosen), 0),
    )


def _together(looks: list[dict[str, Array]]) -> Accuracy:
    def mean(name: str) -> Array:
        return np.mean([look[name].mean(0) for look in looks], 0)

    true_deg = float(mean("true_deg"))
    return Accuracy(
        accuracy_deg=float(mean("deg")),
        accuracy_median_deg=float(np.median(np.concatenate([look["deg"] for look in looks]))),
        accuracy_px=float(np.mean([np.linalg.norm(look["px"], axis=1).mean() for look in looks])),
        accuracy_cm=float(mean("mm") / 10),
        bias_deg=_two(mean("bias_deg")),
        bias_px=_two(mean("px")),
        precision_rms_s2s_deg=_root_mean(np.concatenate([look["s2s_deg2"] for look in looks])),
        precision_sd_deg=_root_mean(np.concatenate([look["sd_deg2"] for look in looks])),
        accuracy_true_deg=true_deg if np.isfinite(true_deg) else None,
    )


def load_report(text: str | bytes, where: str) -> Report:
    """A report that was saved as JSON; raises UserError if the text is not one."""
    try:
        return Report.model_validate_json(text)
    except ValueError:
        raise UserError(f"{where} is not a calibration report.") from None


def _root_mean(squares: Array) -> float | None:
    return float(np.sqrt(squares.mean())) if len(squares) else None


def _two(values: Array) -> tuple[float, float]:
    return float(values[0]), float(values[1])
