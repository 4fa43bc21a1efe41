"""An exported file run on eyes, as the app runs it: one thread, two eyes a call."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from gaze_demo.errors import UserError
from gaze_demo.model.contract import AnglesOutput, NormalisedEyes
from gaze_demo.model.registry import ModelEntry
from gaze_demo.normalisation.normalise import HEIGHT_PX, WIDTH_PX
from gaze_training.evaluate.predict import Angles, Crops, Predict
from gaze_training.eyes import Eyes

EYES, HEAD, GAZE, EMBEDDING = "eyes", "head", "gaze", "embedding"
_WARM_UP, _CALLS = 100, 1000


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """On the CPU, one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run_onnx(path: Path, eyes: Eyes) -> Tensor:
    """Gaze (M, 2) in radians."""
    return torch.from_numpy(_run(open_session(path), eyes.crops[:, 0].cpu().numpy(), eyes.head.cpu().numpy()))


def onnx_predictor(entry: ModelEntry) -> Predict:
    """An exported file as the tests of `evaluate` want it. Raises UserError where it is none of this project's."""
    if not own(entry):
        raise UserError(
            f"{entry.name}: this test is for models of normalised grey eyes of 60 x 36 px with a head pose."
        )
    session = open_session(entry.path)
    return lambda crops, head: _run(session, crops, head)


def own(entry: ModelEntry) -> bool:
    """Whether a model has the inputs and outputs of those that `gaze-train export` writes."""
    given, said = entry.contract.input, entry.contract.output
    if not isinstance(given, NormalisedEyes) or not isinstance(said, AnglesOutput):
        return False
    inputs = (given.eyes.arrangement == "rows", given.pixels.width == WIDTH_PX, given.head_pose is not None)
    return all(inputs) and said.tensor == GAZE


def latency_ms(path: Path) -> float:
    """Median time of one call with both eyes."""
    session = open_session(path)
    eyes = np.random.default_rng(0).integers(0, 256, (2, 1, HEIGHT_PX, WIDTH_PX)).astype(np.float32)
    feed = {EYES: eyes, HEAD: np.zeros((2, 2), np.float32)}
    times = []
    for _ in range(_WARM_UP + _CALLS):
        started = time.perf_counter()
        session.run(None, feed)
        times.append(time.perf_counter() - started)
    return 1000 * median(times[_WARM_UP:])


def _run(session: onnxruntime.InferenceSession, crops: Crops, head: Angles) -> Angles:
    eyes = crops[:, None].astype(np.float32)
    pairs = range(0, len(eyes), 2)
    return np.concatenate([session.run([GAZE], {EYES: eyes[i : i + 2], HEAD: head[i : i + 2]})[0] for i in pairs])
