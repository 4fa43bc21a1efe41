"""`gaze-demo bench`: how long each stage and each model takes on this machine, all measured in turn in one run."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo import __version__, paths
from gaze_demo.camera.frame import Frame
from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics
from gaze_demo.landmarks.engine import LandmarkEngine, engine_description, open_engine
from gaze_demo.landmarks.eyes import measure_eyes
from gaze_demo.landmarks.head_pose import estimate_head_pose
from gaze_demo.landmarks.region import FaceRegion
from gaze_demo.machine import machine
from gaze_demo.model.crops import make_views
from gaze_demo.model.load import GazeEstimator
from gaze_demo.model.registry import contract_of
from gaze_demo.observation import Observation
from gaze_demo.observer import Observer
from gaze_demo.whole_file import write_whole

_FACE_SHARE = 0.4  # of the picture's height; a person at 60 cm from a webcam
_WARM_UP = 10
ENGINES = "landmarks, direct", "landmarks, mediapipe"

Step = Callable[[int], object]


@dataclass(frozen=True)
class Cost:
    """Milliseconds per frame: `median_ms` and `p95_ms` of the wall clock, `processor_ms` the median of the processor
    time of all threads."""

    name: str
    median_ms: float
    p95_ms: float
    processor_ms: float


@dataclass(frozen=True)
class BenchResult:
    """`ratio`: processor time of the direct landmark engine by that of MediaPipe's, NaN if one is missing."""

    version: str
    machine: str
    engine: str
    width: int
    height: int
    frames: int
    costs: tuple[Cost, ...]
    ratio: float

    def write(self, path: Path) -> None:
        """Save it as JSON; raises UserError if it cannot be written."""
        told = asdict(self)
        told["ratio"] = None if np.isnan(self.ratio) else self.ratio
        write_whole(path, json.dumps(told, indent=2) + "\n")


def bench(models: Sequence[GazeEstimator], width: int, height: int, count: int) -> BenchResult:
    """Measure on `count` frames of a face that moves by less than one px per frame."""
    cv2.setNumThreads(1)
    frames = moving_face(width, height, count)
    camera = Intrinsics.from_hfov(width, height)
    with ExitStack() as stack:
        steps: dict[str, Step] = {}
        for name in ("direct", "mediapipe"):
            try:
                engine = open_engine("direct" if name == "direct" else "mediapipe")
            except UserError:
                continue  # not on this platform
            stack.callback(engine.close)
            steps[f"detector, {name}"] = lambda i, engine=engine: engine.detect(frames[i])  # type: ignore[misc]
            steps[f"landmarks, {name}"] = _Following(engine, frames).step
        observer = stack.enter_context(Observer(video=True))
        seen = [observer.observe(Frame(image, i, i / 30)) for i, image in enumerate(frames)]
        steps |= _stages(seen, camera, models)
        whole = stack.enter_context(Observer(video=True))
        steps["whole app without a window"] = lambda i: _whole(whole, models, frames[i], i)
        costs = measure(steps, count)
    spent = {cost.name: cost.processor_ms for cost in costs}
    ratio = spent[ENGINES[0]] / spent[ENGINES[1]] if all(name in spent for name in ENGINES) else float("nan")
    return BenchResult(__version__, machine(), engine_description(), width, height, count, costs, ratio)


def measure(steps: dict[str, Step], count: int) -> tuple[Cost, ...]:
    """Run every step on every frame, in turn, so that other load on the machine affects all steps alike."""
    for step in steps.values():
        for i in range(min(_WARM_UP, count)):
            step(i)
    wall = {name: np.empty(count) for name in steps}
    processor = {name: np.empty(count) for name in steps}
    for i in range(count):
        for name, step in steps.items():
            started, spent = time.perf_counter(), time.process_time()
            step(i)
            wall[name][i], processor[name][i] = time.perf_counter() - started, time.process_time() - spent
    return tuple(
        Cost(
            name,
            float(np.median(wall[name])) * 1e3,
            float(np.percentile(wall[name], 95)) * 1e3,
            float(np.median(processor[name])) * 1e3,
        )
        for name in steps
    )


def moving_face(width: int, height: int, count: int) -> list[NDArray[np.uint8]]:
    """Pictures of the portrait, moved by a few px from frame to frame."""
    portrait = cv2.imread(str(paths.assets() / "portrait.jpg"))
    scale = _FACE_SHARE * height / 140  # the portrait's face is 140 px high
    frames = []
    for i in range(count):
        x = width / 2 - 222 * scale + 4 * np.sin(i / 9)
        y = height / 2 - 122 * scale + 3 * np.cos(i / 7)
        warp = np.array([[scale, 0, x], [0, scale, y]])
        frames.append(np.asarray(cv2.warpAffine(portrait, warp, (width, height), borderMode=cv2.BORDER_REPLICATE)))
    return frames


class _Following:
    """Follows the face with one engine, without anything else."""

    def __init__(self, engine: LandmarkEngine, frames: list[NDArray[np.uint8]]) -> None:
        self._engine, self._frames = engine, frames
        self._region = engine.detect(frames[0])[0].region

    def step(self, i: int) -> None:
        face = self._engine.locate(self._frames[i], self._region)
        if face is None:
            raise UserError("The landmark engine lost the portrait: run 'gaze-demo doctor'.")
        face.scores()  # MediaPipe always makes them, so here they count for both
        self._region = FaceRegion.of_landmarks(face.points_px)


def _stages(seen: list[Observation], camera: Intrinsics, models: Sequence[GazeEstimator]) -> dict[str, Step]:
    """What comes after the landmarks. Each model makes its own crops here; in the app, models with the same contract
    share them."""

    def pose(i: int) -> object:
        face = seen[i].landmarks
        return estimate_head_pose(face, camera, seen[max(i - 1, 0)].pose) if face else None

    def eyes(i: int) -> object:
        face, pose = seen[i].landmarks, seen[i].pose
        return measure_eyes(seen[i].frame.image, face, pose) if face and pose else None

    steps: dict[str, Step] = {"head pose": pose, "eyes": eyes}
    if models and models[0].entry.committee is None:
        contract = contract_of(models[0].entry)
        steps["crops"] = lambda i: make_views(contract, seen[i])
    for model in models:
        steps[f"model {model.entry.name}"] = lambda i, model=model: model.estimate(replace(seen[i]))  # type: ignore[misc]
    return steps


def _whole(observer: Observer, models: Sequence[GazeEstimator], image: NDArray[np.uint8], i: int) -> None:
    seen = observer.observe(Frame(image, i, i / 30))
    for model in models:
        model.estimate(seen)
