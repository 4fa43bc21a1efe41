"""`make fuzz`: reads any number of damaged files, and keeps those that break something.

    python tests/fuzz/run.py --count 100000            of each parser
    python tests/fuzz/run.py --only lens --seconds 600 --seed 7

Each parser runs in a separate process. A file breaks something if it raises anything other than a UserError, takes more
than 5 s, or needs more than 1 GB of additional memory; it is kept in `--keep`, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import faulthandler
import random
import resource
import shutil
import subprocess
import sys
import time
import traceback
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzz.parsers import PARSERS, Parser

LIMIT_S, LIMIT_BYTES = 5, 2**30
_WARM_UP = 20
_IMPORTS_S = 60


def main() -> int:
    options = _options()
    if options.child:
        return fuzz(next(parser for parser in PARSERS if parser.title == options.child), options)
    failed = []
    for parser in PARSERS:
        if options.only and parser.title not in options.only:
            continue
        command = [sys.executable, __file__, "--child", parser.title, "--seed", str(options.seed)]
        command += ["--count", str(options.count), "--seconds", str(options.seconds), "--keep", str(options.keep)]
        if subprocess.run(command).returncode != 0:
            failed.append(parser.title)
    print(f"Broken: {', '.join(failed)}; the files are in {options.keep}." if failed else "Nothing broke.")
    return 1 if failed else 0


def fuzz(parser: Parser, options: argparse.Namespace) -> int:
    """Try files of one parser; 1 if one of them breaks something."""
    from gaze_demo.errors import UserError
    from gaze_demo.native_logs import silence_native_logs

    options.keep.mkdir(parents=True, exist_ok=True)
    folder = options.keep / f"{parser.title}-seed{options.seed}"  # after a crash, this is the file that caused it
    folder.mkdir(exist_ok=True)
    broken = folder / parser.name
    silence_native_logs()
    warnings.simplefilter("error")  # a line on the terminal that helps nobody
    warnings.simplefilter("ignore", ResourceWarning)  # numpy's, of an array file that it could not read
    make = parser.inputs()
    rng = random.Random(f"{options.seed} {parser.title}")
    begun = time.monotonic()
    refused = slowest_s = 0.0
    number = 0
    while number < options.count and time.monotonic() - begun < options.seconds:
        broken.write_bytes(make(rng))
        if number == _WARM_UP:
            _limit_memory()
        faulthandler.dump_traceback_later(LIMIT_S if number else _IMPORTS_S, exit=True)
        started = time.monotonic()
        try:
            parser.read(broken)
        except UserError as error:
            refused += 1
            if "\n" in str(error):
                print(f"{parser.title}: more than a sentence: {error!r}, file {broken}")
                return 1
        except BaseException:
            print(f"{parser.title}: file {broken} (number {number})")
            traceback.print_exc()
            return 1
        finally:
            faulthandler.cancel_dump_traceback_later()
        slowest_s = max(slowest_s, time.monotonic() - started) if number else 0.0  # the first one imports
        number += 1
    shutil.rmtree(folder)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    share, took_s = refused / max(number, 1), time.monotonic() - begun
    print(
        f"{parser.title}: {number:,} files in {took_s:.0f} s, {share:.0%} refused, "
        f"slowest {slowest_s * 1e3:.0f} ms, {peak_mb:.0f} MB at most",
        flush=True,
    )
    return 0


def _limit_memory() -> None:
    """From now on 1 GB more than what is loaded by now."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + LIMIT_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=[each.title for each in PARSERS])
    parser.add_argument("--count", type=int, default=100_000, help="files of each parser")
    parser.add_argument("--seconds", type=float, default=1e9, help="of each parser at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("runs/fuzz"), help="where files that break something go")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
