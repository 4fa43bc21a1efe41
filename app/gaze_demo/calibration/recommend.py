"""Which model is the best for this person, by how much, and should a new calibration replace the old one?"""

from __future__ import annotations

from dataclasses import dataclass

from gaze_demo.calibration.intervals import difference_interval
from gaze_demo.calibration.report import ModelReport, Report

# If the error of a new calibration is larger by more than this factor, the person is asked; smaller differences may be
# chance.
_CLEARLY_WORSE = 1.1


@dataclass(frozen=True)
class Recommendation:
    """`model`: the one to use, empty if none gave a gaze. `level`: those that are not clearly worse than the most
    accurate one, itself included. `sentence`: for people."""

    model: str
    level: tuple[str, ...]
    sentence: str


def recommend(models: dict[str, ModelReport]) -> Recommendation:
    """The most accurate model; among those that are as good, the one with the lowest latency."""
    known = {name: model.accuracy_deg for name, model in models.items() if model.accuracy_deg is not None}
    if not known:
        return Recommendation("", (), "No model gave a gaze.")
    order = sorted(known, key=lambda name: known[name])
    best = order[0]
    level = [best]
    gaps: dict[str, tuple[float, float] | None] = {}
    for name in order[1:]:
        gaps[name] = difference_interval(_by_target(models[best]), _by_target(models[name]))
        if _is_level(gaps[name]):
            level.append(name)
    chosen = min(level, key=lambda name: (models[name].latency_ms or 0.0, name))
    if len(order) == 1:
        sentence = f"{best}: {known[best]:.1f}° off."
    elif len(level) == 1:
        second = order[1]
        gap, sure = known[second] - known[best], gaps[second]
        span = f" (95 % interval {sure[0]:.1f} to {sure[1]:.1f}°)" if sure else ""
        sentence = f"{best} is the best for you: {known[best]:.1f}° off, {gap:.1f}° less than {second}{span}."
    elif len(level) == len(order):
        sentence = (
            f"All models are equally accurate for you, from {known[best]:.1f} to {known[level[-1]]:.1f}° off. Use "
            f"{chosen}, the "
            "fastest of them; more validation points would show which is best."
        )
    else:
        others = ", ".join(name for name in level if name != chosen)
        sentence = (
            f"Use {chosen}: {known[chosen]:.1f}° off. It is the fastest of the models that "
            f"{len(_by_target(models[best]))} points cannot distinguish from the best for you; the others: {others}."
        )
    return Recommendation(chosen, tuple(level), sentence)


@dataclass(frozen=True)
class Replacement:
    """`keep_old`: the old calibration is clearly better; ask with `question`."""

    keep_old: bool
    question: str = ""


def replacement(new: Report, old: Report) -> Replacement:
    """Whether a new calibration is at least as good as the one before, by the models that both have."""
    both = [name for name in new.models if name in old.models]
    pairs = [
        (new.models[name].accuracy_deg, old.models[name].accuracy_deg)
        for name in both
        if new.models[name].accuracy_deg is not None or old.models[name].accuracy_deg is not None
    ]
    new_best = min((own for own, _ in pairs if own is not None), default=None)
    old_best = min((own for _, own in pairs if own is not None), default=None)
    if old_best is None:
        return Replacement(False)
    if new_best is None:
        return Replacement(True, "The new calibration gave no gaze. Keep the previous one?")
    if new_best <= _CLEARLY_WORSE * old_best:
        return Replacement(False)
    return Replacement(
        True,
        f"The new calibration is less accurate than the previous one: {new_best:.1f}° instead of {old_best:.1f}°. "
        "Keep the previous one?",
    )


def _by_target(model: ModelReport) -> dict[int, float]:
    return {point.target: point.accuracy_deg for point in model.points if point.accuracy_deg is not None}


def _is_level(gap: tuple[float, float] | None) -> bool:
    return gap is None or gap[0] <= 0.0
