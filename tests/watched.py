"""Runs a command, under strace if it is installed, and reports what it did outside its own folders and process.

strace sees every system call of a process and its children, native code included. These count: any socket that is not a
Unix socket, a name lookup (which begins with `/etc/resolv.conf`), and a file that is created or opened for writing
outside the root.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import psutil

_CALLS = "socket,connect,bind,sendto,sendmsg,sendmmsg,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,link"
_CALL = re.compile(r"^\d+ +(?:<\.\.\. )?(\w+)(?: resumed>|\()(.*)$")
_UNIX = ("AF_UNIX", "AF_LOCAL")
_DEVICES = ("/dev/", "/proc/self/", "/sys/")
_RESOLVER = ("/etc/resolv.conf", "/run/systemd/resolve/")


@dataclass
class Watched:
    """A running command. `root`: its home, its temporary folder and its working folder lie below it. `sockets`: those
    that were seen on it so far. `ended_early`: how it ended where it did so before it was asked to."""

    name: str
    process: subprocess.Popen[bytes]
    trace: Path
    root: Path
    sockets: set[str] = field(default_factory=set)
    ended_early: str = ""

    @property
    def stderr(self) -> str:
        return (self.root / "stderr").read_text("utf8", "replace")

    def ask_to_end(self) -> None:
        """SIGTERM to the command and its children; strace itself lets it pass."""
        code = self.process.poll()
        if code is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        else:
            self.ended_early = f"exit code {code}: {self.stderr}"

    def wait(self) -> None:
        """Until it has ended; one that does not within 10 s is killed."""
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def files(self) -> set[str]:
        """The files below its root that the command itself left, by their paths there."""
        ours = {"stderr", "stdout"}
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()} - ours


@cache
def available() -> bool:
    """Whether strace is there and may trace here."""
    if not shutil.which("strace"):
        return False
    return subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode == 0


def start(name: str, command: list[str], root: Path, environment: dict[str, str]) -> Watched:
    """Start `command` with a home of its own below `root`."""
    trace = root.with_name(root.name + ".trace")
    for folder in ("home", "tmp", "work"):
        (root / folder).mkdir(parents=True)
    own = {"HOME": str(root / "home"), "TMPDIR": str(root / "tmp")}
    options = ["-f", "-qq", "-e", f"trace={_CALLS}", "-e", "signal=none", "-s", "200", "-o", str(trace)]
    strace = ["strace", *options] if available() else []
    with (root / "stderr").open("wb") as stderr, (root / "stdout").open("wb") as stdout:
        process = subprocess.Popen(
            [*strace, *command],
            cwd=root / "work",
            env={**environment, **own},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
    return Watched(name, process, trace, root)


def internet_sockets(watched: Watched) -> set[str]:
    """The sockets that the command and its children hold at this moment, but those between two programs here."""
    found = set()
    try:
        root = psutil.Process(watched.process.pid)
        for each in (root, *root.children(recursive=True)):
            for held in each.net_connections(kind="inet"):
                if held.raddr and held.raddr.ip in ("127.0.0.1", "::1"):
                    continue
                found.add(f"{held.type.name} {held.laddr} {held.raddr}")
    except psutil.Error:
        pass  # it has just ended
    return found


def reached_out(watched: Watched) -> list[str]:
    """The system calls by which a command asked for a network, a name, or a file that is not below its root."""
    lines = watched.trace.read_text("utf8", "replace").splitlines()
    assert lines, "strace wrote nothing"
    found = []
    for line in lines:
        call = _CALL.match(line)
        if call is not None and _is_outside(call[1], call[2], watched.root):
            found.append(line)
    return found


def _is_outside(call: str, rest: str, root: Path) -> bool:
    if call == "socket":
        return not rest.startswith(_UNIX)
    if call in ("connect", "bind", "sendto", "sendmsg", "sendmmsg"):
        family = re.search(r"sa_family=(AF_\w+)", rest)
        resolver = any(name in rest for name in _RESOLVER)
        return resolver or (family is not None and family[1] not in _UNIX and "127.0.0.1" not in rest)
    if any(f'"{name}' in rest for name in _RESOLVER):
        return True
    return _writes(call, rest) and not _allowed(rest, root)


def _writes(call: str, rest: str) -> bool:
    """Whether a file was made or opened to write; a call that failed changed nothing."""
    if re.search(r"= -1 E\w+", rest):
        return False
    return not call.startswith("open") or any(flag in rest for flag in ("O_CREAT", "O_WRONLY", "O_RDWR"))


def _allowed(rest: str, root: Path) -> bool:
    """Relative paths are those of the working folder that a command was started in."""
    paths = [os.path.normpath(root / "work" / path) for path in re.findall(r'"([^"]*)"', rest)]
    return all(path.startswith((str(root) + "/", *_DEVICES)) for path in paths)
