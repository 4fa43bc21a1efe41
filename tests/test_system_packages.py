"""What `make` tells a user whose system lacks libraries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="system libraries are a matter of Linux")


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder of stand-ins for the system's commands: an ordinary user of a system that has no library at all."""
    for name, line in {"ldconfig": "true", "id": "echo 1000", "apt-get": "exit 9", "uname": "echo Linux"}.items():
        command = tmp_path / name
        command.write_text(f"#!/bin/sh\n{line}\n")
        command.chmod(0o755)
    return tmp_path


def ask(repository: Path, tools: Path, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    script = repository / "tools" / "system-packages.sh"
    environment = {"PATH": f"{tools}:/usr/bin:/bin"}
    return subprocess.run(["sh", script, "demo", python], env=environment, capture_output=True, text=True)


def test_an_ordinary_user_is_told_what_to_install(repository: Path, tools: Path) -> None:
    done = ask(repository, tools)
    assert done.returncode == 2
    assert done.stderr.startswith("System packages are missing; install them with: sudo apt-get install libgl1 ")
    assert done.stderr.count("\n") == 1


def test_nothing_is_said_where_all_is_there(repository: Path, tools: Path) -> None:
    names = (repository / "tools" / "system-packages.sh").read_text().replace("'", " ").split()
    (tools / "ldconfig").write_text("#!/bin/sh\necho " + " ".join(name for name in names if ".so." in name) + "\n")
    done = ask(repository, tools)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_old_python_is_refused_in_one_sentence(repository: Path, tools: Path) -> None:
    old = tools / "python2"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = ask(repository, tools, str(old))
    assert done.returncode == 2
    assert done.stderr.startswith("Python 3.10 or newer is needed")
    assert done.stderr.count("\n") == 1
