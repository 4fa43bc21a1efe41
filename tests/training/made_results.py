"""Results of a study made by hand."""

from __future__ import annotations

from collections.abc import Sequence

from gaze_training.study import RunResult

MACS = {"teacher": 8_000_000, "mobilenet50": 5_000_000, "mobilenet25": 1_400_000, "mobilenet12": 420_000}


def runs(network: str, scheme: str, errors: Sequence[float]) -> list[RunResult]:
    """One run a seed with these errors, the first of seed 1; NaN: it diverged."""
    return [
        RunResult(
            key=f"{network}-{scheme}-{seed}",
            network=network,
            scheme=scheme,
            seed=seed,
            error_deg=error,
            pitch_gain=0.8,
            yaw_gain=0.9,
            diverged=error != error,
            seconds=10.0,
            parameters=MACS[network] // 20,
            macs=MACS[network],
            losses=(error / 50, error / 60),
            errors=(error + 2, error),
            real_deg={"all": error / 2},
        )
        for seed, error in enumerate(errors, 1)
    ]
