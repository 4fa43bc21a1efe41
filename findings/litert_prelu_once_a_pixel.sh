#!/usr/bin/env bash
# ai-edge-litert 2.3.0 (XNNPACK delegate, one thread): a PReLU of an image with few channels takes up to ten times as
# long as the same PReLU of the same numbers with each row of pixels seen as one pixel of many channels. A profile shows
# the same routine in both cases; the fewer channels a pixel has, the longer it takes for the same count of numbers.
# What follows: in a landmark network whose first layers have 8 and 16 channels (MediaPipe's face landmarker) the PReLUs
# take a fifth of the time.
# Remedy: RESHAPE to (1, 1, height, width * channels), PRELU with the slopes repeated for each pixel of a row, RESHAPE
# back. The results are the same to the last bit, although the two RESHAPEs copy the tensor.
#
# Usage: findings/litert_prelu_once_a_pixel.sh   (exit status 0: the behaviour is as described)
# Output seen (times of one machine, AMD EPYC):
#   128 x 128 px,  8 channels: PReLU 0.151 ms, by rows with both reshapes 0.014 ms (10.7 times as fast, equal)
#   128 x 128 px, 16 channels: PReLU 0.046 ms, by rows with both reshapes 0.022 ms (2.1 times as fast, equal)
#   64 x 64 px, 32 channels: PReLU 0.015 ms, by rows with both reshapes 0.010 ms (1.5 times as fast, equal)
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet ai-edge-litert==2.3.0 numpy==2.2.6
cat > "$work/run.py" <<'PY'
import sys
import time

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

OPS, FLOAT, INT = schema.BuiltinOperator, schema.TensorType.FLOAT32, schema.TensorType.INT32
REPEATS = 12  # activations one after the other, so that the fixed cost of a run counts little


class Net:
    """A chain of activations of one image."""

    def __init__(self, shape):
        self.model, self.graph = schema.ModelT(), schema.SubGraphT()
        self.model.version, self.model.subgraphs = 3, [self.graph]
        self.model.buffers, self.model.operatorCodes = [schema.BufferT()], []
        self.graph.tensors, self.graph.operators = [], []
        self.shape, self.last = shape, self.tensor(shape)
        self.graph.inputs = [self.last]

    def tensor(self, shape, kind=FLOAT, values=None):
        made = schema.TensorT()
        made.shape, made.type, made.buffer, made.name = list(shape), kind, 0, str(len(self.graph.tensors)).encode()
        if values is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(values.tobytes(), np.uint8)
            self.model.buffers.append(buffer)
            made.buffer = len(self.model.buffers) - 1
        self.graph.tensors.append(made)
        return len(self.graph.tensors) - 1

    def add(self, kind, shape, *constants):
        code = schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = kind
        self.model.operatorCodes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.model.operatorCodes) - 1
        operator.inputs = [self.last, *constants]
        if kind == OPS.RESHAPE:
            operator.builtinOptionsType = schema.BuiltinOptions.ReshapeOptions
            operator.builtinOptions = schema.ReshapeOptionsT()
            operator.builtinOptions.newShape = list(shape)
        self.last = self.tensor(shape)
        operator.outputs = [self.last]
        self.graph.operators.append(operator)

    def prelu(self, shape, slopes):
        self.add(OPS.PRELU, shape, self.tensor((1, 1, slopes.size), values=slopes.astype(np.float32)))

    def reshape(self, shape):
        self.add(OPS.RESHAPE, shape, self.tensor((len(shape),), INT, np.array(shape, np.int32)))

    def interpreter(self):
        self.graph.outputs = [self.last]
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        made = Interpreter(model_content=bytes(builder.Output()), num_threads=1)
        made.allocate_tensors()
        return made


def nets(side, channels):
    shape = (1, side, side, channels)
    rows = (1, 1, side, side * channels)
    pixels, by_rows = Net(shape), Net(shape)
    for repeat in range(REPEATS):
        slopes = np.random.default_rng(repeat).uniform(0.1, 0.9, channels)
        pixels.prelu(shape, slopes)
        by_rows.reshape(rows)
        by_rows.prelu(rows, np.tile(slopes, side))
        by_rows.reshape(shape)
    return pixels, by_rows


as_described = True
for side, channels in ((128, 8), (128, 16), (64, 32)):
    runs = [net.interpreter() for net in nets(side, channels)]
    image = np.random.default_rng(0).normal(size=(1, side, side, channels)).astype(np.float32)
    spent = [[], []]
    for turn in range(60):
        for run, times in zip(runs, spent):
            run.set_tensor(run.get_input_details()[0]["index"], image)
            began = time.perf_counter()
            run.invoke()
            times.append((time.perf_counter() - began) * 1e3 / REPEATS)
    results = [run.get_tensor(run.get_output_details()[0]["index"]) for run in runs]
    pixels, by_rows = (float(np.median(times)) for times in spent)
    same = bool((results[0] == results[1]).all())
    print(
        f"{side} x {side} px, {channels:2} channels: PReLU {pixels:.3f} ms, by rows with both reshapes {by_rows:.3f} ms"
        f" ({pixels / by_rows:.1f} times as fast, {'equal' if same else 'not equal'})"
    )
    as_described &= same and (channels > 8 or pixels > 2.0 * by_rows)
sys.exit(0 if as_described else 1)
PY
"$work/venv/bin/python" "$work/run.py" 2>/dev/null || {
    echo "not as described any more"
    exit 1
}
