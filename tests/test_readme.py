"""What README.md promises is there: files, commands, options, and the figures of the models."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from app.profiles import profile
from gaze_demo.calibration.mapping import Mapping
from gaze_demo.calibration.profile import save_profile

TOP = Path(__file__).resolve().parents[1]
TEXT = (TOP / "README.md").read_text("utf8")
LINKS = sorted(set(re.findall(r"\]\((?!https?://)([^)#]+)", TEXT)))
COMMANDS = sorted(set(re.findall(r"(?:`|^)(gaze-(?:demo|train)[^`\n]*)", TEXT, re.MULTILINE)))
EXAMPLES = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
TARGETS = sorted(set(re.findall(r"\bmake ([a-z-]+)", TEXT)))


def run_module(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    module = {"gaze-demo": "gaze_demo.cli", "gaze-train": "gaze_training.cli"}[name]
    program = f"import sys\nfrom {module} import main\nsys.argv[0] = {name!r}\nsys.exit(main(sys.argv[1:]))"
    return subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True)


@pytest.mark.parametrize("link", LINKS)
def test_a_linked_file_exists(link: str) -> None:
    assert (TOP / link).exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_and_its_options_exist(command: str) -> None:
    name, *words = shlex.split(command.split(" #")[0])
    subcommand = [words[0]] if words and re.fullmatch("[a-z]+", words[0]) else []
    help_text = run_module(name, *subcommand, "--help")
    assert help_text.returncode == 0, help_text.stderr
    options = {word.split("=")[0] for word in words if word.startswith("--")}
    assert options - set(re.findall(r"--[a-z0-9-]+", help_text.stdout)) == set()


@pytest.mark.parametrize("target", TARGETS)
def test_a_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (TOP / "Makefile").read_text("utf8"), re.MULTILINE)


def test_the_table_of_models_is_that_of_their_contracts() -> None:
    done = subprocess.run(
        [sys.executable, TOP / "tools" / "readme_models.py", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr or "README.md is out of date: run 'make readme'"


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_in_python_runs_as_it_stands(number: int, tmp_path: Path) -> None:
    save_profile(profile("Ada", {"mobilenet25": Mapping()}))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", EXAMPLES[number]], capture_output=True, text=True, cwd=tmp_path, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) >= 1


def test_there_are_three_examples_in_python() -> None:
    assert len(EXAMPLES) == 3
