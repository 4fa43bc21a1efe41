from __future__ import annotations

import argparse

import pytest

from gaze_demo import cli
from gaze_demo.command_line import parse
from gaze_demo.geometry import DEFAULT_HFOV_DEG
from gaze_demo.participant.names import NAMES


# What would be passed over, and what the sentence names.
@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("calibrate --out r.json --points 16", "--out and --points needs --headless"),
        ("calibrate --html r.html", "--html needs --headless"),
        ("calibrate --headless --duration 5", "--duration cannot be used without a window"),
        ("calibrate --headless --source sitting.npz --seed 3", "--seed cannot be changed for a recorded sitting"),
        ("calibrate --headless --pursuit --points 5", "--points cannot be combined with --pursuit"),
        ("--source 1 track film.mp4", "--source before the command is given twice"),
        ("--fullscreen track film.mp4", "--fullscreen before the command cannot be used with it"),
        ("--stats s.json calibrate --headless", "--stats cannot be used without a window"),
        ("--model a models", "--model before the command cannot be used with it"),
        ("--hfov 50 cameras", "--hfov before the command cannot be used with it"),
        ("track . --size 640x480 --rate 30", "--rate and --size cannot be set for a folder"),
        ("models --names --json", "not allowed with"),
    ],
)
@pytest.mark.fault("`gaze-demo {line}`, where an option would be passed over", "one sentence names it; exit code 2")
def test_an_option_that_would_be_passed_over_is_refused(
    capsys: pytest.CaptureFixture[str], line: str, named: str
) -> None:
    assert cli.main(line.split()) == 2
    err = capsys.readouterr().err
    assert named in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "line",
    [
        "calibrate --source 1 --fullscreen --model a",
        "calibrate --headless --points 5 --seed 2 --rate 20 --lens-x 30",
        "calibrate --headless --source sitting.npz --model a --html r.html",
        "--verbose --model a calibrate --headless --pursuit",
    ],
)
def test_options_that_have_a_meaning_are_taken(line: str) -> None:
    options, said = parse(cli._parser, line.split())
    assert cli._calibration(options, said) in ("window", "calibrate")


def test_a_calibration_without_a_window_knows_the_virtual_people_by_name() -> None:
    options, said = parse(cli._parser, "calibrate --headless --source virtual:Noor --points 5".split())
    assert cli._calibration(options, said) == "calibrate"
    assert (options.source, options.person) == ("virtual", NAMES.index("Noor"))


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("calibrate --headless --source virtual:nobody", "amara, noor"),
        ("calibrate --headless --source virtual:noor --person 2", "leave --person out"),
    ],
)
def test_a_virtual_person_who_is_not_there_or_named_twice_is_one_sentence(
    capsys: pytest.CaptureFixture[str], line: str, named: str
) -> None:
    assert cli.main(line.split()) == 2
    err = capsys.readouterr().err
    assert named in err
    assert err.count("\n") == 1


def test_what_was_said_is_told_from_the_defaults() -> None:
    _, said = parse(cli._parser, ["--model", "a", "calibrate", "--seed", "0"])
    assert said.names == {"model", "seed"}
    assert said.parser.prog == "gaze-demo calibrate"


def test_every_command_notes_what_was_said_before_it() -> None:
    commands = [action for action in cli._parser()._actions if isinstance(action, argparse._SubParsersAction)]
    for name in commands[0].choices:
        more = ["film.mp4"] if name == "track" else []
        with pytest.raises(SystemExit):
            parse(cli._parser, ["--version", name, *more])


def test_the_help_names_the_field_of_view_that_is_used() -> None:
    assert f"(default: {DEFAULT_HFOV_DEG:g})" in cli._parser().format_help()
