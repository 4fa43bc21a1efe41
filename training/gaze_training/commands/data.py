"""`gaze-train data`: shards of rendered faces or of a data set of real ones, or a sheet of faces to look at."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from gaze_training.data.renderers import RENDERERS


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "data", help="render faces with known gaze to shards; run it again to continue after an interruption"
    )
    add = parser.add_argument
    add("--renderer", choices=tuple(RENDERERS), default="procedural")
    add("--read", metavar="SET", help="read a data set of real people instead: mpiigaze, gazecapture, sittings, ...")
    add("--source", default="", help="folder of photographs or of the data set, or the head model's file")
    add("--faces", type=int, default=20000, metavar="N")
    add("--seed", type=int, default=1)
    add("--shard", type=int, default=1000, metavar="N", help="faces of one shard")
    add("--outside", default="", metavar="ONNX", help="an outside teacher whose gaze is added to each face")
    add("--own-eyes", type=float, default=0.12, metavar="SHARE", help="photographs that keep their own eyes")
    add("--turned-eyes", type=float, default=0.0, metavar="SHARE", help="photographs whose own eyeballs are turned")
    add(
        "--build-spread",
        type=float,
        default=0.0,
        metavar="S",
        help="stretch the eyes of photographs into those of other people; 1: as far as people differ",
    )
    add(
        "--people",
        choices=("train", "heldout", "all"),
        default="train",
        help="train: without those held out for measuring",
    )
    add("--workers", type=int, metavar="N", help="processes (default: one a core)")
    add("--out", type=Path, metavar="DIR", help="where the shards go")
    add("--sheet", type=Path, metavar="PNG", help="write a contact sheet of the first faces instead")
    add("--count", type=int, default=48, metavar="N", help="faces on the sheet")
    add("--columns", type=int, default=6, metavar="N", help="columns of the sheet")
    parser.set_defaults(run=run, parser=parser)


def run(options: argparse.Namespace) -> int:
    from gaze_training.data.data_config import DataConfig
    from gaze_training.data.generate import generate

    if (options.out is None) == (options.sheet is None):
        options.parser.error("name either --out DIR or --sheet PNG")
    if options.count < 1 or options.columns < 1 or (options.workers or 1) < 1:
        options.parser.error("--count, --columns and --workers are at least 1")
    _refuse_what_means_nothing(options)
    if options.read:
        return _read(options)
    config = DataConfig(
        renderer=options.renderer,
        faces=options.faces,
        seed=options.seed,
        shard=options.shard,
        source=options.source,
        outside=options.outside,
        own_eyes=options.own_eyes,
        people=options.people,
        build_spread=options.build_spread,
        turned_eyes=options.turned_eyes,
    )
    if options.sheet:
        from gaze_training.data.sheet import contact_sheet

        contact_sheet(config, options.count, options.columns, options.sheet)
        return 0
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("left"), TimeRemainingColumn()) as progress:
        task = progress.add_task(f"{options.renderer} faces, shards", total=None)
        for done, total in generate(config, options.out, options.workers):
            progress.update(task, completed=done, total=total)
    return 0


def _refuse_what_means_nothing(options: argparse.Namespace) -> None:
    """End with one sentence if an option was given that this way of making data would ignore."""
    said, names = options.said, options.said.names
    if options.read:
        said.refuse_all_but({"read", "source", "out", "verbose"}, "cannot be combined with --read")
        return
    renderer = RENDERERS[options.renderer]
    of_others = frozenset().union(*(other.options for other in RENDERERS.values())) - renderer.options
    unread = of_others if renderer.source else of_others | {"source"}
    said.refuse_all_but(names - unread, f"cannot be used with the {options.renderer} renderer")
    if options.sheet:
        said.refuse_all_but(names - {"faces", "shard", "workers"}, "cannot be used for a sheet")
    else:
        said.refuse_all_but(names - {"count", "columns"}, "cannot be used without --sheet")


def _read(options: argparse.Namespace) -> int:
    from gaze_training.readers.shards import write_shards
    from gaze_training.readers.tally import Tally

    if options.out is None or not options.source:
        options.parser.error("--read needs --source DIR and --out DIR")
    tally = Tally()
    with Progress(TextColumn("{task.description}"), TimeElapsedColumn()) as progress:
        task = progress.add_task(options.read, total=None)
        for people, faces in write_shards(options.read, Path(options.source), options.out, tally):
            progress.update(task, description=f"{options.read}: {people} people, {faces} faces")
    for sentence in tally.sentences():
        print(sentence)
    return 0
