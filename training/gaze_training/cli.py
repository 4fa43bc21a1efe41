"""The command line of training: from data to shipped models."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from gaze_demo import __version__, paths
from gaze_demo.command_line import Commands, Parser, add_verbose, parse
from gaze_demo.ending import Interrupts, leave, run_guarded
from gaze_demo.errors import UserError
from gaze_demo.log import logger, start_log
from gaze_demo.native_logs import silence_native_logs
from gaze_training import shipped_configs
from gaze_training.commands import (
    average,
    calibration_study,
    card,
    committee,
    data,
    evaluate,
    export,
    import_onnx,
    study,
    train,
)

_NATIVE_S = 5.0  # a single step of training may take this long in torch

_EXAMPLES = """\
examples, in the order in which a model is made:
  gaze-train data --renderer procedural --faces 20000 --out data/procedural
  gaze-train data --renderer procedural --faces 1000 --seed 2 --out data/held-out
  gaze-train teacher teacher --data data/procedural --out runs/teacher
  gaze-train distill mobilenet25 --data data/procedural \\
      --teacher runs/teacher/network.pt --out runs/mobilenet25
  gaze-train evaluate response data/held-out --model runs/mobilenet25/network.pt
  gaze-train export runs/mobilenet25/network.pt --out models/mobilenet25.onnx --int8 --calibration data/procedural
  gaze-train card models/mobilenet25.onnx
  gaze-train import mobilenet25 --out runs/mobilenet25-shipped/network.pt
  gaze-train study study --out runs/study
"""


def entry() -> NoReturn:
    """What the installed `gaze-train` runs."""
    leave(main())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when all went well, 2 for an error that the user can fix, which one sentence on stderr
    explains."""
    given = sys.argv[1:] if arguments is None else arguments

    def command(interrupts: Interrupts) -> int:
        options, said = parse(_parser, given)
        options.said = said
        run: Callable[[argparse.Namespace], int] = options.run
        start_log(paths.log_file("gaze-train"), verbose=options.verbose)
        silence_native_logs()
        logger.info("gaze-train %s", " ".join(given))
        try:
            with interrupts:
                return run(options)
        except ModuleNotFoundError as error:
            if (error.name or "").split(".")[0] in ("gaze_demo", "gaze_training"):
                raise
            raise UserError(f"it needs {error.name}: pip install 'gaze-demo[training]'.") from None
        except OSError as error:  # a path that cannot be written, a full disk
            if error.filename is None:
                raise
            reason = error.strerror or error
            raise UserError(f"{error.filename}: {reason}; choose another place, or fix that one.") from None
        except KeyboardInterrupt:
            print("gaze-train: stopped; run the same command again to continue.", file=sys.stderr)
            raise

    return run_guarded("gaze-train", command, native_s=_NATIVE_S)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="gaze-train",
        description="Makes the gaze models: training data, teacher, distilled students, study, ONNX, cards.",
        epilog=f"{_EXAMPLES}\nconfigurations that come with it: {', '.join(shipped_configs.names())}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"gaze-train {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, action=Commands)
    for command in (data, train, study, evaluate, export, import_onnx, average, card, committee, calibration_study):
        command.add_to(commands)
    _add_verbose_to_all(commands)
    return parser


def _add_verbose_to_all(commands: argparse._SubParsersAction[Parser]) -> None:
    for parser in commands.choices.values():
        tests = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
        if tests:
            _add_verbose_to_all(tests[0])
        else:
            add_verbose(parser, default=False)


if __name__ == "__main__":
    entry()
