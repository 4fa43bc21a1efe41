"""The distribution: the contents of the wheel, its requirements, and that it runs without the checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import gaze_demo

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TRAINING_ONLY = ("torch", "lightning_fabric", "onnx", "scipy", "h5py", "matplotlib", "tensorboard", "webdataset")


@pytest.fixture(scope="session")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=repository, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run_python(program: str, first_on_path: Path, cwd: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(first_on_path), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", program], cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def distribution_name(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[ ;\[<>=!~]", requirement, maxsplit=1)[0]).lower()


@pytest.mark.parametrize("folder", ["assets", "models"])
def test_the_wheel_holds_every_file_of(folder: str, repository: Path, unpacked: Path) -> None:
    here = {str(path.relative_to(repository)) for path in (repository / folder).rglob("*") if path.is_file()}
    package = unpacked / "gaze_demo"
    packed = {str(path.relative_to(package)) for path in (package / folder).rglob("*") if path.is_file()}
    assert here == packed
    assert here


def test_the_wheel_holds_the_configurations_of_the_training(repository: Path, unpacked: Path, tmp_path: Path) -> None:
    here = {path.name for path in (repository / "training" / "configs").iterdir()}
    assert {path.name for path in (unpacked / "gaze_training" / "configs").iterdir()} == here
    program = "from pathlib import Path; from gaze_training import shipped_configs as s; print(s.find(Path('smoke')))"
    assert run_python(program, unpacked, tmp_path) == str(unpacked / "gaze_training" / "configs" / "smoke.toml")


def test_the_wheel_holds_the_two_packages_and_nothing_else(unpacked: Path) -> None:
    names = {path.name for path in unpacked.iterdir() if not path.name.endswith(".dist-info")}
    assert names == {"gaze_demo", "gaze_training"}


def test_the_app_needs_no_library_of_the_training(unpacked: Path) -> None:
    metadata = Parser().parsestr(next(unpacked.glob("*.dist-info/METADATA")).read_text("utf8"))
    always = {distribution_name(each) for each in metadata.get_all("Requires-Dist", []) if "extra ==" not in each}
    assert "mediapipe" in always
    assert always.isdisjoint(name.replace("_", "-") for name in TRAINING_ONLY)
    extras = {"analysis", "dev", "live", "readers", "stream", "training"}
    assert set(metadata.get_all("Provides-Extra", [])) == extras


def test_the_version_is_said_in_one_place(wheel: Path) -> None:
    assert wheel.name.split("-")[1] == gaze_demo.__version__


def test_unpacked_elsewhere_it_finds_its_models_and_assets(unpacked: Path, tmp_path: Path) -> None:
    program = "from gaze_demo import paths; print(paths.models()); print(paths.assets())"
    found = run_python(program, unpacked, tmp_path).splitlines()
    assert found == [str(unpacked / "gaze_demo" / "models"), str(unpacked / "gaze_demo" / "assets")]


def test_window_and_commands_load_where_training_libraries_are_absent(unpacked: Path, tmp_path: Path) -> None:
    program = f"""
import sys
sys.modules.update(dict.fromkeys({TRAINING_ONLY!r}))  # importing any of these now fails
import gaze_demo.cli, gaze_demo.view.run
print(gaze_demo.cli.__file__)
"""
    assert run_python(program, unpacked, tmp_path).startswith(str(unpacked))


def test_tracking_loads_neither_qt_nor_torch(unpacked: Path, tmp_path: Path) -> None:
    program = """
import sys
import gaze_demo.cli, gaze_demo.track
print(*sorted({"PySide6", "torch", "gaze_training"} & set(sys.modules)))
"""
    assert run_python(program, unpacked, tmp_path) == ""


def test_every_dependency_is_pinned_for_the_tests(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    pins = (repository / "constraints.txt").read_text("utf8").splitlines()
    pinned = {distribution_name(line) for line in pins if "==" in line}
    assert {distribution_name(each) for group in groups for each in group} - {"tomli"} <= pinned
