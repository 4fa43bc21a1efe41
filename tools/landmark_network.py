"""Makes a faster form of MediaPipe's landmark network: python tools/landmark_network.py

Reads the network from assets/face_landmarker.task and writes assets/face_landmarks_detector.tflite. The results are the
same to the last bit; in LiteRT 2.3 on an x86-64 processor it takes nine tenths of the time (`python
tools/landmark_network.py --compare` measures both in turn).

Only the activations (PReLU: negative values times a factor of their channel) are changed. LiteRT calls its routine for
them once for each pixel, which takes long where a pixel has only 8 to 32 channels. Here a whole row of pixels counts as
one pixel of many channels, so that the routine is called once for each row. Where no factor is above 1, the activation
is written as the greater of x and x times factor, which needs no copy of the tensor. Narrow layers stay as they are.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from gaze_demo import paths
from gaze_demo.landmarks.bundle import LANDMARK_NETWORK, Bundle
from gaze_demo.landmarks.network import TfliteNetwork

LEAST_WIDTH = 32  # of a layer in px; narrower ones gain nothing
_TYPES = {schema.TensorType.FLOAT32: np.float32, schema.TensorType.FLOAT16: np.float16}
_Ops, _Options = schema.BuiltinOperator, schema.BuiltinOptions


def faster(network: bytes) -> bytes:
    """The network with other activations."""
    graph = _Graph(network)
    for position, operator in enumerate(graph.take_operators()):
        if graph.kind(operator) == _Ops.PRELU and graph.shape(operator.inputs[0])[2] >= LEAST_WIDTH:
            graph.add_activation(operator, str(position))
        else:
            graph.add(operator)
    return graph.written()


class _Graph:
    """The one subgraph of a TFLite model, whose operators are added again one by one."""

    def __init__(self, network: bytes) -> None:
        self._model: Any = schema.ModelT.InitFromPackedBuf(network, 0)
        (self._graph,) = self._model.subgraphs
        self._halves = {  # float16 weights, by the float32 tensor that they become
            operator.outputs[0]: operator.inputs[0]
            for operator in self._graph.operators
            if self.kind(operator) == _Ops.DEQUANTIZE
        }

    def take_operators(self) -> list[Any]:
        operators, self._graph.operators = self._graph.operators, []
        return list(operators)

    def kind(self, operator: Any) -> int:
        code = self._model.operatorCodes[operator.opcodeIndex]
        return max(int(code.builtinCode), int(code.deprecatedBuiltinCode))

    def shape(self, tensor: int) -> list[int]:
        return [int(n) for n in self._graph.tensors[tensor].shape]

    def add(self, operator: Any) -> None:
        self._graph.operators.append(operator)

    def add_activation(self, old: Any, name: str) -> None:
        """What the PReLU `old` does, row by row."""
        x, y = old.inputs[0], old.outputs[0]
        _, height, width, channels = self.shape(x)
        factors = np.tile(self._values(old.inputs[1]).ravel().astype(np.float32), width)
        if (factors <= 1).all():
            product = self._tensor([1, height, width, channels], f"product {name}")
            row = self._constant(factors.reshape(1, width, channels), f"factors {name}")
            self._operator(_Ops.MUL, [x, row], product, _Options.MulOptions, schema.MulOptionsT())
            self._operator(
                _Ops.MAXIMUM, [x, product], y, _Options.MaximumMinimumOptions, schema.MaximumMinimumOptionsT()
            )
            return
        rows = [1, 1, height, width * channels]
        flat, active = self._tensor(rows, f"rows {name}"), self._tensor(rows, f"active rows {name}")
        self._reshape(x, flat, rows, f"{name} to rows")
        self._operator(_Ops.PRELU, [flat, self._constant(factors.reshape(1, 1, -1), f"factors {name}")], active)
        self._reshape(active, y, [1, height, width, channels], f"{name} to pixels")

    def written(self) -> bytes:
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(self._model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    def _reshape(self, before: int, after: int, shape: list[int], name: str) -> None:
        options = schema.ReshapeOptionsT()
        options.newShape = shape
        wanted = self._constant(np.array(shape, np.int32), name)
        self._operator(_Ops.RESHAPE, [before, wanted], after, _Options.ReshapeOptions, options)

    def _operator(self, kind: int, inputs: list[int], output: int, option_kind: int = 0, options: Any = None) -> None:
        made = schema.OperatorT()
        made.opcodeIndex = self._code(kind)
        made.inputs, made.outputs = inputs, [output]
        made.builtinOptionsType, made.builtinOptions = option_kind, options
        self.add(made)

    def _code(self, kind: int) -> int:
        """The number of an operator's kind in the model's list of them."""
        for number, code in enumerate(self._model.operatorCodes):
            if max(code.builtinCode, code.deprecatedBuiltinCode) == kind:
                return number
        made = schema.OperatorCodeT()
        made.builtinCode = made.deprecatedBuiltinCode = kind
        made.version = 1
        self._model.operatorCodes.append(made)
        return len(self._model.operatorCodes) - 1

    def _values(self, tensor: int) -> NDArray[Any]:
        """The numbers of a constant."""
        found = self._graph.tensors[self._halves.get(tensor, tensor)]
        return np.frombuffer(bytes(bytearray(self._model.buffers[found.buffer].data)), _TYPES[found.type])

    def _constant(self, values: NDArray[Any], name: str) -> int:
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(values.tobytes(), np.uint8)
        self._model.buffers.append(buffer)
        kind = schema.TensorType.INT32 if values.dtype == np.int32 else schema.TensorType.FLOAT32
        return self._tensor(list(values.shape), name, kind, len(self._model.buffers) - 1)

    def _tensor(self, shape: list[int], name: str, kind: int = schema.TensorType.FLOAT32, buffer: int = 0) -> int:
        made = schema.TensorT()
        made.shape, made.type, made.buffer, made.name = shape, kind, buffer, name.encode()
        made.quantization = schema.QuantizationParametersT()
        self._graph.tensors.append(made)
        return len(self._graph.tensors) - 1


def compare(old: bytes, new: bytes, turns: int = 300) -> str:
    """The median time of both, measured in turn."""
    networks = [TfliteNetwork(content) for content in (old, new)]
    spent: list[list[float]] = [[], []]
    picture = np.random.default_rng(1).random((1, 256, 256, 3), np.float32)
    for _ in range(turns):
        for network, times in zip(networks, spent, strict=True):
            started = time.perf_counter()
            network.run(lambda tensor: np.copyto(tensor, picture))
            times.append((time.perf_counter() - started) * 1e3)
    before, after = (float(np.median(times)) for times in spent)
    return f"before {before:.2f} ms, after {after:.2f} ms, ratio {after / before:.2f}"


def main() -> None:
    old = Bundle().network("face_landmarks_detector")
    new = faster(old)
    if "--compare" in sys.argv:
        print(compare(old, new))
        return
    path = paths.assets() / LANDMARK_NETWORK
    path.write_bytes(new)
    print(f"{path}, {len(new) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
