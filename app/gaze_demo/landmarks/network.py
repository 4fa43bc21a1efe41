"""One TFLite network, run by LiteRT on the CPU."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze_demo.native_logs import without_native_logs

Tensor = NDArray[np.float32]


class TfliteNetwork:
    """A network with one float32 input; its outputs are identified by their shapes. For one thread only.

    Raises ImportError if LiteRT is not installed.
    """

    def __init__(self, content: bytes, threads: int = 1) -> None:
        self._content = content  # the interpreter reads from it as long as it exists
        litert = import_module("ai_edge_litert.interpreter")
        with without_native_logs():  # it tells which delegate it uses
            self._interpreter: Any = litert.Interpreter(model_content=content, num_threads=threads)
            self._interpreter.allocate_tensors()
        self._input = self._interpreter.tensor(self._interpreter.get_input_details()[0]["index"])
        self._outputs = {
            tuple(int(n) for n in details["shape"]): self._interpreter.tensor(details["index"])
            for details in self._interpreter.get_output_details()
        }

    def run(self, fill: Callable[[Tensor], object]) -> None:
        """Run it on what `fill` writes into its input tensor."""
        fill(self._input())  # LiteRT refuses to run while a view of its memory exists
        self._interpreter.invoke()

    def read(self, shape: tuple[int, ...]) -> Tensor:
        """A copy of the output of this shape."""
        return np.array(self._outputs[shape](), np.float32)
