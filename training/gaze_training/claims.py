"""The thesis's claims, each with what the study found of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from gaze_training.statistics import (
    UNSTABLE_SPREAD,
    Difference,
    Group,
    difference,
    find,
    groups_of,
    unstable,
    wider_spread,
)
from gaze_training.study import RunResult

BASELINE, IMITATION, NOISE, HINTS, STAGED = "baseline", "imitation", "noise-control", "hints", "staged-hints"
MOBILENET50, MOBILENET25 = "mobilenet50", "mobilenet25"
MARGIN = 0.02
"""Share of the plain network's error by which another may be worse and still count as its equal."""

CHANCE = 0.05
"""A spread that chance makes less often than this is shown."""


class Verdict(str, Enum):
    HOLDS = "holds"
    PARTLY = "holds in part"
    NOT_SHOWN = "not shown"
    CONTRARY = "the contrary holds"


@dataclass(frozen=True)
class Claim:
    """`evidence`: sentences with figures, one for each network that was tested."""

    title: str
    verdict: Verdict
    evidence: tuple[str, ...]


def claims_of(results: Sequence[RunResult]) -> list[Claim]:
    """The five claims, without those that the study's runs say nothing of."""
    groups = groups_of(results)
    found = (_more_than_noise(results), _unstable_family(groups), _equals_twice_the_width(results))
    return [claim for claim in (*found, _thin_is_hard(results), _staged_hints(results)) if claim]


def _more_than_noise(results: Sequence[RunResult]) -> Claim | None:
    title = "Distillation adds more than noise"
    gaps = [difference(find(results, n, NOISE), find(results, n, IMITATION)) for n in _networks(results, NOISE)]
    plain = [difference(find(results, n, BASELINE), find(results, n, NOISE)) for n in _networks(results, NOISE)]
    evidence = [
        f"Imitation against labels with errors of the teacher's size that know nothing of the picture: {describe(gap)}."
        for gap in gaps
        if gap
    ]
    evidence += [f"Those labels against exact ones: {describe(gap)}." for gap in plain if gap]
    return _judged(title, [gap for gap in gaps if gap], evidence)


def _unstable_family(groups: Sequence[Group]) -> Claim | None:
    plain = [group for group in groups if group.scheme == BASELINE and group.network.startswith("mobilenet")]
    if not plain:
        return None
    shaky = [group for group in plain if unstable(group)]
    evidence = tuple(
        f"{g.network}: {g.mean:.2f} ± {g.sd:.2f} deg over {g.seeds} seeds ({100 * g.sd / g.mean:.1f} %), worst "
        f"{g.worst:.2f}, {g.failed} of {g.seeds} runs failed."
        for g in plain
    )
    verdict = Verdict.HOLDS if len(shaky) == len(plain) else Verdict.PARTLY if shaky else Verdict.NOT_SHOWN
    rule = f"Unstable: a run fails, or the seeds spread by more than {100 * UNSTABLE_SPREAD:.0f} % of their mean."
    return Claim("The MobileNet family trains unstably", verdict, (*evidence, rule))


def _equals_twice_the_width(results: Sequence[RunResult]) -> Claim | None:
    plain = find(results, MOBILENET50, BASELINE)
    schemes = [s for s in _schemes(results, MOBILENET25) if s != NOISE and not s.startswith(BASELINE)]
    gaps = {s: difference(plain, find(results, MOBILENET25, s)) for s in schemes} if plain else {}
    known = {scheme: gap for scheme, gap in gaps.items() if gap}
    if not known:
        return None
    allowed = MARGIN * groups_of(plain)[0].mean
    equal = [scheme for scheme, gap in known.items() if gap.low > -allowed]
    verdict = Verdict.HOLDS if IMITATION in equal else Verdict.PARTLY if equal else Verdict.NOT_SHOWN
    if all(gap.high < -allowed for gap in known.values()):
        verdict = Verdict.CONTRARY
    rule = (
        f"Equal: the whole interval lies above -{allowed:.2f} deg, {100 * MARGIN:.0f} % of the plain network's error."
    )
    evidence = tuple(f"{describe(gap)}." for gap in known.values())
    return Claim("The distilled MobileNet25 at least equals the plain MobileNet50", verdict, (*evidence, rule))


def _thin_is_hard(results: Sequence[RunResult]) -> Claim | None:
    thin = [n for n in _networks(results, BASELINE) if n in _thinner(results)]
    gaps = [difference(find(results, n, BASELINE), find(results, MOBILENET25, BASELINE)) for n in thin]
    losses = {g.network: g.train_loss for g in groups_of(results) if g.scheme == BASELINE}
    evidence = [
        f"{describe(gap)}; its training loss is {losses[n] / losses[MOBILENET25]:.2f} times as high."
        for n, gap in zip(thin, gaps, strict=True)
        if gap
    ]
    return _judged("Extremely thin networks are hard to train", [gap for gap in gaps if gap], evidence)


def _staged_hints(results: Sequence[RunResult]) -> Claim | None:
    thin = [n for n in _networks(results, STAGED) if n in _thinner(results)]
    spreads = {(g.network, g.scheme): g for g in groups_of(results)}
    gaps, evidence, calmer = [], [], []
    for network in thin:
        gap = difference(find(results, network, BASELINE), find(results, network, STAGED))
        if not gap:
            continue
        gaps.append(gap)
        plain, staged = spreads[network, BASELINE], spreads[network, STAGED]
        chance = wider_spread(plain, staged)
        calmer.append(staged.failed < plain.failed or (staged.failed == plain.failed and chance < CHANCE))
        others = [difference(find(results, network, s), find(results, network, STAGED)) for s in (IMITATION, HINTS)]
        evidence += [f"{describe(other)}." for other in (gap, *others) if other]
        evidence.append(
            f"{network}: spread over seeds {staged.sd:.2f} deg, {plain.sd:.2f} without (F test, one-sided: p = "
            f"{chance:.3f}); {staged.failed} runs failed, {plain.failed} without."
        )
    claim = _judged("Staged hints give thin networks stability and accuracy", gaps, evidence)
    if claim and claim.verdict is Verdict.HOLDS and not all(calmer):
        return Claim(claim.title, Verdict.PARTLY, (*claim.evidence, "More accurate, not in each case shown calmer."))
    return claim


def describe(gap: Difference) -> str:
    """Who is better by how much, with the interval."""
    better, worse = (gap.second, gap.first) if gap.mean >= 0 else (gap.first, gap.second)
    low, high = sorted((gap.low, gap.high) if gap.mean >= 0 else (-gap.low, -gap.high))
    sure = "" if gap.low > 0 or gap.high < 0 else f", which {gap.seeds} seeds do not tell from chance"
    return f"{better} is better than {worse} by {abs(gap.mean):.2f} deg [{low:.2f}, {high:.2f}]{sure}"


def _judged(title: str, gaps: Sequence[Difference], evidence: Iterable[str]) -> Claim | None:
    """Holds where the second is better in each difference, shown beyond chance."""
    if not gaps:
        return None
    better, worse = sum(gap.low > 0 for gap in gaps), sum(gap.high < 0 for gap in gaps)
    verdict = Verdict.HOLDS if better == len(gaps) else Verdict.PARTLY if better else Verdict.NOT_SHOWN
    if worse == len(gaps):
        verdict = Verdict.CONTRARY
    return Claim(title, verdict, tuple(evidence))


def _networks(results: Sequence[RunResult], scheme: str) -> list[str]:
    return list(dict.fromkeys(g.network for g in groups_of(results) if g.scheme == scheme and g.network != "teacher"))


def _schemes(results: Sequence[RunResult], network: str) -> list[str]:
    return list(dict.fromkeys(r.scheme for r in results if r.network == network))


def _thinner(results: Sequence[RunResult]) -> set[str]:
    """Networks with fewer MACs than MobileNet25, and the thin and deep one."""
    macs = {r.network: r.macs for r in results}
    limit = macs.get(MOBILENET25, 0)
    return {n for n, count in macs.items() if count < limit and n != "teacher"}
