"""`gaze-train evaluate TEST`: how models answer to real people and to known rotations."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaze_demo.command_line import Commands
from gaze_demo.errors import UserError
from gaze_demo.geometry import DEFAULT_HFOV_DEG

if TYPE_CHECKING:
    from gaze_training.evaluate.lens_faces import LensFaces
    from gaze_training.evaluate.predict import Ask, Predict
    from gaze_training.evaluate.zero import ZeroResult

_CACHE = Path("runs/cache")
_LEAST_EYE_PX = 10


def add_to(commands: Any) -> None:
    parser = commands.add_parser("evaluate", help="measure models on real people and on known rotations")
    tests = parser.add_subparsers(title="tests", metavar="TEST", required=True, action=Commands)
    zero = _add(tests, "zero", "FACES", _zero, "portraits of people who look into the lens")
    zero.add_argument("--response", type=Path, metavar="DIR", help="labelled faces; the table then also has the gains")
    mirror = _add(
        tests, "mirror", "FACES", _mirror, "portraits and their mirror images: do both answers agree", networks=False
    )
    pose = _add(tests, "pose", "FACES", _pose, "the same portraits: how much answers depend on the measured head")
    offsets = _add(tests, "offsets", "FACES", _offsets, "the same portraits: how much the shape of the eyes explains")
    for test in (zero, mirror, pose, offsets):
        test.add_argument(
            "--people",
            choices=("heldout", "all"),
            default="heldout",
            help="heldout: people who are not used in training",
        )
    _add(tests, "points", "FILE", _points, "webcam eyes with known screen points (npz)")
    in_faces = _add(
        tests,
        "points-in-faces",
        "EYES",
        _points_in_faces,
        "the same eyes, laid into portraits and seen as the app sees a webcam",
        networks=False,
    )
    in_faces.add_argument("faces", type=Path, metavar="FACES", help="a folder of portraits")
    in_faces.add_argument(
        "--face",
        action="append",
        default=[],
        metavar="NAME",
        help="file name of a portrait, may be repeated; otherwise the first three in order of name that are frontal, "
        "with eyes that are open and large enough",
    )
    in_faces.add_argument("--every", type=int, default=4, metavar="K", help="take every K-th eye of the file")
    in_faces.add_argument(
        "--eye-px", type=float, default=28.0, metavar="PX", help="width of an eye in the webcam's picture"
    )
    in_faces.add_argument("--seed", type=int, default=1, help="of the camera's noise and of where the pixels lie")
    in_faces.add_argument(
        "--markdown", type=Path, metavar="FILE.md", help="put a table of the means between the file's marks"
    )
    screen = _add(
        tests,
        "screen",
        "FOLDER",
        _screen,
        "frames of real people with the point on the screen looked at",
        networks=False,
    )
    screen.add_argument("table", type=Path, nargs="?", metavar="TABLE", help="CSV: file, x, y, and optionally series")
    screen.add_argument("--read", metavar="SET", help="instead of a table: gazecapture, mpiifacegaze or sittings")
    screen.add_argument(
        "--hfov", type=float, default=DEFAULT_HFOV_DEG, metavar="DEG", help="for frames whose table does not have it"
    )
    screen.add_argument(
        "--slices", type=int, default=1, metavar="K", help="cut each series into K parts and fit a map to each"
    )
    calibrated = _add(
        tests,
        "calibrated",
        "SITTING",
        _calibrated,
        "your sittings: models as the app calibrates them with the first",
        networks=False,
    )
    calibrated.add_argument("others", type=Path, nargs="*", metavar="OTHER", help="sittings with the head elsewhere")
    response = _add(
        tests, "response", "DIR", _response, "labelled faces: gain, linearity, head turn, agreement of the eyes"
    )
    response.add_argument(
        "--picture", type=Path, metavar="PNG", help="draw the mean output against the true angle, one line per model"
    )
    _add(tests, "parts", "DIR", _parts, "labelled faces: errors by what makes eyes hard to read, and what models know")
    hidden = _add(
        tests,
        "hidden",
        "FACES",
        _hidden,
        "portraits with blur, white spots, patches and bad light drawn on them: which models give no gaze",
        networks=False,
    )
    hidden.add_argument("--count", type=int, default=60, metavar="N", help="number of portraits, drawn at random")
    hidden.add_argument(
        "--eye-px",
        type=float,
        action="append",
        default=[],
        metavar="PX",
        help="width of an eye in the picture, may be repeated; otherwise 50 and 30",
    )
    hidden.add_argument("--noise", type=float, default=2.0, metavar="SD", help="of the camera, in grey levels")
    hidden.add_argument("--seed", type=int, default=1)
    heads = _add(
        tests,
        "heads",
        "ICT_FILE",
        _heads,
        "rendered whole heads through the app's landmarks, crops and models",
        networks=False,
    )
    heads.add_argument(
        "--count", type=int, default=100, metavar="N", help="number of heads anywhere; the series have a tenth as many"
    )
    heads.add_argument("--seed", type=int, default=1)


def _add(tests: Any, name: str, data: str, run: Callable[..., int], text: str, *, networks: bool = True) -> Any:
    """`networks`: the test also takes networks that were not exported."""
    parser = tests.add_parser(name, help=text)
    parser.add_argument("data", type=Path, metavar=data, help=text)
    parser.add_argument(
        "--model",
        action="append",
        required=True,
        metavar="MODEL",
        help="ONNX file, model's name, or network.pt of a run"
        if networks
        else "name or file of a model or a committee",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.set_defaults(run=run)
    return parser


def _zero(options: argparse.Namespace) -> int:
    from gaze_training.evaluate.predict import CONSTANTS
    from gaze_training.evaluate.table import response_table, tone_table, zero_table
    from gaze_training.evaluate.zero import zero_test

    networks = {name: predict for name in options.model if (predict := _network(name))}
    results: dict[str, ZeroResult] = _onnx_zero(options, [name for name in options.model if name not in networks])
    faces = _open_faces(options)
    for name, predict in {**networks, **CONSTANTS}.items():
        results[name] = zero_test(faces, predict)
    print(zero_table(results))
    print("\nBy skin, error and people:\n" + tone_table(results))
    if options.response:
        rows = _responses(options.response, {**_predictors(options.model), **CONSTANTS})
        print("\n" + response_table(rows))
    else:
        print("\nA constant answer wins this test: add --response DIR to see the gains beside it.")
    return _write(options.json, {name: asdict(result) for name, result in results.items()})


def _offsets(options: argparse.Namespace) -> int:
    from gaze_training.evaluate.offsets import offset_test
    from gaze_training.evaluate.table import offset_table

    faces = _open_faces(options)
    results = {name: offset_test(faces, predict) for name, predict in _predictors(options.model).items()}
    print(offset_table(results))
    return _write(options.json, {name: [asdict(row) for row in result] for name, result in results.items()})


def _pose(options: argparse.Namespace) -> int:
    from gaze_training.evaluate.pose import pose_test
    from gaze_training.evaluate.table import pose_table

    faces = _open_faces(options)
    results = {name: pose_test(faces, predict) for name, predict in _predictors(options.model).items()}
    print(pose_table(results))
    return _write(options.json, {name: [asdict(row) for row in result] for name, result in results.items()})


def _mirror(options: argparse.Namespace) -> int:
    from gaze_demo.model.load import load_model
    from gaze_demo.model.registry import find_model
    from gaze_training.evaluate.models import mirror_test_of_models
    from gaze_training.evaluate.table import text_table

    models = [load_model(find_model(name)) for name in _exported(options.model)]
    apart = mirror_test_of_models(models, options.data, people=options.people)
    print(text_table(["model", "mirrored apart, deg"], [[name, value] for name, value in apart.items()]))
    return _write(options.json, apart)


def _points(options: argparse.Namespace) -> int:
    from gaze_training.evaluate.points import load_point_eyes, point_test
    from gaze_training.evaluate.table import point_table

    eyes = load_point_eyes(options.data)
    results = {name: point_test(eyes, predict) for name, predict in _predictors(options.model).items()}
    print(point_table(results))
    return _write(options.json, {name: asdict(result) for name, result in results.items()})


def _points_in_faces(options: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.progress import track

    from gaze_demo.model.load import load_model
    from gaze_demo.model.registry import find_model
    from gaze_demo.whole_file import refuse_same_file, refuse_unwritable
    from gaze_training.evaluate.eye_place import Webcam, choose_portraits, eye_width_px
    from gaze_training.evaluate.points_in_faces import PORTRAITS, frames_in_faces, points_in_faces_result
    from gaze_training.evaluate.points_page import MARKS, write_points_page
    from gaze_training.evaluate.screen import ask
    from gaze_training.evaluate.table import points_in_faces_table
    from gaze_training.evaluate.webcam_eyes import load_webcam_eyes

    refuse_same_file(options.json, options.markdown)
    if options.markdown is not None:
        refuse_unwritable(options.markdown)
        MARKS.require(options.markdown)
    eyes = load_webcam_eyes(options.data)
    most = eye_width_px(eyes.image.shape[2])
    if options.every < 1 or options.seed < 0:
        raise UserError("--every is at least 1, and --seed at least 0.")
    if not _LEAST_EYE_PX <= options.eye_px <= most:
        raise UserError(f"--eye-px is between {_LEAST_EYE_PX} and {most:.0f}, the width of an eye in {options.data}.")
    eyes = eyes.every(options.every)
    models = {name: load_model(find_model(name)) for name in _exported(options.model)}
    portraits = choose_portraits(options.faces, options.face, PORTRAITS, most)
    frames = frames_in_faces(eyes, portraits, Webcam(options.eye_px), options.seed)
    total = len(eyes) * len(portraits)
    answers = ask(models, track(frames, "frames", total=total, console=Console(stderr=True)))
    names = [portrait.name for portrait in portraits]
    results = {name: points_in_faces_result(answer, names) for name, answer in answers.items()}
    print(points_in_faces_table(results))
    if options.markdown is not None:
        write_points_page(results, options.markdown, seed=options.seed, eye_px=options.eye_px)
    return _write(options.json, {name: asdict(result) for name, result in results.items()})


def _hidden(options: argparse.Namespace) -> int:
    from gaze_demo.model.load import load_model
    from gaze_demo.model.registry import find_model
    from gaze_training.evaluate.eye_place import Webcam
    from gaze_training.evaluate.hidden_eyes import NOTHING, hidden_test
    from gaze_training.evaluate.table import hidden_table

    widths = options.eye_px or [50.0, 30.0]
    numbers = [*widths, options.noise]
    if not all(map(math.isfinite, numbers)) or options.count < 1 or min(options.seed, *numbers) < 0:
        raise UserError("--count is at least 1, and --eye-px, --noise and --seed are finite and at least 0.")
    if min(widths) < _LEAST_EYE_PX:
        raise UserError(f"--eye-px is at least {_LEAST_EYE_PX}.")
    models = {name: load_model(find_model(name)) for name in _exported(options.model)}
    results = {}
    for width in widths:
        webcam = Webcam(width, noise=options.noise)
        found = hidden_test(models, options.data, count=options.count, webcam=webcam, seed=options.seed)
        results[f"{width:g} px"] = found
        there = max(rows[NOTHING].asked for rows in found.values())
        if there < options.count:
            print(f"{options.data} has only {there} faces with open eyes {width:g} px wide or more.")
        print(f"Eyes {width:g} px wide, noise of {options.noise:g} grey levels, portraits without a gaze, %:")
        print(f"{hidden_table(found)}\n")
    figures = {
        width: {name: {drawn: asdict(row) for drawn, row in rows.items()} for name, rows in found.items()}
        for width, found in results.items()
    }
    return _write(options.json, figures)


def _screen(options: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.progress import track

    from gaze_demo.model.load import load_model
    from gaze_demo.model.registry import find_model
    from gaze_training.evaluate.screen import ask, cut, screen_result
    from gaze_training.evaluate.table import screen_tables
    from gaze_training.readers import SCREEN_READERS
    from gaze_training.readers.frame_table import table_screen_frames
    from gaze_training.readers.tally import Tally

    if (options.table is None) == (options.read is None):
        raise UserError("name either a TABLE of the frames in the folder, or their data set with --read.")
    if options.read and options.read not in SCREEN_READERS:
        raise UserError(f"--read {options.read}: choose one of {', '.join(SCREEN_READERS)}.")
    if options.read:
        options.said.refuse_all_but(options.said.names - {"hfov"}, "cannot be combined with --read")
    if options.slices < 1 or not 1 < options.hfov < 179:
        raise UserError("--slices is at least 1, and --hfov is between 1 and 179 degrees.")
    models = {name: load_model(find_model(name)) for name in _exported(options.model)}
    tally = Tally()
    if options.read:
        frames = SCREEN_READERS[options.read](options.data, tally)
    else:
        frames = table_screen_frames(options.data, options.table, options.hfov, tally)
    answers = ask(models, track(frames, "frames", total=None, console=Console(stderr=True)))
    results = {name: screen_result(cut(answer, options.slices)) for name, answer in answers.items()}
    print(screen_tables(results))
    for sentence in tally.sentences():
        print(sentence)
    return _write(options.json, {name: asdict(result) for name, result in results.items()})


def _calibrated(options: argparse.Namespace) -> int:
    from gaze_demo.calibration.headless import load_models
    from gaze_demo.calibration.sitting_file import load_sitting
    from gaze_training.evaluate.calibrated import calibrated_test
    from gaze_training.evaluate.table import calibrated_table

    others = {path.stem: load_sitting(path) for path in options.others}
    if len(others) < len(options.others):
        raise UserError("Two of the other sittings have the same name: rename one, rows go by it.")
    rows = calibrated_test(load_models(_exported(options.model)), load_sitting(options.data), others)
    print(calibrated_table(rows))
    return _write(options.json, {"rows": [asdict(row) for row in rows]})


def _exported(names: list[str]) -> list[str]:
    """The names of models for a test that runs them as the app does. Raises UserError for a run's network."""
    for name in names:
        if name.endswith(".pt"):
            raise UserError(
                f"{name}: this test runs models as the app does; write the network as ONNX first, with `gaze-train "
                "export`."
            )
    return names


def _response(options: argparse.Namespace) -> int:
    from gaze_training.evaluate.predict import CONSTANTS
    from gaze_training.evaluate.table import response_table

    predictors = _predictors(options.model)
    rows = _responses(options.data, {**predictors, **CONSTANTS})
    print(response_table(rows))
    if options.picture:
        from gaze_training import plots

        drawn = {f"{name}, {row.renderer}": row for name in predictors for row in rows[name]}
        curves = {axis: {name: getattr(row, axis).curve for name, row in drawn.items()} for axis in ("pitch", "yaw")}
        plots.gain_curves(curves, options.picture)
    return _write(options.json, {name: [asdict(row) for row in result] for name, result in rows.items()})


def _parts(options: argparse.Namespace) -> int:
    from gaze_training.data.sample import load_faces
    from gaze_training.evaluate.parts import part_test
    from gaze_training.evaluate.table import condition_table, part_table

    faces = load_faces(options.data)
    results = {name: part_test(faces, _ask(name)) for name in options.model}
    print(part_table({name: parts for name, (parts, _) in results.items()}))
    if any(conditions for _, conditions in results.values()):
        print("\n" + condition_table({name: conditions for name, (_, conditions) in results.items()}))
    figures = {
        name: {"parts": [asdict(row) for row in parts], "condition": [asdict(row) for row in conditions]}
        for name, (parts, conditions) in results.items()
    }
    return _write(options.json, figures)


def _heads(options: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.progress import track

    from gaze_demo.model.load import load_model
    from gaze_demo.model.registry import find_model
    from gaze_training.data.head_mesh import load_head_mesh
    from gaze_training.evaluate.head_scenes import PICTURES_IN_SERIES, head_scenes
    from gaze_training.evaluate.heads import ask, summarise
    from gaze_training.evaluate.table import heads_tables

    if options.count < 8:
        raise UserError(f"--count {options.count} is too small for a result: give 8 or more.")
    people = max(2, options.count // 10)
    models = [load_model(find_model(name)) for name in _exported(options.model)]
    scenes = head_scenes(load_head_mesh(options.data), options.count, people, options.seed)
    total = options.count + people * PICTURES_IN_SERIES
    answers = ask(models, track(scenes, "heads", total=total, console=Console(stderr=True)))
    result = summarise([model.entry.name for model in models], answers)
    print(heads_tables(result))
    return _write(options.json, asdict(result))


def _open_faces(options: argparse.Namespace) -> LensFaces:
    """The portraits of the selected people whose eyes can be read."""
    from gaze_training.evaluate.lens_faces import load_lens_faces
    from gaze_training.evaluate.zero import heldout_mask

    faces = load_lens_faces(options.data, _CACHE)
    return faces.where(faces.open & (heldout_mask(faces) if options.people == "heldout" else True))


def _responses(folder: Path, predictors: dict[str, Predict]) -> dict[str, Any]:
    from gaze_training.data.sample import load_faces
    from gaze_training.evaluate.response import response_test

    faces = load_faces(folder)
    return {name: response_test(faces, predict) for name, predict in predictors.items()}


def _onnx_zero(options: argparse.Namespace, names: list[str]) -> dict[str, ZeroResult]:
    """By the app's own pipeline, for every form of input that a contract can name."""
    from gaze_demo.model.load import load_model
    from gaze_demo.model.registry import find_model
    from gaze_training.evaluate.models import zero_test_of_models

    models = [load_model(find_model(name)) for name in names]
    return zero_test_of_models(models, options.data, people=options.people) if models else {}


def _predictors(names: list[str]) -> dict[str, Predict]:
    """Each model as a function of single crops. Raises UserError for a model with another kind of input."""
    from gaze_demo.model.registry import find_model
    from gaze_training.onnx_run import onnx_predictor

    return {name: _network(name) or onnx_predictor(find_model(name)) for name in names}


def _ask(name: str) -> Ask:
    """A model with all its outputs for an eye. Raises UserError for a model with another kind of input."""
    if name.endswith(".pt"):
        from gaze_training.metrics import asker
        from gaze_training.networks.store import load_network

        return asker(load_network(Path(name)).network)
    from gaze_demo.model.registry import find_model
    from gaze_training.onnx_run import onnx_asker

    return onnx_asker(find_model(name))


def _network(name: str) -> Predict | None:
    """A run's network, None if the name is no network.pt."""
    if not name.endswith(".pt"):
        return None
    from gaze_training.metrics import predictor
    from gaze_training.networks.store import load_network

    return predictor(load_network(Path(name)).network)


def _write(path: Path | None, figures: dict[str, Any]) -> int:
    if path:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise UserError(f"--json {path} cannot be written: {error.strerror}.") from error
    return 0
