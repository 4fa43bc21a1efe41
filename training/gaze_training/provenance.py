"""Where a network's weights come from, in the contract's words."""

from __future__ import annotations

from typing import Any

from gaze_demo.model.contract import Training

IMPORTED = "imported"  # in the summary of a network that was imported: the name of the ONNX file

# In the summary of a network whose weights were averaged with those it started from: the share of its own.
AVERAGED = "averaged"


def training_of(summary: dict[str, Any]) -> Training:
    """Of a run's summary, or of an ensemble's (`members`)."""
    if "members" in summary:
        parts = [training_of(member) for member in summary["members"]]
        return Training(
            summary=f"Mean direction of {len(parts)} networks. " + parts[0].summary,
            data=tuple(sorted({name for part in parts for name in part.data})),
            scheme=", ".join(sorted({part.scheme for part in parts})),
            teacher=", ".join(sorted({part.teacher for part in parts if part.teacher})),
        )
    if IMPORTED in summary:
        return Training(summary=f"The weights of {summary[IMPORTED]}.onnx.")
    run = summary["run"]
    network, train, scheme = run["network"], run["train"], run["scheme"]
    deep = f" and depth {network['depth']:g}" if network["depth"] != 1 else ""
    more = sum(network.get("refined", ()))
    refined = f", {more} layers more" if more else ""
    if network.get("halving_kernel", 3) != 3:
        refined += f", halved by {network['halving_kernel']} px"
    start = f", from the weights of {_parent(train['start'])}" if train.get("start") else ""
    if AVERAGED in summary:
        start += f", {summary[AVERAGED]:.0%} of the weights its own"
    if train.get("learns") == "confidence":
        start = f", of condition and covariance alone; the gaze is that of {_parent(train['start'])}"
    return Training(
        summary=f"{network['kind']} of width {network['width']:g}{deep}{refined}, {train['epochs']} epochs of "
        f"{summary['eyes']} eyes, seed {run['seed']}{start}.",
        data=tuple(_name(path) for path in (*run["data"]["folders"], *run["data"]["unlabelled"])),
        scheme=scheme["name"],
        teacher=", ".join(_parent(path) for path in scheme["teachers"]),
    )


def _name(path: str) -> str:
    """Only a folder's name, because paths differ between machines."""
    return path.replace("\\", "/").rstrip("/").split("/")[-1]


def _parent(path: str) -> str:
    """The run that a network.pt lies in."""
    parts = path.replace("\\", "/").split("/")
    return parts[-2] if len(parts) > 1 else parts[-1]
