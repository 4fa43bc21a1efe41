"""The available filters: each is a file of this package that creates one FilterKind; no list names it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from gaze_demo import filter as package
from gaze_demo.geometry import Array


class GazeSmoother(Protocol):
    """Smooths the gaze of one eye, or of both together."""

    @property
    def lag_s(self) -> float:
        """The lag of the last smoothed gaze behind an eye that moves steadily."""

    def apply(self, gaze: Array | None, time_s: float) -> Array | None:
        """The smoothed gaze, a unit vector (3,), for one measured at `time_s`; None if there is none."""


@dataclass(frozen=True)
class Parameter:
    """A setting of a filter: a number from `low` to `high`; `logarithmic` if ratios matter."""

    name: str
    title: str
    unit: str
    low: float
    high: float
    default: float
    help: str
    logarithmic: bool = False


@dataclass(frozen=True)
class FilterKind:
    """One filter: `make` takes its parameters by name."""

    name: str
    title: str
    help: str
    make: Callable[..., GazeSmoother]
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True)
class FilterChoice:
    """A filter by name, with its parameters; those that are missing or out of range take their defaults."""

    name: str = "none"
    values: Mapping[str, float] = field(default_factory=dict)

    @property
    def kind(self) -> FilterKind:
        return filter_kinds().get(self.name, filter_kinds()["none"])

    def value(self, parameter: Parameter) -> float:
        value = self.values.get(parameter.name, parameter.default)
        return value if parameter.low <= value <= parameter.high else parameter.default

    def with_value(self, name: str, value: float) -> FilterChoice:
        return FilterChoice(self.name, {**self.values, name: value})

    def make(self) -> GazeSmoother:
        return self.kind.make(**{each.name: self.value(each) for each in self.kind.parameters})


@cache
def filter_kinds() -> dict[str, FilterKind]:
    """All filters by name, sorted by title, "none" first."""
    modules = (
        importlib.import_module(f"{package.__name__}.{info.name}") for info in pkgutil.iter_modules(package.__path__)
    )
    kinds = [value for module in modules for value in vars(module).values() if isinstance(value, FilterKind)]
    return {kind.name: kind for kind in sorted(kinds, key=lambda kind: (kind.name != "none", kind.title))}
