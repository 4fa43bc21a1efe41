"""Damaged files: from whole ones, by small changes of bytes, words, JSON values and arrays."""

from __future__ import annotations

import copy
import io
import json
import random
import re
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

Make = Callable[[random.Random], bytes]  # makes one input

_WORDS = [
    *(b"1e308", b"-1e308", b"1e-320", b"-1", b"0", b"NaN", b"Infinity", b"null", b"true", b'""', b"[]", b"{}"),
    *(b"9" * 400, b"[" * 200, b'{"a":' * 200, b"\xff\xfe", b"\xef\xbb\xbf", b"\x00" * 9, b"\xed\xa0\x80", b"\n---\n"),
    *(
        b"&a ",
        b"*a ",
        b"!!python/object:os.system ",
        b"<!ENTITY a 'b'>",
        b"&a;",
        b"%YAML:1.0",
        b"\t",
        b"- - - -",
        b": :",
    ),
]
_VALUES: list[Any] = [
    *(None, True, -1, 0, 1, 10**40, 2**63, 1e308, -1e308, 5e-324, "", "x" * 5000, "\ud800", "\x00", [], {}),
    *([[]], [0] * 2000, {"": None}, "NaN", "../../x", "C:\\x", "2026-99-99T99:99:99Z"),
]


def damaged(seeds: list[bytes]) -> Make:
    """Of a whole file, a few bytes or words changed, left out or doubled."""

    def make(rng: random.Random) -> bytes:
        data = bytearray(rng.choice(seeds))
        for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
            _change(data, rng)
        return bytes(data)

    return make


def damaged_json(seeds: list[bytes]) -> Make:
    """Of a whole JSON file, one value or several replaced, left out, or put elsewhere; now and then its bytes too."""
    trees = [json.loads(seed) for seed in seeds]
    bytewise = damaged(seeds)

    def make(rng: random.Random) -> bytes:
        if rng.random() < 0.3:
            return bytewise(rng)
        tree = json.loads(json.dumps(rng.choice(trees)))
        for _ in range(rng.choice((1, 1, 2, 5))):
            tree = _change_tree(tree, rng)
        return json.dumps(tree, ensure_ascii=True).encode()

    return make


def damaged_arrays(seeds: list[dict[str, np.ndarray]]) -> Make:
    """Of an .npz file, arrays of another type or shape, with other numbers, or missing; now and then its bytes too."""
    bytewise = damaged([_packed(seed) for seed in seeds])

    def make(rng: random.Random) -> bytes:
        if rng.random() < 0.2:
            return bytewise(rng)
        arrays = dict(rng.choice(seeds))
        for _ in range(rng.choice((1, 1, 2, 4))):
            name = rng.choice(sorted(arrays))
            arrays[name] = _change_array(arrays[name], rng)
            if rng.random() < 0.1:
                del arrays[name]
        return _packed(arrays)

    return make


def png_of_any_size(rng: random.Random) -> bytes:
    """A picture whose header names any size, with the pixels of a small one."""

    def side() -> int:
        return rng.choice((0, 1, 4, 640, 4096, 65535, 10**6, 2**31 - 1, rng.randrange(2**31)))

    header = struct.pack(">IIBBBBB", side(), side(), rng.choice((8, 16)), rng.choice((0, 2, 6)), 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(4 * 13))), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _change(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data) + 1)
    end = min(at + rng.choice((1, 2, 4, 16, 200)), len(data))
    kind = rng.randrange(8)
    if kind == 0:
        del data[at:end]
    elif kind == 1:
        data[at:at] = data[at:end] * rng.choice((1, 2, 50))
    elif kind == 2:
        data[at:end] = bytes(rng.randrange(256) for _ in range(end - at))
    elif kind == 3:
        data[at:at] = rng.choice(_WORDS)
    elif kind == 4:
        del data[at:]
    elif kind == 5 and at < len(data):
        data[at] ^= 1 << rng.randrange(8)
    else:  # a number of a text
        numbers = list(re.finditer(rb"-?\d+(\.\d+)?([eE][-+]?\d+)?", data))
        if numbers:
            number = rng.choice(numbers)
            data[number.start() : number.end()] = rng.choice(_WORDS)


def _change_tree(tree: Any, rng: random.Random) -> Any:
    """Walk to some place and change it there."""
    if isinstance(tree, dict) and tree and rng.random() < 0.85:
        key = rng.choice(sorted(tree))
        if rng.random() < 0.1:
            del tree[key]
        elif rng.random() < 0.05:
            tree[rng.choice(("", "x", key + "x"))] = copy.deepcopy(rng.choice(_VALUES))
        else:
            tree[key] = _change_tree(tree[key], rng)
        return tree
    if isinstance(tree, list) and tree and rng.random() < 0.8:
        place = rng.randrange(len(tree))
        tree[place] = _change_tree(tree[place], rng)
        if rng.random() < 0.1:
            tree += tree[:20]
        return tree
    return copy.deepcopy(rng.choice(_VALUES))


def _change_array(array: np.ndarray, rng: random.Random) -> np.ndarray:
    changed = np.array(array)
    kind = rng.randrange(6)
    if kind == 0:
        return changed.reshape(-1)[: rng.randrange(changed.size + 1)]
    if kind == 1 and changed.dtype.kind not in "SUc":
        with np.errstate(all="ignore"):
            return changed.astype(rng.choice(("f4", "f8", "i8", "u1", "?", "c16", "S4", "U4")), casting="unsafe")
    if kind == 2:
        return np.concatenate([changed.reshape(-1)] * 3)
    if kind == 3:
        return np.array(rng.choice((0, 1e308, np.nan, 2**62, "x")))
    if changed.size and changed.dtype.kind in "fiu":
        flat = changed.reshape(-1)
        bad = [np.nan, np.inf, -1e300, 1e300, 0] if changed.dtype.kind == "f" else [0, np.iinfo(changed.dtype).max]
        with np.errstate(over="ignore"):
            flat[rng.randrange(flat.size)] = rng.choice(bad)
    return changed


def _packed(arrays: dict[str, np.ndarray]) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()
