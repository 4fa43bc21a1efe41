"""Arguments that several commands of the command line share."""

from __future__ import annotations

import argparse
import math
import re
from pathlib import Path
from typing import Any

TURNS = (0, 90, 180, 270)
ENGINE_CHOICES = ("auto", "direct", "mediapipe")
SOURCE_HELP = (
    "a camera's number or name, a video file, an image, a folder of images, or 'virtual' for the virtual participant"
)


def add_models(parser: argparse.ArgumentParser, default: object = ()) -> None:
    """A command's own default is SUPPRESS, so that options given before the command apply to it."""
    parser.add_argument(
        "--model",
        action="append",
        default=default if default is argparse.SUPPRESS else [],
        metavar="NAME|PATH",
        help="a name from 'gaze-demo models' or an ONNX file with a contract; can be repeated",
    )


def add_camera(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    def add(name: str, **kind: Any) -> None:
        parser.add_argument(name, default=default, **kind)

    add("--hfov", type=angle, metavar="DEG", help="the lens's horizontal field of view (default: 60)")
    add("--intrinsics", type=Path, metavar="YAML", help="an OpenCV calibration, instead of --hfov")
    add("--size", type=size, metavar="WxH", help="picture size to request from a camera, such as 1280x720")
    add("--rate", type=positive, metavar="FPS", help="frame rate to request from a camera")
    add(
        "--rotate",
        type=int,
        choices=TURNS,
        help="rotate the picture clockwise, for a camera that is mounted sideways",
    )


def add_landmarks(parser: argparse.ArgumentParser, default: object = "auto") -> None:
    parser.add_argument(
        "--landmarks",
        choices=ENGINE_CHOICES,
        default=default,
        help="what finds the face: the networks run directly, or MediaPipe (default: the first that is installed)",
    )


def number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


def whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None


def positive(text: str) -> float:
    value = number(text)
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"{text} is not above zero")
    return value


def seed(text: str) -> int:
    value = whole_number(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is below zero")
    return value


def millimetres(text: str) -> float:
    value = number(text)
    if not abs(value) <= 2000:
        raise argparse.ArgumentTypeError(f"{text} is not between -2000 and 2000 mm")
    return value


def frames(text: str) -> int:
    value = whole_number(text)
    if not 10 <= value <= 10_000:
        raise argparse.ArgumentTypeError(f"{text} is not between 10 and 10000")
    return value


def angle(text: str) -> float:
    value = float(text)
    if not 1.0 < value < 179.0:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and 179 degrees")
    return value


def size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([1-9]\d{1,4})[x×]([1-9]\d{1,4})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size such as 1280x720")
    return int(match[1]), int(match[2])
