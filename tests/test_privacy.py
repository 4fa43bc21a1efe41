"""Nothing leaves the machine: no command opens a connection, asks for an address, or leaves files behind elsewhere.

Each command runs for 40 s, long enough for a library that waits before it sends. `CI` is taken out of the environment,
because libraries that send usage statistics do not send them if they find it.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

import gaze_demo
import watched
from watched import Watched

WATCH_S = 40.0
# Where the app may write below the home: its settings, its data, its log, its cache.
OWN_FOLDERS = (".config/gaze-demo", ".local/share/gaze-demo", ".local/state/gaze-demo", ".cache/gaze-demo")
# What the system's own libraries keep there: the index of the fonts, which the first program with a window makes.
NOT_OURS = (".cache/fontconfig/",)

CLI = "import sys\nfrom gaze_demo.cli import main\nsys.exit(main(sys.argv[1:]))\n"
LIBRARY = "import gaze_demo.model.session, time\ntime.sleep(60)\n"
TRAINING = "import gaze_training.onnx_run, time\ntime.sleep(60)\n"
OVER_AND_OVER = """
import sys
from gaze_demo.cli import main
while main(sys.argv[1:]) == 0:  # a calibration of the virtual participant may take less time than is watched
    pass
"""
COMMANDS = {
    "window": [CLI, "--source", "virtual"],
    "track": [CLI, "track", "virtual", "--out", "gaze.csv", "--video", "seen.mp4"],
    "calibrate": [OVER_AND_OVER, "calibrate", "--headless", "--source", "virtual", "--points", "5", "--out", "r.json"],
    "record": [CLI, "record", "virtual", "--keep", "eyes", "--out", "session"],
    "library": [LIBRARY],
    "training": [TRAINING],
}
needs_strace = pytest.mark.skipif(not watched.available(), reason="needs Linux with strace")


def environment() -> dict[str, str]:
    """That of the tests, less what would hide or redirect something."""
    hidden = ("CI", "ORT_DISABLE_TELEMETRY", "DISPLAY", "GITHUB_ACTIONS", "TF_BUILD")
    kept = {name: value for name, value in os.environ.items() if name not in hidden and not name.startswith("XDG_")}
    return {**kept, "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def watched_commands(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Watched]:
    """All commands, run at the same time and ended after `WATCH_S`, with the sockets seen on them meanwhile."""
    root = tmp_path_factory.mktemp("watched")
    running: dict[str, Watched] = {}
    try:
        for name, command in COMMANDS.items():
            running[name] = watched.start(name, [sys.executable, "-c", *command], root / name, environment())
        end = time.monotonic() + WATCH_S
        while time.monotonic() < end:
            for each in running.values():
                each.sockets |= watched.internet_sockets(each)
            time.sleep(0.3)
    finally:
        for each in running.values():
            each.ask_to_end()
        for each in running.values():
            each.wait()
    return running


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_was_watched_long_enough(watched_commands: dict[str, Watched], name: str) -> None:
    assert watched_commands[name].ended_early == ""


@needs_strace
@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_reaches_for_no_network_no_name_and_no_foreign_file(
    watched_commands: dict[str, Watched], name: str
) -> None:
    assert watched.reached_out(watched_commands[name]) == []


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_leaves_files_in_the_apps_own_folders_only(watched_commands: dict[str, Watched], name: str) -> None:
    home = {path.removeprefix("home/") for path in watched_commands[name].files() if path.startswith("home/")}
    assert {path for path in home if not path.startswith((*OWN_FOLDERS, *NOT_OURS))} == set()
    assert {path for path in watched_commands[name].files() if path.startswith("tmp/")} == set()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_holds_no_socket_but_to_its_own_machine(watched_commands: dict[str, Watched], name: str) -> None:
    assert watched_commands[name].sockets == set()


def test_a_held_socket_would_be_seen(tmp_path: Path) -> None:
    program = (
        "import socket, time\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(('', 0))\ntime.sleep(60)"
    )
    running = watched.start("specimen", [sys.executable, "-c", program], tmp_path / "specimen", environment())
    try:
        end = time.monotonic() + 20
        while time.monotonic() < end and not (seen := watched.internet_sockets(running)):
            time.sleep(0.1)
    finally:
        running.ask_to_end()
        running.wait()
    assert len(seen) == 1


# What a program does, and what the watch says of it.
@needs_strace
@pytest.mark.parametrize(
    ("program", "named"),
    [
        ("import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)", "AF_INET"),
        ("import socket\ntry: socket.getaddrinfo('name.invalid', 80)\nexcept OSError: pass", "resolv.conf"),
        ("open('../../elsewhere', 'w')", "../elsewhere"),
        ("import os; open(os.path.dirname(os.path.dirname(os.getcwd())) + '/elsewhere', 'w')", "elsewhere"),
    ],
    ids=["a socket", "a name", "a relative path", "a foreign file"],
)
def test_the_watch_notices(tmp_path: Path, program: str, named: str) -> None:
    running = watched.start("specimen", [sys.executable, "-c", program], tmp_path / "specimen", environment())
    running.process.wait(60)
    found = watched.reached_out(running)
    assert any(named in line for line in found), found


@needs_strace
def test_the_watch_lets_a_program_write_below_its_own_folders(tmp_path: Path) -> None:
    program = "import os; open('a', 'w'); open(os.environ['HOME'] + '/b', 'w'); open('/dev/null', 'w')"
    running = watched.start("specimen", [sys.executable, "-c", program], tmp_path / "specimen", environment())
    running.process.wait(60)
    assert watched.reached_out(running) == []
    assert running.files() == {"work/a", "home/b"}


@pytest.mark.parametrize("package", ["gaze_demo", "gaze_training"])
def test_importing_a_package_switches_usage_statistics_off(package: str) -> None:
    program = f"import os, {package}; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    done = subprocess.run([sys.executable, "-c", program], env=environment(), capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_an_onnxruntime_that_was_imported_first_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", sys)
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)
    with pytest.warns(UserWarning, match="import gaze_demo first"):
        importlib.reload(gaze_demo)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        importlib.reload(gaze_demo)
