"""`gaze-demo bench`."""

from __future__ import annotations

import argparse
import math

from rich.table import Table

from gaze_demo.bench import bench
from gaze_demo.listing import wide_console
from gaze_demo.track import load_models


def run(options: argparse.Namespace) -> int:
    width, height = options.size or (640, 480)
    result = bench(load_models(tuple(options.model)), width, height, options.frames)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("ms a frame")
    for name in ("median", "p95", "processor"):
        table.add_column(name, justify="right")
    for cost in result.costs:
        table.add_row(cost.name, f"{cost.median_ms:.2f}", f"{cost.p95_ms:.2f}", f"{cost.processor_ms:.2f}")
    console = wide_console()
    console.print(f"{result.machine}, {result.width}x{result.height}, engine {result.engine}", markup=False)
    console.print(table)
    if math.isfinite(result.ratio):
        console.print(f"landmarks, direct by mediapipe (processor): {result.ratio:.2f}", markup=False)
    if options.out is not None:
        result.write(options.out)
    return 0
