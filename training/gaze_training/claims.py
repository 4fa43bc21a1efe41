"""The claims that a study tests, and what its runs say of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from gaze_training.statistics import (
    UNSTABLE_SPREAD,
    Difference,
    difference,
    find,
    groups_of,
    unstable,
    wider_spread,
)
from gaze_training.study import RunResult
from gaze_training.study_config import ClaimConfig

MARGIN = 0.02  # share of the plain network's error by which another may be worse and still count as its equal
CHANCE = 0.05  # a smaller spread is shown if chance makes one less often than this


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


def claims_of(results: Sequence[RunResult], claims: Iterable[ClaimConfig]) -> list[Claim]:
    """What the runs show for each claim, without the claims for which there are no runs."""
    judges = {
        "better": _better,
        "unstable": _unstable,
        "equal": _equal,
        "thin": _thin_is_hard,
        "steady": _steady,
    }
    found = [judges[claim.kind](claim, results) for claim in claims]
    return [claim for claim in found if claim]


def _better(claim: ClaimConfig, results: Sequence[RunResult]) -> Claim | None:
    networks = _networks(results, claim.against)
    gaps = [difference(find(results, n, claim.against), find(results, n, claim.scheme)) for n in networks]
    plain = [difference(find(results, n, claim.plain), find(results, n, claim.against)) for n in networks]
    evidence = [
        f"{claim.scheme.capitalize()} against {claim.against}, labels with random errors of the same size as the "
        f"teacher's: {describe(gap)}."
        for gap in gaps
        if gap
    ]
    evidence += [f"These labels against exact ones: {describe(gap)}." for gap in plain if gap]
    return _judged(claim.title, [gap for gap in gaps if gap], evidence)


def _unstable(claim: ClaimConfig, results: Sequence[RunResult]) -> Claim | None:
    groups = groups_of(results)
    plain = [group for group in groups if group.scheme == claim.plain and group.network.startswith(claim.network)]
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
    return Claim(claim.title, verdict, (*evidence, rule))


def _equal(claim: ClaimConfig, results: Sequence[RunResult]) -> Claim | None:
    plain = find(results, claim.against, claim.plain)
    schemes = [s for s in _schemes(results, claim.network) if s not in (claim.plain, *claim.others)]
    gaps = {s: difference(plain, find(results, claim.network, s)) for s in schemes} if plain else {}
    known = {scheme: gap for scheme, gap in gaps.items() if gap}
    if not known:
        return None
    allowed = MARGIN * groups_of(plain)[0].mean
    equal = [scheme for scheme, gap in known.items() if gap.low > -allowed]
    verdict = Verdict.HOLDS if claim.scheme in equal else Verdict.PARTLY if equal else Verdict.NOT_SHOWN
    if all(gap.high < -allowed for gap in known.values()):
        verdict = Verdict.CONTRARY
    rule = (
        f"Equal: the whole interval lies above -{allowed:.2f} deg, {100 * MARGIN:.0f} % of the plain network's error."
    )
    evidence = tuple(f"{describe(gap)}." for gap in known.values())
    return Claim(claim.title, verdict, (*evidence, rule))


def _thin_is_hard(claim: ClaimConfig, results: Sequence[RunResult]) -> Claim | None:
    thin = [n for n in _networks(results, claim.plain) if n in _thinner(results, claim.network)]
    wide = find(results, claim.network, claim.plain)
    gaps = [difference(find(results, n, claim.plain), wide) for n in thin]
    losses = {g.network: g.train_loss for g in groups_of(results) if g.scheme == claim.plain}
    evidence = [
        f"{describe(gap)}; its training loss is {losses[n] / losses[claim.network]:.2f} times as high."
        for n, gap in zip(thin, gaps, strict=True)
        if gap
    ]
    return _judged(claim.title, [gap for gap in gaps if gap], evidence)


def _steady(claim: ClaimConfig, results: Sequence[RunResult]) -> Claim | None:
    thin = [n for n in _networks(results, claim.scheme) if n in _thinner(results, claim.network)]
    spreads = {(g.network, g.scheme): g for g in groups_of(results)}
    gaps, evidence, calmer = [], [], []
    for network in thin:
        gap = difference(find(results, network, claim.plain), find(results, network, claim.scheme))
        if not gap:
            continue
        gaps.append(gap)
        plain, staged = spreads[network, claim.plain], spreads[network, claim.scheme]
        chance = wider_spread(plain, staged)
        calmer.append(staged.failed < plain.failed or (staged.failed == plain.failed and chance < CHANCE))
        others = [difference(find(results, network, s), find(results, network, claim.scheme)) for s in claim.others]
        evidence += [f"{describe(other)}." for other in (gap, *others) if other]
        evidence.append(
            f"{network}: spread over seeds {staged.sd:.2f} deg, {plain.sd:.2f} without (F test, one-sided: p = "
            f"{chance:.3f}); {staged.failed} runs failed, {plain.failed} without."
        )
    judged = _judged(claim.title, gaps, evidence)
    if judged and judged.verdict is Verdict.HOLDS and not all(calmer):
        reason = "It is more accurate, but not in every case shown to be more stable."
        return Claim(judged.title, Verdict.PARTLY, (*judged.evidence, reason))
    return judged


def describe(gap: Difference) -> str:
    """A sentence: which one is better and by how much, with the interval."""
    better, worse = (gap.second, gap.first) if gap.mean >= 0 else (gap.first, gap.second)
    low, high = sorted((gap.low, gap.high) if gap.mean >= 0 else (-gap.low, -gap.high))
    sure = "" if gap.low > 0 or gap.high < 0 else f", which {gap.seeds} seeds do not tell from chance"
    return f"{better} is better than {worse} by {abs(gap.mean):.2f} deg [{low:.2f}, {high:.2f}]{sure}"


def _judged(title: str, gaps: Sequence[Difference], evidence: Iterable[str]) -> Claim | None:
    """Holds if the second is better in each difference, by more than chance."""
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


def _thinner(results: Sequence[RunResult], network: str) -> set[str]:
    """Networks with fewer MACs than `network`."""
    macs = {r.network: r.macs for r in results}
    limit = macs.get(network, 0)
    return {n for n, count in macs.items() if count < limit and n != "teacher"}
