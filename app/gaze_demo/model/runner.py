"""An ONNX file in onnxruntime: one thread, with limits on time and, for files that did not ship, on memory."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from gaze_demo.model.contract import ContractError
from gaze_demo.model.deadline import Deadline
from gaze_demo.model.providers import CPU, chosen_provider, installed_providers, runs_on, session_providers

Tensors = dict[str, NDArray[np.float32]]

logger = logging.getLogger(__name__)

RUN_LIMIT_S = 10.0  # for one run. The heaviest public gaze model takes 0.3 s on one core
MEMORY_LIMIT_MB = 2048  # for weights and everything in between; the heaviest public gaze model needs some 300 MB
_MOST_WORDS = 500
_TOO_NEW_IR = re.compile(r"Unsupported model IR version: (\d+), max supported IR version: (\d+)")
_PLACES_IN_SOURCE = re.compile(r"^.*\.(?:cc|cpp|h|hpp):\d+: ", re.S)  # that an exception passed, before its reason
_TOO_NEW_OPSET = re.compile(r"Opset (\d+) is under development.*?support for domain (\S+) is till opset (\d+)", re.S)
_arena_lock = threading.Lock()
_arena_made = False


class Runner:
    """A loaded file; for one thread only. Raises ContractError if onnxruntime does not load it.

    A few bytes can ask for any amount of memory, already while a file is optimised. A `careful` runner has no more than
    `MEMORY_LIMIT_MB` and does not optimise: without it, a model needs no more memory than that.

    Attributes: `inputs`, `outputs`, what the file says of its tensors (name, type, shape). `provider`: where it runs,
    see `gaze_demo.model.providers`. `notice`: a sentence if that is the CPU although another one was chosen.
    """

    def __init__(self, path: Path, *, careful: bool = False) -> None:
        self._path, self._careful = path, careful
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4  # the exception says what is wrong
        if careful:
            _make_arena()
            options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
            options.enable_mem_pattern = False
            options.add_session_config_entry("session.use_env_allocators", "1")
        self._options = options
        self.provider, self.notice = CPU, ""
        self._session = self._load(CPU if careful else chosen_provider())
        self.inputs: list[Any] = self._session.get_inputs()
        self.outputs: list[Any] = self._session.get_outputs()

    def _load(self, provider: str) -> ort.InferenceSession:
        if provider not in installed_providers():
            return self._fall_back(provider, "this onnxruntime has none: install one that has it.")
        try:
            session = ort.InferenceSession(str(self._path), self._options, providers=session_providers(provider))
        except Exception as error:  # onnxruntime raises many types of exception
            if provider != CPU:
                return self._fall_back(provider, _reason(error))
            raise ContractError(f"{self._path} cannot be loaded: {_reason(error)}") from None
        self.provider = runs_on(session)
        if self.provider != provider:
            self._tell(provider, "onnxruntime could not start it.")
        return session

    def _fall_back(self, provider: str, reason: str) -> ort.InferenceSession:
        self._tell(provider, reason)
        return self._load(CPU)

    def _tell(self, provider: str, reason: str) -> None:
        self.notice = f"{self._path.name} runs on the CPU, as {provider} does not work: {reason}"
        logger.warning(self.notice)

    def run(self, names: Sequence[str], feeds: Tensors) -> Tensors:
        """The named outputs. Raises ContractError if the model fails or takes longer than `RUN_LIMIT_S`."""
        with Deadline(RUN_LIMIT_S) as deadline:
            if self._careful:
                deadline.options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
            try:
                return dict(zip(names, self._session.run(list(names), feeds, deadline.options), strict=True))
            except Exception as error:  # onnxruntime raises many types of exception
                if deadline.over:
                    raise ContractError(
                        f"{self._path} took longer than {RUN_LIMIT_S:g} s for one frame and was stopped: choose a "
                        "lighter model."
                    ) from None
                if self.provider == CPU:
                    raise ContractError(f"{self._path} does not run with its contract: {_reason(error)}") from None
                self._session = self._fall_back(self.provider, _reason(error))
        return self.run(names, feeds)


def _make_arena() -> None:
    """The limited memory that sessions share if they request it; created once per process."""
    global _arena_made
    with _arena_lock:
        if not _arena_made:
            memory = ort.OrtMemoryInfo("Cpu", ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, ort.OrtMemType.DEFAULT)
            same_as_requested = 1
            limits = ort.OrtArenaCfg(MEMORY_LIMIT_MB * 2**20, same_as_requested, -1, -1)
            ort.create_and_register_allocator(memory, limits)
            _arena_made = True


def _reason(error: Exception) -> str:
    """The useful part of an error, in one line; the end of a long message is kept, because the remedy is there."""
    text = " ".join(str(error).split()) or type(error).__name__
    if found := _TOO_NEW_IR.search(text):
        return (
            f"it is of ONNX IR version {found[1]}, and this onnxruntime reads up to {found[2]}: export the model for "
            "an older version, or update onnxruntime."
        )
    if found := _TOO_NEW_OPSET.search(text):
        return (
            f"it is of opset {found[1]}, and this onnxruntime knows {found[2]} up to opset {found[3]}: export the "
            "model with an older opset, or update onnxruntime."
        )
    if "Available memory of" in text:
        return f"it needs more than {MEMORY_LIMIT_MB} MB of memory: choose a smaller model."
    text = re.sub(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ", "", text)
    text = _PLACES_IN_SOURCE.sub("", text)
    if len(text) > _MOST_WORDS:
        text = f"{text[: _MOST_WORDS // 2].rstrip()} … {text[-_MOST_WORDS // 2 :].lstrip()}"
    return text.rstrip(".") + "."
