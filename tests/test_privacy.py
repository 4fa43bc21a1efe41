"""Nothing leaves the machine: no command that sees a face opens a connection or asks for an address.

Two proofs. Python's own sockets are watched by an audit hook. Native code (landmarks, networks, Qt) runs where Linux
gives the process a network of its own without any route: whatever tries to reach out is counted there by the kernel.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

WATCHED = """
import os, sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname"):
        os.write(2, f"{event}{arguments!r}\\n".encode())
        os._exit(99)

sys.addaudithook(watch)
"""
RUN = "import sys\nfrom gaze_demo.cli import main\nsys.exit(main(sys.argv[1:]))\n"
REACH_OUT = "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 53))\n"

COUNTED = """
import subprocess, sys

def attempts():
    table = [line.split() for line in open("/proc/self/net/snmp") if line.startswith("Ip:")]
    sixes = [line.split() for line in open("/proc/self/net/snmp6")]
    return int(dict(zip(*table))["OutNoRoutes"]) + int(dict(sixes).get("Ip6OutNoRoutes", 0))

code = subprocess.run([sys.executable, "-c", *sys.argv[1:]]).returncode
print("attempts", attempts())
sys.exit(code)
"""


@pytest.fixture(params=["photograph", "window"])
def command(request: pytest.FixtureRequest, repository: Path, tmp_path: Path) -> list[str]:
    if request.param == "photograph":
        return ["track", str(repository / "assets" / "portrait.jpg"), "--out", str(tmp_path / "gaze.csv")]
    return ["--source", "virtual", "--duration", "2", "--stats", str(tmp_path / "stats.json")]


@pytest.fixture
def without_a_network() -> list[str]:
    """What to put before a command so that it runs in a network of its own."""
    prefix = ["unshare", "--map-root-user", "--net"]
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"], capture_output=True).returncode:
        pytest.skip("needs Linux that lets a process have a network of its own")
    return prefix


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_no_python_socket_is_opened(command: list[str]) -> None:
    done = run([sys.executable, "-c", WATCHED + RUN, *command])
    assert done.returncode == 0, done.stderr


def test_a_python_socket_would_be_noticed() -> None:
    done = run([sys.executable, "-c", WATCHED + REACH_OUT])
    assert done.returncode == 99
    assert done.stderr.startswith("socket.connect")


def test_no_native_code_reaches_out(command: list[str], without_a_network: list[str]) -> None:
    done = run([*without_a_network, sys.executable, "-c", COUNTED, RUN, *command])
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "attempts 0"


def test_native_code_that_reached_out_would_be_counted(without_a_network: list[str]) -> None:
    done = run([*without_a_network, sys.executable, "-c", COUNTED, REACH_OUT])
    assert done.stdout.splitlines()[-1] == "attempts 1"
