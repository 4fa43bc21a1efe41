"""`gaze-demo report`."""

from __future__ import annotations

import argparse

from gaze_demo.report.page import ReportOptions, write_report


def run(options: argparse.Namespace) -> int:
    paths = write_report(
        ReportOptions(
            options.folder,
            options.out,
            options.plots,
            options.of,
            options.areas,
            options.image,
            options.fixations,
        )
    )
    for path in paths:
        print(path)
    return 0
