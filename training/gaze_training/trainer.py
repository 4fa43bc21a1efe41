"""The one trainer: any network, any scheme, the same data and seeds."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor

from gaze_demo import clock
from gaze_demo.errors import UserError
from gaze_training.augment import Augment
from gaze_training.average import WeightAverage
from gaze_training.config import RunConfig, same_run
from gaze_training.device import make_fabric, set_threads
from gaze_training.eyes import Eyes
from gaze_training.history import Epoch, Trained, from_json, summary, to_json
from gaze_training.lesson import Lesson, parameter_groups
from gaze_training.losses import Supervision
from gaze_training.metrics import measure, predict
from gaze_training.networks.batch_norm import share_batch_norm
from gaze_training.networks.confidence import Confidence
from gaze_training.networks.output import GazeNetwork, GazeOutput
from gaze_training.networks.spec import build_network, grown_from
from gaze_training.networks.store import FORMAT, load_network, read_safely, save_network, write_whole
from gaze_training.runlog import RunLog
from gaze_training.schemes.registry import build_scheme
from gaze_training.source import EyeSource, InMemory

_TEACHER_ERRORS = 4096  # this many eyes are enough to know the size of a teacher's errors


class Trainer:
    """Trains one run; everything random in it comes from the run's seed and the epoch's number.

    Attributes:
        student: the network in training.
        average: its averaged weights, which are the result.
    """

    def __init__(self, run: RunConfig, teacher: GazeNetwork | None = None, fabric: Fabric | None = None) -> None:
        """Raises UserError if the scheme and its options do not fit, or the network to start from."""
        set_threads()
        self._run = run
        self._fabric = fabric or make_fabric("cpu", run.train.precision)
        torch.manual_seed(run.seed)
        self.student = _student(run)
        if run.train.learns == "confidence":
            for name, weight in self.student.named_parameters():
                weight.requires_grad = ".confidence." in name
        scheme = build_scheme(run.scheme, self.student, teacher)
        lesson = Lesson(self.student, scheme, Supervision(run.labels))
        if self._fabric.world_size > 1:
            share_batch_norm(lesson)
        lesson.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's annotations
        lesson.to(self._fabric.device)
        self._teacher = teacher.to(self._fabric.device).eval() if teacher and scheme.needs_teacher else None
        self._scheme = scheme
        groups = parameter_groups(lesson, run.train.weight_decay)
        # a fused step scales the gradients itself, which is incompatible with Fabric's clipping with a scaler
        fused = self._fabric.device.type == "cpu" and run.train.precision != "16-mixed"
        optimiser = torch.optim.AdamW(groups, lr=run.train.rate, fused=fused)
        self._lesson, self._optimiser = self._fabric.setup(lesson, optimiser)
        self.average = WeightAverage(self.student, run.train)

    def fit(
        self, train: Eyes | EyeSource, validation: Eyes | None = None, folder: Path | None = None, show: bool = True
    ) -> Trained:
        """Train, or continue a stopped run of the same configuration in `folder`; both give the same weights.

        Writes `network.pt`, `history.jsonl`, TensorBoard events and `last.pt` (to continue from) to `folder`. Raises
        UserError if the folder holds another run, or if there are too few eyes.
        """
        run, batch = self._run, self._run.train.batch
        if isinstance(train, Eyes):
            train = InMemory(train)
        world = self._fabric.world_size
        if batch % world or (world > 1 and train.count < batch):
            raise UserError(
                f"train.batch: {world} processes share batches of {batch} eyes; make it a multiple of {world}."
            )
        if train.count < 2:
            raise UserError("There are no eyes to train on; check whether all of them are marked as not valid.")
        if isinstance(train, InMemory):
            train = InMemory(self._ready(train.eyes))
        if validation is not None and len(validation) and not validation.gaze.isfinite().all(1).any():
            raise UserError(
                "data.validation: no face in it has a known gaze to measure errors on; name another folder."
            )
        validation = validation.to(self._fabric.device) if validation is not None and len(validation) else None
        self._prepare(train)
        done = self._resume(folder) if folder else []
        steps = max(1, train.count // batch)
        with RunLog(folder if self._fabric.is_global_zero else None, run, show and self._fabric.is_global_zero) as log:
            log.start(steps, done)
            for number in range(len(done), run.train.epochs):
                started = clock.now_s()
                loss = self._epoch(train, number, steps, log)
                known = validation is not None and math.isfinite(loss)
                quality = measure(self.result, validation) if validation is not None and known else None
                done.append(Epoch(number, loss, clock.now_s() - started, quality))
                log.epoch(done[-1])
                if not math.isfinite(loss):
                    break
                if folder and self._fabric.is_global_zero:
                    self._checkpoint(folder, done)
        diverged = not math.isfinite(done[-1].loss)
        trained = Trained(self.result.eval(), tuple(done), diverged)
        if folder and self._fabric.is_global_zero:
            save_network(folder / "network.pt", trained.network, run.network, summary(run, trained, train.count))
        return trained

    @property
    def result(self) -> GazeNetwork:
        """The averaged network."""
        network = self.average.model.module
        assert isinstance(network, GazeNetwork)
        return network

    def _ready(self, eyes: Eyes) -> Eyes:
        """The eyes on the device, with the teacher's gaze on the undisturbed crops if the scheme needs only that."""
        eyes = eyes.to(self._fabric.device)
        known = bool(eyes.taught.isfinite().all())
        if self._teacher is None or self._run.scheme.outputs == "live" or known:
            return eyes
        return replace(eyes, taught=predict(self._teacher, eyes)).without_unreadable_gaze()

    @torch.no_grad()
    def _teach(self, eyes: Eyes, progress: float) -> GazeOutput | None:
        if self._teacher is None:
            return None
        with self._teacher_autocast():
            if self._run.scheme.outputs == "live":
                taught = self._teacher(eyes.crops, eyes.head)
                return replace(taught, gaze=taught.gaze.masked_fill(~eyes.readable[:, None], math.nan))
            maps = self._teacher.maps(eyes.crops, eyes.head) if self._scheme.wants_maps(progress) else ()
        return GazeOutput(eyes.taught, eyes.taught, features=maps)

    def _teacher_autocast(self) -> AbstractContextManager[object]:
        if self._run.scheme.teacher_precision == "bf16":
            return torch.autocast(self._fabric.device.type, torch.bfloat16)
        return self._fabric.autocast()

    def _prepare(self, source: EyeSource) -> None:
        """Check that the scheme has what it needs, and pass it the teacher's errors."""
        scheme = self._scheme
        if scheme.needs_outside and not next(source.chunks(0)).outside.isfinite().any():
            raise UserError(
                "This scheme needs an outside teacher's labels: make the faces with `gaze-train data --outside ONNX`."
            )
        if scheme.needs_unlabelled and bool(next(source.chunks(0)).gaze.isfinite().all()):
            raise UserError("This scheme learns from faces without labels too: name a folder of them (--unlabelled).")
        if self._teacher is None or not self._scheme.needs_teacher_errors:
            return
        train = next(source.chunks(0)).to(self._fabric.device)
        known = train.select(train.gaze.isfinite().all(1))
        some = known.select(_permutation(len(known), self._run.seed, 0)[:_TEACHER_ERRORS].to(known.gaze.device))
        if not len(some):
            raise UserError("This scheme needs eyes with exact labels, to know the teacher's errors.")
        self._scheme.prepare(predict(self._teacher, some) - some.gaze, train)

    def _epoch(self, source: EyeSource, number: int, steps: int, log: RunLog) -> float:
        """One pass; the mean loss, not finite if the loss of any step is not finite."""
        run, fabric = self._run, self._fabric
        torch.manual_seed(_seed(run.seed, number, 1))
        augment = Augment(run.augment, torch.Generator(fabric.device).manual_seed(_seed(run.seed, number, 2)))
        self._lesson.train()
        if run.train.learns == "confidence":  # if the gaze must not change, its batch norms must not change either
            self._lesson.eval()
            for module in self._lesson.modules():
                if isinstance(module, Confidence):
                    module.train()
        total, step = 0.0, 0
        for batch in self._batches(source, number):
            progress = (number + min(step / steps, 1.0)) / run.train.epochs
            self._set_rate(progress)
            # every process disturbs the whole batch in the same way, then takes its own part
            eyes = augment(batch).select(slice(fabric.global_rank, None, fabric.world_size))
            taught = self._teach(eyes, progress)
            loss = self._lesson(vars(eyes), vars(taught) if taught else None, progress)
            self._optimiser.zero_grad()
            fabric.backward(loss)
            fabric.clip_gradients(self._lesson, self._optimiser, max_norm=run.train.clip, error_if_nonfinite=False)
            self._optimiser.step()
            self.average.update(self.student, progress)
            total += float(fabric.all_reduce(loss.detach(), reduce_op="mean"))  # type: ignore[arg-type]
            if not math.isfinite(total):
                return math.nan
            log.step()
            step += 1
        if not step:
            raise UserError(
                "There are no eyes to train on in data.stream; check whether all of them are marked as not valid."
            )
        return total / step

    def _batches(self, source: EyeSource, number: int) -> Iterator[Eyes]:
        """Whole batches of each chunk, shuffled; an incomplete last batch is left out, unless it is the only one."""
        size = self._run.train.batch
        for place, chunk in enumerate(source.chunks(number)):
            if len(chunk) < (size if place else 1):
                continue
            eyes = self._ready(chunk)
            order = _permutation(len(eyes), self._run.seed, number, 3, place).to(self._fabric.device)
            for start in range(0, max(1, len(eyes) - size + 1), size):
                yield eyes.select(order[start : start + size])

    def _set_rate(self, progress: float) -> None:
        """Linear warm-up, then half a cosine down to `final_rate` of the full rate."""
        train = self._run.train
        warmup = train.warmup_epochs / train.epochs
        if progress < warmup:
            factor = (progress + 1e-3) / (warmup + 1e-3)
        else:
            cosine = 0.5 * (1 + math.cos(math.pi * (progress - warmup) / (1 - warmup)))
            factor = train.final_rate + (1 - train.final_rate) * cosine
        for group in self._optimiser.param_groups:
            group["lr"] = train.rate * factor

    def _checkpoint(self, folder: Path, done: list[Epoch]) -> None:
        content = {
            "format": FORMAT,
            "run": self._run.model_dump_json(),
            "epochs": to_json(done),
            "lesson": self._lesson.state_dict(),
            "average": self.average.model.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "precision": self._fabric.strategy.precision.state_dict(),
        }
        write_whole(folder / "last.pt", content)

    def _resume(self, folder: Path) -> list[Epoch]:
        """Restore the state of a run in this folder; returns its finished epochs."""
        path = folder / "last.pt"
        if not path.exists():
            return []
        content = read_safely(path)
        try:
            if not same_run(json.loads(content["run"]), self._run):
                raise UserError(f"{folder} holds a run of another configuration; choose another folder or remove it.")
            self._lesson.load_state_dict(content["lesson"])
            self.average.model.load_state_dict(content["average"])
            self._optimiser.load_state_dict(content["optimiser"])
            self._fabric.strategy.precision.load_state_dict(content.get("precision", {}))
            return from_json(content["epochs"])
        except torch.cuda.OutOfMemoryError:  # a RuntimeError, but no fault of the file
            raise
        except (KeyError, TypeError, ValueError, AttributeError, RuntimeError, RecursionError) as error:
            raise UserError(f"{path} is damaged: remove it to begin the run again.") from error


def _student(run: RunConfig) -> GazeNetwork:
    """With random weights, or with those of the network to start from, which may be smaller."""
    student = build_network(run.network)
    if run.train.start is None:
        return student
    stored = load_network(run.train.start)
    if not stored.spec.grows_into(run.network):
        raise UserError(
            f"{run.train.start} is another kind of network than the run's: train.start needs the same, or one that "
            "has fewer refinements or smaller kernels."
        )
    return grown_from(stored.network, student)


def _seed(*parts: int) -> int:
    return int(np.random.SeedSequence(parts).generate_state(1)[0])


def _permutation(count: int, *seed: int) -> Tensor:
    return torch.randperm(count, generator=torch.Generator().manual_seed(_seed(*seed)))
