"""Where a run's eyes come from: memory, or a stream of shards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from gaze_training.eyes import Eyes


class EyeSource(Protocol):
    """Gives the eyes of an epoch in chunks that fit into memory, the same ones for the same epoch on every process."""

    @property
    def count(self) -> int:
        """The number of eyes of one epoch; approximate for a stream."""

    def chunks(self, epoch: int) -> Iterator[Eyes]:
        """All eyes of an epoch."""


@dataclass(frozen=True, eq=False)
class InMemory:
    """All eyes as one chunk."""

    eyes: Eyes

    @property
    def count(self) -> int:
        return len(self.eyes)

    def chunks(self, _: int) -> Iterator[Eyes]:
        yield self.eyes
