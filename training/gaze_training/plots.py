"""The report's plots, all in one simple style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.ticker import MaxNLocator

from gaze_training.statistics import Group
from gaze_training.study import RunResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STYLE: Any = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "axes.axisbelow": True,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "figure.dpi": 110,
}
_COLOURS = (
    "#3b6fb6",
    "#d1603d",
    "#4f9d69",
    "#8a63b5",
    "#c9a227",
    "#3aa6a6",
    "#b5527f",
    "#6b7785",
    "#7a5230",
    "#2f2f2f",
    "#e39bb8",
    "#86b6e6",
    "#a3c45a",
    "#a0522d",
)
_CURVES = ("baseline", "imitation", "hints", "staged-hints")


def error_against_macs(groups: Sequence[Group], path: Path) -> None:
    """Mean error of each network and scheme against its multiply-accumulates; bars are standard deviations."""
    with plt.rc_context(_STYLE):
        figure, axes = plt.subplots(figsize=(8, 4.6), layout="constrained")
        schemes = list(dict.fromkeys(g.scheme for g in groups if g.network != "teacher"))
        for number, scheme in enumerate(schemes):
            own = [g for g in groups if g.scheme == scheme and g.network != "teacher"]
            shift = 1 + 0.02 * (number - len(schemes) / 2)  # so that the bars of one network are side by side
            axes.errorbar(
                [g.macs / 1e6 * shift for g in own],
                [g.mean for g in own],
                [g.sd for g in own],
                label=scheme,
                color=_colour(number),
                marker="o",
                markersize=4,
                linewidth=1.2,
                capsize=2,
            )
        for teacher in (g for g in groups if g.network == "teacher"):
            axes.scatter(
                teacher.macs / 1e6, teacher.mean, marker="*", s=110, color="#111111", label="teacher", zorder=3
            )
        axes.set(xscale="log", xlabel="million multiply-accumulates an eye", ylabel="error on people held out, degrees")
        _name_networks(axes, groups)
        axes.legend(ncols=2, fontsize=8)
        _save(figure, path)


def curves_over_seeds(results: Sequence[RunResult], path: Path) -> None:
    """Error after each epoch: a thin line for each seed, a panel for each network; the schemes of the claims."""
    networks = list(dict.fromkeys(r.network for r in sorted(results, key=lambda r: -r.macs) if r.network != "teacher"))
    schemes = [scheme for scheme in _CURVES if any(r.scheme == scheme for r in results)]
    columns = min(3, len(networks))
    rows = -(-len(networks) // columns)
    with plt.rc_context(_STYLE):
        size = (3.3 * columns, 2.7 * rows)
        figure, panels = plt.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False, sharey=True)
        for panel in panels.flat[len(networks) :]:
            panel.set_visible(False)
        for panel, network in zip(panels.flat, networks, strict=False):
            for number, scheme in enumerate(schemes):
                runs = [r for r in results if (r.network, r.scheme) == (network, scheme)]
                for run in runs:
                    epochs = np.arange(1, len(run.errors) + 1)
                    label = scheme if run is runs[0] else None
                    panel.plot(epochs, run.errors, color=_colour(number), linewidth=0.8, alpha=0.75, label=label)
            panel.set_title(network)
            panel.set_xlabel("epoch")
            panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        for panel in panels[:, 0]:
            panel.set_ylabel("error, degrees")
        lines = {line.get_label(): line for panel in panels.flat for line in panel.get_legend_handles_labels()[0]}
        figure.legend(lines.values(), lines.keys(), loc="outside lower center", ncols=5, fontsize=8)
        _save(figure, path)


def gain_curves(curves: Mapping[str, Mapping[str, Sequence[tuple[float, float]]]], path: Path) -> None:
    """Mean answer against the true angle; `curves`: axis ("pitch", "yaw"), then name, then points in degrees."""
    with plt.rc_context(_STYLE):
        figure, panels = plt.subplots(1, len(curves), figsize=(4.0 * len(curves), 3.8), layout="constrained")
        for panel, (axis, lines) in zip(np.atleast_1d(panels), curves.items(), strict=True):
            ends = [value for points in lines.values() for value, _ in points]
            if not ends:
                continue
            panel.plot([min(ends), max(ends)], [min(ends), max(ends)], color="#9a9a9a", linestyle=":", label="right")
            for number, (name, points) in enumerate(lines.items()):
                x, y = np.array(points).T
                panel.plot(x, y, color=_colour(number), marker="o", markersize=3, linewidth=1.2, label=name)
            panel.set(xlabel=f"true {axis}, degrees", ylabel="mean answer, degrees", aspect="equal")
            panel.set_title(axis.capitalize())
        np.atleast_1d(panels)[0].legend(fontsize=8)
        _save(figure, path)


def _name_networks(axes: Axes, groups: Sequence[Group]) -> None:
    """Their names above the places of their costs."""
    macs = {g.network: g.macs / 1e6 for g in groups if g.network != "teacher"}
    top = axes.secondary_xaxis("top")
    top.spines["top"].set_visible(False)
    top.set_xticks([*macs.values()], [*macs], rotation=25, ha="left", fontsize=7, color="#666666")
    top.minorticks_off()


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": ""})  # no version in the file: the same figures give the same bytes
    plt.close(figure)
