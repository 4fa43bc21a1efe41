"""The whole-head test: rendered heads through the app's own landmarks, head pose, crops and models, against the truth.

It shows what training on patches cannot: whether the live crop shows the eye at the same place as the training crop,
and how models respond when only the head or only the eyes move. Degrees; mm in the head frame or the camera's, as said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze_demo.camera.frame import Frame
from gaze_demo.geometry import Array, angle_between, mean_direction, vector_to_pitch_yaw
from gaze_demo.model.load import GazeEstimator
from gaze_demo.normalisation.normalise import normalising_rotation
from gaze_demo.observation import Observation
from gaze_demo.observer import Observer
from gaze_training.data.whole_head import HeadPicture
from gaze_training.evaluate.head_place import PLACE_COLUMNS, place_errors, with_exact_pose
from gaze_training.evaluate.head_scenes import Kind, Scene
from gaze_training.evaluate.response import AxisResponse, axis_response


@dataclass(frozen=True)
class PlaceRow:
    """`bias`, `spread`: mean and standard deviation of one of `PLACE_COLUMNS` over pictures. `per_pitch`, `per_yaw`:
    how it changes per degree of the true head's pitch and yaw."""

    name: str
    bias: float
    spread: float
    per_pitch: float
    per_yaw: float


@dataclass(frozen=True)
class SeriesSlope:
    """Over series of single people: `slope` of all, without each person's own offset; `people`: standard deviation of
    single slopes; `r2`; `spread`: standard deviation of the residuals, degrees."""

    slope: float
    people: float
    r2: float
    spread: float


@dataclass(frozen=True)
class HeadModelRow:
    """One model, by the app's own pose or by the exact one. `answered`: share of the pictures anywhere. `error`: mean
    angle between the true and the estimated mean gaze of both eyes, `bias_*` in the frame that looks at the middle of
    the eyes. `pitch`, `yaw`: regression on true gaze and true head. `turn_*`: error per degree of head turn, target
    fixed. `irises_*`: answer on true gaze, head fixed."""

    model: str
    answered: float
    error: float
    bias_pitch: float
    bias_yaw: float
    pitch: AxisResponse
    yaw: AxisResponse
    turn_pitch: SeriesSlope
    turn_yaw: SeriesSlope
    irises_pitch: SeriesSlope
    irises_yaw: SeriesSlope


@dataclass(frozen=True)
class HeadsResult:
    """`found`: share of the pictures of kind "anywhere" with a face; `read`: with an eye that can be read."""

    pictures: int
    found: float
    read: float
    places: tuple[PlaceRow, ...]
    models: tuple[HeadModelRow, ...]


@dataclass(frozen=True, eq=False)
class Answers:
    """Pictures (n,): `kind`, `person`, `turned_deg` of their scenes. `true`, `head`: (n, 2) pitch and yaw in degrees of
    gaze and head, `answer`: (answers, n, 2), NaN if there is none; all in the frame that looks at the true middle of
    the eyes. `error`: (answers, n) degrees. `place`: (n, columns), NaN if no face was found. `read`: (n,)."""

    kind: NDArray[np.str_]
    person: NDArray[np.int64]
    turned_deg: Array
    true: Array
    head: Array
    answer: Array
    error: Array
    place: Array
    read: NDArray[np.bool_]


def ask(models: Sequence[GazeEstimator], scenes: Iterable[Scene]) -> Answers:
    """Run the app on pictures, one in memory at a time; models are run twice, see `summarise`."""
    rows = []
    with Observer(video=False) as observer:
        for scene in scenes:
            seen = observer.observe(Frame(scene.image, 0, 0.0))
            both = (seen, with_exact_pose(scene.picture, seen))
            gazes = [model.estimate(view).gaze for view in both for model in models]
            rows.append((scene.kind, scene.person, scene.turned_deg, seen.valid, *_angles(scene.picture, seen, gazes)))
    kind, person, turned, read, true, head, answer, error, place = (list(column) for column in zip(*rows, strict=True))
    return Answers(
        kind=np.array(kind),
        person=np.array(person),
        turned_deg=np.array(turned),
        true=np.array(true),
        head=np.array(head),
        answer=np.array(answer).swapaxes(0, 1),
        error=np.array(error).T,
        place=np.array(place),
        read=np.array(read),
    )


def _angles(picture: HeadPicture, seen: Observation, gazes: list[Array | None]) -> tuple[Array, ...]:
    """True gaze, head, models' answers, their errors (see `Answers`) and place errors."""
    truth = picture.truth
    gaze = mean_direction([truth.left, truth.right])
    frame = normalising_rotation((truth.left_eye_mm + truth.right_eye_mm) / 2, truth.head_rotation)
    given = np.array([np.full(3, np.nan) if answer is None else answer for answer in gazes]).reshape(-1, 3)
    head = vector_to_pitch_yaw(frame @ truth.head_rotation @ [0, 0, -1.0])
    angles = (vector_to_pitch_yaw(frame @ gaze), head, vector_to_pitch_yaw(given @ frame.T), angle_between(given, gaze))
    return (*(np.degrees(a) for a in angles), place_errors(picture, seen))


def summarise(names: Sequence[str], answers: Answers) -> HeadsResult:
    """The figures; a row for each model, and one for its answers to the crops of the exact pose."""
    anywhere = answers.kind == "anywhere"
    place = answers.place[anywhere]
    found = np.isfinite(place).all(1)
    head = np.c_[answers.head[anywhere][found], np.ones(found.sum())]
    places = []
    for name, column in zip(PLACE_COLUMNS, place[found].T, strict=True):
        per_pitch, per_yaw, _ = np.linalg.lstsq(head, column, rcond=None)[0]
        places.append(PlaceRow(name, float(column.mean()), float(column.std()), float(per_pitch), float(per_yaw)))
    models = [_model_row(name, answers, k) for k, name in enumerate([*names, *(f"{n}, exact pose" for n in names)])]
    read = float(answers.read[anywhere].mean())
    return HeadsResult(int(anywhere.sum()), float(found.mean()), read, tuple(places), tuple(models))


def _model_row(name: str, answers: Answers, k: int) -> HeadModelRow:
    answer, known = answers.answer[k], np.isfinite(answers.answer[k]).all(1)
    anywhere = answers.kind == "anywhere"
    chosen = anywhere & known
    off = answer[chosen] - answers.true[chosen]
    pitch, yaw = (axis_response(answer[chosen, a], answers.true[chosen, a], answers.head[chosen, a]) for a in (0, 1))

    def slope(kind: Kind, axis: int, x: Array, y: Array) -> SeriesSlope:
        mask = (answers.kind == kind) & known
        return series_slope(x[mask], y[mask, axis], answers.person[mask])

    return HeadModelRow(
        model=name,
        answered=float(chosen.sum() / max(anywhere.sum(), 1)),
        error=float(answers.error[k][chosen].mean()),
        bias_pitch=float(off[:, 0].mean()),
        bias_yaw=float(off[:, 1].mean()),
        pitch=pitch,
        yaw=yaw,
        turn_pitch=slope("turn pitch", 0, answers.turned_deg, answer - answers.true),
        turn_yaw=slope("turn yaw", 1, answers.turned_deg, answer - answers.true),
        irises_pitch=slope("irises pitch", 0, answers.true[:, 0], answer),
        irises_yaw=slope("irises yaw", 1, answers.true[:, 1], answer),
    )


def series_slope(x: Array, y: Array, person: NDArray[np.int64]) -> SeriesSlope:
    """Slope of y (n,) on x (n,), each person's means taken off; people with fewer than three pictures are left out."""
    series = [(x[person == p], y[person == p]) for p in np.unique(person)]
    series = [(a - a.mean(), b - b.mean()) for a, b in series if len(a) >= 3]
    if not series:
        return SeriesSlope(*[float("nan")] * 4)
    single = np.array([(a @ b) / (a @ a) for a, b in series])
    across, up = (np.concatenate(parts) for parts in zip(*series, strict=True))
    slope = float((across @ up) / (across @ across))
    left = up - slope * across
    r2 = 1 - float(left @ left) / float(up @ up) if float(up @ up) > 1e-12 else 0.0
    return SeriesSlope(slope, float(single.std()), r2, float(left.std()))
