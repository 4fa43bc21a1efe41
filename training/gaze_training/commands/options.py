"""Options that several commands share."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from gaze_demo.errors import UserError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DEVICES = ("auto", "cpu", "cuda", "mps")


def add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--device",
        choices=DEVICES,
        default="auto",
        help="where to compute (default: the fastest device that is available)",
    )


def overrides_of(pairs: list[str]) -> dict[str, Any]:
    """KEY=VALUE pairs with values in TOML syntax; anything else is text. Raises UserError."""
    overrides: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise UserError(f"--set {pair}: write it as KEY=VALUE, for example train.epochs=3.")
        try:
            overrides[key] = tomllib.loads(f"value = {value}")["value"]
        except (tomllib.TOMLDecodeError, RecursionError):
            overrides[key] = value
    return overrides
