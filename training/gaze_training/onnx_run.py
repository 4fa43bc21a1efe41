"""An exported file run on eyes, as the app runs it: one thread, two eyes per call."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor

from gaze_demo.errors import UserError
from gaze_demo.model.contract import AnglesOutput, Contract, NormalisedEyes
from gaze_demo.model.registry import ModelEntry
from gaze_demo.normalisation.normalise import WIDTH_PX
from gaze_training.evaluate.predict import Angles, Answers, Ask, Crops, Predict
from gaze_training.eyes import Eyes

EYES, HEAD, GAZE, EMBEDDING = "eyes", "head", "gaze", "embedding"
CONDITIONS, COVARIANCES = "condition", "covariance"
_TURNS, _CALLS = 21, 50


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """On the CPU, one thread. Raises UserError if the file is no ONNX model."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises many types of exception
        raise UserError(
            f"{path} is not an ONNX model that can be run here: check that the file is complete."
        ) from error


def run_onnx(path: Path, eyes: Eyes) -> Tensor:
    """Gaze (M, 2) in radians."""
    return torch.from_numpy(_run(open_session(path), eyes.crops[:, 0].cpu().numpy(), eyes.head.cpu().numpy()))


def onnx_predictor(entry: ModelEntry) -> Predict:
    """An exported file as a function for the tests of `evaluate`. Raises UserError if it is not from this project."""
    if not own(entry):
        raise UserError(
            f"{entry.name}: this test is for models of normalised grey eyes of 60 x 36 px with a head pose."
        )
    session = open_session(entry.path)
    return lambda crops, head: _run(session, crops, head)


def onnx_asker(entry: ModelEntry) -> Ask:
    """As `onnx_predictor`, with all its outputs for an eye."""
    onnx_predictor(entry)  # raises with the reason
    session = open_session(entry.path)
    told = [output.name for output in session.get_outputs()]
    names = [GAZE, *([CONDITIONS, COVARIANCES] if CONDITIONS in told else [])]

    def ask(crops: Crops, head: Angles) -> Answers:
        values = [torch.from_numpy(_run(session, crops, head, name)) for name in names]
        return (values[0], values[1], values[2]) if len(values) == 3 else (values[0], None, None)

    return ask


def own(entry: ModelEntry) -> bool:
    """Whether a model has the inputs and outputs of those that `gaze-train export` writes."""
    if not isinstance(entry.contract, Contract):
        return False
    given, said = entry.contract.input, entry.contract.output
    if not isinstance(given, NormalisedEyes) or not isinstance(said, AnglesOutput):
        return False
    inputs = (given.eyes.arrangement == "rows", given.pixels.width == WIDTH_PX, given.head_pose is not None)
    return all(inputs) and said.tensor == GAZE


def latencies_ms(paths: Sequence[Path]) -> list[float]:
    """Median time of one call with both eyes, for each file; they take turns, so that the load of the machine is the
    same for all. Any model works: it gets noise in the shapes of its inputs.
    """
    sessions = [open_session(path) for path in paths]
    feeds = [_noise(session) for session in sessions]
    times: list[list[float]] = [[] for _ in paths]
    for turn in range(_TURNS):
        for session, feed, taken in zip(sessions, feeds, times, strict=True):
            for call in range(_CALLS):
                started = time.perf_counter()
                session.run(None, feed)
                if turn and call:  # the first ones are for warming up
                    taken.append(time.perf_counter() - started)
    return [1000 * median(taken) for taken in times]


def _noise(session: onnxruntime.InferenceSession) -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(0)
    shapes = {i.name: [2 if not isinstance(size, int) else size for size in i.shape] for i in session.get_inputs()}
    return {
        name: (rng.integers(0, 256, shape) if len(shape) == 4 else np.zeros(shape)).astype(np.float32)
        for name, shape in shapes.items()
    }


def _run(session: onnxruntime.InferenceSession, crops: Crops, head: Angles, output: str = GAZE) -> Angles:
    eyes = crops[:, None].astype(np.float32)
    pairs = range(0, len(eyes), 2)
    return np.concatenate([session.run([output], {EYES: eyes[i : i + 2], HEAD: head[i : i + 2]})[0] for i in pairs])
