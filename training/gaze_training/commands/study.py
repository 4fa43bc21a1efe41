"""`gaze-train study`: the study of distillation and its report."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


def add_to(commands: Any) -> None:
    parser = commands.add_parser("study", help="train every scheme with several seeds, and write a report")
    add = parser.add_argument
    add("config", type=Path, help="a TOML file, or the name of one that comes with the package")
    add("--data", type=Path, action="append", default=[], metavar="DIR", help="shards of faces, instead of its own")
    add("--faces", type=Path, metavar="DIR", help="portraits of real people for each network's zero test")
    add(
        "--out",
        type=Path,
        default=Path("runs/study"),
        metavar="DIR",
        help="folder of the runs; a stopped study continues there",
    )
    add("--workers", type=int, default=1, metavar="N", help="runs at a time, one thread each")
    add("--report", type=Path, metavar="MD", help="write the report, with its plots in a folder beside it")
    add("--models", type=Path, metavar="DIR", help="shipped models whose cards the report shows")
    add("--only-report", action="store_true", help="run nothing; report what is there")
    add("--measure-again", action="store_true", help="the zero test of the runs that are done, too")
    parser.set_defaults(run=run, parser=parser)


def run(options: argparse.Namespace) -> int:
    from gaze_training.shipped_configs import find
    from gaze_training.study import load_results, measure_again, run_study
    from gaze_training.study_config import read_study

    if options.workers < 1:
        options.parser.error("--workers is at least 1")
    if options.measure_again and options.faces is None:
        options.parser.error("--measure-again needs --faces")
    if options.only_report:
        options.said.refuse_all_but(options.said.names - {"workers"}, "cannot be combined with --only-report")
    if options.models and not options.report:
        options.parser.error("--models is for --report")
    study = read_study(find(options.config), tuple(options.data))
    if not options.only_report:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, TextColumn("left"), TimeRemainingColumn(elapsed_when_finished=True)) as progress:
            task = progress.add_task(f"{study.name}, runs", total=None)
            for done, total in run_study(study, options.out, options.faces, options.workers):
                progress.update(task, completed=done, total=total)
    if options.measure_again:
        print(f"{measure_again(options.out, options.faces)} networks were measured again.")
    if options.report:
        from gaze_training.report import write_report

        write_report(options.report, study, load_results(options.out), options.models)
    return 0
