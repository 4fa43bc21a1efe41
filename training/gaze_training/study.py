"""The study of distillation: every scheme on the same data and seeds, run by run, resumable."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaze_demo.errors import UserError
from gaze_training.config import RunConfig, same_run
from gaze_training.study_config import PlannedRun, StudyConfig, network_file, plan

if TYPE_CHECKING:
    from gaze_training.dataset import Dataset
    from gaze_training.evaluate.lens_faces import LensFaces
    from gaze_training.networks.output import GazeNetwork


@dataclass(frozen=True)
class RunResult:
    """One run. Errors in degrees on people held out; NaN if it diverged. `errors`, `losses`: one for each epoch.
    `parameters`, `macs`: of its network, for one eye. `real_deg`: zero test on real people held out, by group."""

    key: str
    network: str
    scheme: str
    seed: int
    error_deg: float
    pitch_gain: float
    yaw_gain: float
    diverged: bool
    seconds: float
    parameters: int
    macs: int
    losses: tuple[float, ...]
    errors: tuple[float, ...]
    real_deg: dict[str, float]


def run_study(study: StudyConfig, out: Path, real: Path | None, workers: int = 1) -> Iterator[tuple[int, int]]:
    """Do all runs that have no result yet; yields (runs done, runs in all). `real`: a folder of portraits for the zero
    test of each network.

    Raises UserError if a run's folder holds another configuration, and what the runs themselves raise.
    """
    runs = plan(study, out)
    results = {run.key for run in runs if result_file(out, run.key).exists()}
    for run in runs:
        _check_same(run, out)
    if real:
        _portraits(out, real)  # found and cached once, before several processes need them
    yield len(results), len(runs)
    waiting = [run for run in runs if run.key not in results]
    for key in _done_by(workers, waiting, results, out, real):
        results.add(key)
        yield len(results), len(runs)


def _done_by(workers: int, waiting: list[PlannedRun], results: set[str], out: Path, real: Path | None) -> Iterator[str]:
    """Do the runs, each after its teachers; yields their keys as they are done. `results` grows in the meantime."""
    if workers == 1:
        for run in waiting:  # the plan is already in a valid order
            do_run(run, out, real)
            yield run.key
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        going: dict[Future[None], str] = {}
        while waiting or going:
            ready = [run for run in waiting if results.issuperset(run.teachers)]
            for run in ready[: workers - len(going)]:
                going[pool.submit(do_run, run, out, real)] = run.key
                waiting.remove(run)
            finished, _ = wait(going, return_when=FIRST_COMPLETED)
            for future in finished:
                future.result()
                yield going.pop(future)


def do_run(run: PlannedRun, out: Path, real: Path | None) -> None:
    """Train one network, measure it, write its result."""
    from gaze_training.device import make_fabric
    from gaze_training.networks.cost import cost_of
    from gaze_training.networks.store import load_networks
    from gaze_training.trainer import Trainer

    data = _dataset(run.config.data.model_dump_json())
    folder = network_file(out, run.key).parent
    teacher = load_networks(run.config.scheme.teachers)
    trainer = Trainer(run.config, teacher.network if teacher else None, make_fabric("cpu", run.config.train.precision))
    trained = trainer.fit(data.train, data.validation, folder, show=False)
    cost, last = cost_of(trained.network), trained.epochs[-1].quality
    nan = float("nan")
    result = RunResult(
        key=run.key,
        network=run.network,
        scheme=run.scheme,
        seed=run.seed,
        error_deg=nan if trained.diverged or last is None else last.error_deg,
        pitch_gain=nan if trained.diverged or last is None else last.pitch_gain,
        yaw_gain=nan if trained.diverged or last is None else last.yaw_gain,
        diverged=trained.diverged,
        seconds=sum(epoch.seconds for epoch in trained.epochs),
        parameters=cost.parameters,
        macs=cost.macs,
        losses=tuple(epoch.loss for epoch in trained.epochs),
        errors=tuple(epoch.quality.error_deg for epoch in trained.epochs if epoch.quality),
        real_deg=_real(trained.network, out, real) if real and not trained.diverged else {},
    )
    (folder / "last.pt").unlink(missing_ok=True)  # the run is over, so its optimiser's state is not needed any more
    _write(result_file(out, run.key), {"run": _placeless(run).model_dump(mode="json"), "result": asdict(result)})


def measure_again(out: Path, real: Path) -> int:
    """Measure the networks of all finished runs on the portraits in `real` again; returns their number. This is for
    studies that began before a change in how faces are found and measured. Raises UserError if there is no result.
    """
    from gaze_training.networks.store import load_network

    results = load_results(out)
    for result in results:
        file = result_file(out, result.key)
        whole = _read(file)
        if not result.diverged:
            whole["result"]["real_deg"] = _real(load_network(network_file(out, result.key)).network, out, real)
        _write(file, whole)
    return len(results)


def load_results(out: Path) -> list[RunResult]:
    """The results that a study's folder holds so far. Raises UserError if there is none, or one is damaged."""
    files = sorted(out.glob("runs/*/result.json"))
    if not files:
        raise UserError(f"No results of a study in {out}; make them with `gaze-train study`.")
    results = []
    for file in files:
        try:
            values = _read(file)["result"]
            lists = {name: tuple(values[name]) for name in ("losses", "errors")}
            results.append(RunResult(**{**values, **lists}))
        except (KeyError, TypeError) as error:
            raise UserError(f"{file} is damaged; remove it and run the study again.") from error
    return results


def result_file(out: Path, key: str) -> Path:
    return out / "runs" / key / "result.json"


def _read(file: Path) -> dict[str, Any]:
    """Raises UserError if the file is not a JSON object."""
    try:
        whole = json.loads(file.read_text())
    except (ValueError, RecursionError) as error:
        raise UserError(f"{file} is damaged; remove it and run the study again.") from error
    if not isinstance(whole, dict):
        raise UserError(f"{file} is damaged; remove it and run the study again.")
    return whole


def _write(file: Path, whole: dict[str, Any]) -> None:
    """Write all of it or nothing, so that a stopped study keeps its results."""
    part = file.with_name(file.name + ".part")
    part.write_text(json.dumps(whole) + "\n")
    part.replace(file)


def _check_same(run: PlannedRun, out: Path) -> None:
    file = result_file(out, run.key)
    if file.exists() and not same_run(_read(file).get("run"), _placeless(run)):
        raise UserError(f"{file.parent} holds a run of another configuration; choose another --out or remove it.")


def _placeless(run: PlannedRun) -> RunConfig:
    """What identifies a run: its configuration with its teachers' names instead of their paths."""
    teachers = tuple(Path(key) for key in run.teachers)
    return run.config.model_copy(update={"scheme": run.config.scheme.model_copy(update={"teachers": teachers})})


@lru_cache(maxsize=2)
def _dataset(config_json: str) -> Dataset:
    """Kept between the runs of one process: most of them share it."""
    from gaze_training.config import FacesConfig
    from gaze_training.dataset import load_dataset

    return load_dataset(FacesConfig.model_validate_json(config_json))


def _real(network: GazeNetwork, out: Path, folder: Path) -> dict[str, float]:
    """Mean error of the zero test in degrees, by group of people."""
    from gaze_training.evaluate.zero import heldout_mask, zero_test
    from gaze_training.metrics import predictor

    faces = _portraits(out, folder)
    rows = zero_test(faces.where(heldout_mask(faces) & faces.open), predictor(network)).groups
    return {**{row.group: row.error for row in rows}, "all": rows[-1].error}  # there is only one group


@lru_cache(maxsize=1)
def _portraits(out: Path, folder: Path) -> LensFaces:
    from gaze_training.evaluate.lens_faces import load_lens_faces

    return load_lens_faces(folder, out / "cache")
