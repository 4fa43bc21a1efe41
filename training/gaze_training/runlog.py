"""The progress of a run while it runs: a progress bar, TensorBoard events, a line of JSON for each epoch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from torch.utils.tensorboard import SummaryWriter

from gaze_demo.log import logger
from gaze_training.config import RunConfig
from gaze_training.history import Epoch


class RunLog:
    """A context; without a folder nothing is written, without `show` nothing is shown."""

    def __init__(self, folder: Path | None, run: RunConfig, show: bool) -> None:
        self._folder, self._run = folder, run
        self._writer: SummaryWriter | None = None
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, TextColumn("left"), TimeRemainingColumn(), disable=not show)
        self._task = self._progress.add_task(run.name, total=None)

    def __enter__(self) -> RunLog:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()
        if self._writer:
            self._writer.close()

    def start(self, steps: int, done: Sequence[Epoch]) -> None:
        """`steps` an epoch; the history begins with the epochs that are done already."""
        total = steps * self._run.train.epochs
        self._progress.update(self._task, total=total, completed=steps * len(done))
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._writer = SummaryWriter(str(self._folder), purge_step=len(done))
            (self._folder / "history.jsonl").write_text("".join(_line(epoch) for epoch in done))

    def step(self) -> None:
        self._progress.advance(self._task)

    def epoch(self, epoch: Epoch) -> None:
        quality = epoch.quality
        error = f" {quality.error_deg:.2f} deg" if quality else ""
        logger.info("%s, epoch %d: loss %.4f%s", self._run.name, epoch.number, epoch.loss, error)
        self._progress.update(self._task, description=f"{self._run.name} loss {epoch.loss:.4f}{error}")
        if not (self._folder and self._writer):
            return
        with (self._folder / "history.jsonl").open("a") as file:
            file.write(_line(epoch))
        self._writer.add_scalar("loss", epoch.loss, epoch.number)
        for name, value in asdict(quality).items() if quality else ():
            self._writer.add_scalar(f"validation/{name}", value, epoch.number)


def _line(epoch: Epoch) -> str:
    values = asdict(epoch)
    if epoch.loss != epoch.loss:
        values["loss"] = None  # JSON knows no NaN
    return json.dumps(values) + "\n"
