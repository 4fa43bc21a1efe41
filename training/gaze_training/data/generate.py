"""Training data, sharded: deterministic by (seed, index), parallel, resumable, with a manifest.

Face number i of a run is drawn from `numpy.random.default_rng([seed, i])` alone, so shards can be made in any order, by
any number of processes, on any number of machines, with the same result.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict
from pathlib import Path
from pkgutil import resolve_name

import cv2
import numpy as np

from gaze_demo.errors import UserError
from gaze_training.data.assemble import assemble
from gaze_training.data.data_config import DataConfig
from gaze_training.data.outside import OutsideTeacher
from gaze_training.data.rendered import Render, RenderedFace
from gaze_training.data.renderers import RENDERERS
from gaze_training.data.sample import Faces
from gaze_training.readers.files import read_json

VERSION = 2


def make_renderer(config: DataConfig) -> Render:
    """The renderer of a configuration, loaded: some take seconds to read their files."""
    render: Render = resolve_name(RENDERERS[config.renderer].make)(config)
    return render


def draw_face(
    config: DataConfig, render: Render, outside: OutsideTeacher | None, index: int
) -> tuple[Faces, RenderedFace, int]:
    """Face number `index`: it as one of `Faces`, its clean picture, its person."""
    rng = np.random.default_rng([config.seed, index])
    face, person = render(rng)
    return assemble(rng, face, outside), face, person


def generate(config: DataConfig, out: Path, workers: int | None = None) -> Iterator[tuple[int, int]]:
    """Write the missing shards of the run; yields (shards done, shards in all) after each.

    Raises UserError if `out` holds another run.
    """
    out.mkdir(parents=True, exist_ok=True)
    _write_manifest(config, out)
    total = -(-config.faces // config.shard)
    missing = [k for k in range(total) if not _is_whole(config, out, k)]
    yield total - len(missing), total
    if not missing:
        return
    if config.outside:
        OutsideTeacher(Path(config.outside))  # raises if the file is wrong, before workers fail
    count = min(len(missing), workers or os.cpu_count() or 1)
    done = total - len(missing)
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(count, context, _start_worker, (config, out)) as pool:
            for future in as_completed([pool.submit(_write_shard, k) for k in missing]):
                future.result()
                done += 1
                yield done, total
    except BrokenProcessPool as error:
        make_renderer(config)  # raises if wrong files are the reason why no worker could start
        raise UserError("A worker ended before its shard was whole: start again, with fewer --workers.") from error


def _numbers(config: DataConfig, shard: int) -> range:
    """The faces of a shard; the last one may be shorter."""
    return range(shard * config.shard, min((shard + 1) * config.shard, config.faces))


def _is_whole(config: DataConfig, out: Path, shard: int) -> bool:
    """Whether a shard is there and long enough: the last one of a run that is extended to more faces is not."""
    path = shard_path(out, shard)
    return path.exists() and Faces.count(path) >= len(_numbers(config, shard))


def shard_path(out: Path, number: int) -> Path:
    return out / f"shard-{number:05d}.npz"


def _write_manifest(config: DataConfig, out: Path) -> None:
    path = out / "manifest.json"
    content = {"version": VERSION, **asdict(config)}
    stored = read_json(path) if path.exists() else content
    usual = asdict(DataConfig())  # what a manifest does not name had its usual value
    if {**usual, **stored, "faces": 0} != {**content, "faces": 0}:  # a run may be continued to more faces
        raise UserError(f"{out} holds the shards of another configuration: choose another folder or remove it.")
    del content["faces"]
    path.write_text(json.dumps(content, indent=1) + "\n")


_PEOPLE = 1_000_000  # people of different renderers get different numbers, so that runs can be mixed
_worker: tuple[DataConfig, Path, Render, OutsideTeacher | None] | None = None


def _start_worker(config: DataConfig, out: Path) -> None:
    global _worker
    cv2.setNumThreads(1)
    teacher = OutsideTeacher(Path(config.outside)) if config.outside else None
    _worker = (config, out, make_renderer(config), teacher)


def _write_shard(number: int) -> int:
    assert _worker is not None
    config, out, render, teacher = _worker
    drawn = [draw_face(config, render, teacher, i) for i in _numbers(config, number)]
    faces = Faces.concatenate([d[0] for d in drawn])
    renderer = RENDERERS[config.renderer].number
    faces.person[:] = np.array([d[2] for d in drawn]) + _PEOPLE * renderer
    faces.renderer[:] = renderer
    faces.save(shard_path(out, number))
    return number
