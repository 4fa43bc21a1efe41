"""The metadata of an ONNX file, read from its protobuf records without running any of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gaze_demo.model.contract import METADATA_KEY, ContractError

MAX_BYTES = 512 * 1024 * 1024
_MAX_DEPTH = 16

# Field numbers of onnx.proto3.
_MODEL_GRAPH, _MODEL_METADATA, _MODEL_TRAINING, _MODEL_FUNCTION = 7, 14, 20, 25
_ENTRY_KEY, _ENTRY_VALUE = 1, 2
_TENSOR_EXTERNAL = 13
_TENSORS_AND_GRAPHS = {  # of a message: the fields in which a tensor with external data can hide
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
}


def read_embedded_contract(path: Path) -> bytes | None:
    """The JSON under the contract's metadata key, or None; raises ContractError if the file cannot be used.

    A file is refused if it is too large, is not ONNX, or keeps weights in other files.
    """
    try:
        size = path.stat().st_size
        if not 0 < size <= MAX_BYTES:
            raise ContractError(f"{path}: a model has at most {MAX_BYTES // 2**20} MB and is not empty.")
        return _read_model(path, memoryview(path.read_bytes()))
    except OSError as error:
        raise ContractError(f"{path} cannot be read: {error.strerror or error}.") from None
    except (ValueError, IndexError):
        raise ContractError(f"{path} is damaged or not an ONNX model.") from None


def _read_model(path: Path, data: memoryview) -> bytes | None:
    contract, graphs = None, 0
    for field, payload in _records(data):
        kind = {_MODEL_GRAPH: "graph", _MODEL_TRAINING: "training", _MODEL_FUNCTION: "function"}.get(field)
        if kind:
            graphs += field == _MODEL_GRAPH
            if _has_external_data(payload, kind, 0):
                raise ContractError(f"{path} keeps its weights in other files: save the model as a single file.")
        elif field == _MODEL_METADATA:
            entry = {number: bytes(value) for number, value in _records(payload)}
            if entry.get(_ENTRY_KEY) == METADATA_KEY.encode():
                contract = entry.get(_ENTRY_VALUE)
    if graphs != 1:
        raise ValueError("no graph")
    return contract


def _has_external_data(message: memoryview, kind: str, depth: int) -> bool:
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    for field, payload in _records(message):
        if kind == "tensor":
            if field == _TENSOR_EXTERNAL:
                return True
        else:
            inner = _TENSORS_AND_GRAPHS[kind].get(field)
            if inner and _has_external_data(payload, inner, depth + 1):
                return True
    return False


def _records(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Number and payload of each length-delimited field of a protobuf message; the others are skipped."""
    position, end = 0, len(message)
    while position < end:
        key, position = _varint(message, position)
        wire = key & 7
        if wire == 0:
            _, position = _varint(message, position)
        elif wire in (1, 5):
            position += 8 if wire == 1 else 4
        elif wire == 2:
            length, position = _varint(message, position)
            if length > end - position:
                raise ValueError("cut short")
            yield key >> 3, message[position : position + length]
            position += length
        else:
            raise ValueError("no protobuf")
    if position != end:
        raise ValueError("cut short")


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = message[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, position
    raise ValueError("no protobuf")
