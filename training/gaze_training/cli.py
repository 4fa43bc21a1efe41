"""The command line of training: from data to shipped models."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from gaze_demo import __version__
from gaze_demo.errors import UserError
from gaze_demo.native_logs import silence_native_logs
from gaze_training.commands import card, committee, data, evaluate, export, import_onnx, study, train

EXIT_USER_ERROR = 2
EXIT_INTERRUPTED = 130

_EXAMPLES = """\
examples, in the order in which a model is made:
  gaze-train data --renderer procedural --faces 20000 --out data/procedural
  gaze-train data --renderer procedural --faces 1000 --seed 2 --out data/held-out
  gaze-train teacher training/configs/teacher.toml --data data/procedural --out runs/teacher
  gaze-train distill training/configs/mobilenet25.toml --data data/procedural \\
      --teacher runs/teacher/network.pt --out runs/mobilenet25
  gaze-train evaluate response data/held-out --model runs/mobilenet25/network.pt
  gaze-train export runs/mobilenet25/network.pt --out models/mobilenet25.onnx --int8 --calibration data/procedural
  gaze-train card models/mobilenet25.onnx
  gaze-train import mobilenet25 --out runs/mobilenet25-shipped/network.pt
  gaze-train study training/configs/study.toml --out runs/study
"""


class _Parser(argparse.ArgumentParser):
    """Says in one sentence what is wrong."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USER_ERROR, f"{self.prog}: {message}; '{self.prog} --help' tells more.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when all went well, 2 for what a user can mend, which is said in one sentence on stderr."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    silence_native_logs()
    try:
        return run(options)
    except UserError as error:
        print(f"gaze-train: {error}", file=sys.stderr)
        return EXIT_USER_ERROR
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] in ("gaze_demo", "gaze_training"):
            raise
        print(f"gaze-train: it needs {error.name}: pip install 'gaze-demo[training]'.", file=sys.stderr)
        return EXIT_USER_ERROR
    except OSError as error:  # a place that cannot be written, a full disk
        where = f"{error.filename}: " if error.filename else ""
        print(f"gaze-train: {where}{error.strerror or error}; name another place, or mend that one.", file=sys.stderr)
        return EXIT_USER_ERROR
    except KeyboardInterrupt:
        print("gaze-train: stopped; the same command goes on from here.", file=sys.stderr)
        return EXIT_INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="gaze-train",
        description="Makes the gaze models: training data, teacher, distilled students, study, ONNX, cards.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"gaze-train {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser)
    for command in (data, train, study, evaluate, export, import_onnx, card, committee):
        command.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
