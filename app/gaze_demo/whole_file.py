"""Result files that are written under another name and renamed when they are complete. An older file of that name stays
until then. A full disk, a crash or a failed run never leaves half a file under the name that the user gave.
"""

from __future__ import annotations

import errno
import io
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from gaze_demo.errors import UserError

_MOST_PARTS = 1000
_NO_PLACE = (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.EROFS)  # nothing can be written there
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
DISK_GONE = (errno.EIO, errno.ENODEV, errno.ENXIO, errno.ESTALE)
_PUBLIC, _PRIVATE = 0o666, 0o600


class PartFile:
    """An empty file beside `path` that becomes `path` with `commit`.

    A `recording` is called NAME.part.EXT, so that it can still be opened by its ending if the program is killed; other
    parts are hidden. If `path` is not a regular file (a pipe, /dev/stdout), it is written directly.

    Attributes: `path`, as the user gave it. `part`, where the bytes are to be written.

    Raises UserError if the file cannot be made.
    """

    def __init__(self, path: Path, *, recording: bool = False, private: bool = False) -> None:
        self.path = path
        self._goal = _goal(path)
        self.part = self._goal
        self._open = True
        if not self._direct:
            self.part = _reserve(self._goal, path, recording, _PRIVATE if private else _PUBLIC)

    @property
    def _direct(self) -> bool:
        try:
            return not stat.S_ISREG(self._goal.stat().st_mode)
        except OSError:
            return False

    def commit(self) -> None:
        """Rename the part to the final name. Raises UserError if that fails; the part is removed then."""
        if not self._open:
            return
        self._open = False
        if self.part == self._goal:
            return
        try:
            self.part.replace(self._goal)
        except OSError as error:
            with suppress(OSError):
                self.part.unlink()
            raise cannot_write(self.path, error) from None

    def discard(self) -> None:
        """Remove what was written; the older file stays."""
        if self._open and self.part != self._goal:
            with suppress(OSError):
                self.part.unlink()
        self._open = False

    def rescue(self) -> str:
        """After a write that failed: keep what was recorded until then, and say where it is. It gets the final name if
        there was no file before, and keeps its own otherwise.
        """
        if not self._open or self.part == self._goal:
            return ""
        with suppress(OSError):
            if self.part.stat().st_size == 0:
                self.discard()
                return ""
        if self._goal.exists():
            self._open = False
            return f" What was recorded until then is in {self.part.name}; {self.path.name} is as it was."
        self.commit()
        return f" {self.path.name} holds what was recorded until then."


@contextmanager
def whole_file(path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """A binary file to write to, which replaces `path` when the block ends without an error.

    `private`: only this account may read it. Raises UserError if it cannot be written; `path` is as before then.
    """
    part = PartFile(path, private=private)
    try:
        try:
            with part.part.open("wb") as file:
                yield file
                file.flush()
                with suppress(OSError, io.UnsupportedOperation):  # a pipe cannot
                    os.fsync(file.fileno())
        except OSError as error:
            raise cannot_write(path, error) from None
        part.commit()
    finally:
        part.discard()


def write_whole(path: Path, content: str | bytes, *, private: bool = False) -> None:
    """Write a text (UTF-8) or bytes as `whole_file` does; raises UserError."""
    with whole_file(path, private=private) as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)


def write_whole_by(path: Path, write: Callable[[IO[bytes]], object], *, private: bool = False) -> None:
    """Let `write` fill the file, as `numpy.savez` does; raises UserError."""
    with whole_file(path, private=private) as file:
        write(file)


def refuse_same_file(*paths: Path | None) -> None:
    """Raise UserError if two outputs would be written to one file."""
    seen: dict[str, Path] = {}
    for path in paths:
        if path is None:
            continue
        key = os.path.normcase(os.path.realpath(path))
        if key in seen and not _is_special(path):
            raise UserError(f"Two results have the name {path}: give each its own name.")
        seen[key] = path


def refuse_unwritable(path: Path) -> None:
    """Raise UserError, before any work is done, if a result of that name cannot be written."""
    folder = path.absolute().parent
    if path.is_dir():
        raise UserError(f"{path} cannot be written: it is a folder. Name a file in it.")
    if not folder.is_dir():
        raise UserError(f"{path} cannot be written: there is no folder {folder}. Create it first.")
    if not os.access(folder, os.W_OK) and not _is_special(path):
        raise UserError(
            f"{path} cannot be written: the folder {folder} is read-only for this account. Choose another one."
        )


def cannot_write(path: Path, error: OSError, then: str = "") -> UserError:
    """The sentence for a file that the system does not let us write."""
    remedy = ""
    if not then and error.errno in _NO_PLACE:
        remedy = " Choose a folder that this account may write to."
    elif error.errno in DISK_FULL:
        remedy = " Free some space on that disk, or choose a folder on another one."
    elif error.errno in DISK_GONE:
        remedy = " Check that the disk is connected, or choose a folder on another one."
    return UserError(f"{path} cannot be written: {error.strerror or error}.{remedy}{then}")


def _is_special(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _goal(path: Path) -> Path:
    """The target of the path if it is a link: the link stays a link."""
    try:
        return path.resolve() if path.is_symlink() else path
    except OSError as error:
        raise cannot_write(path, error) from None


def _reserve(goal: Path, path: Path, recording: bool, mode: int) -> Path:
    """An empty part file with an unused name."""
    for number in range(1, _MOST_PARTS):
        name = f".{goal.name}.{secrets.token_hex(4)}.part"
        if recording:
            name = f"{goal.stem}.part{number if number > 1 else ''}{goal.suffix}"
        part = goal.with_name(name)
        try:
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
        except FileExistsError:
            continue
        except OSError as error:
            raise cannot_write(path, error) from None
        return part
    raise UserError(
        f"{path} cannot be written: there are too many unfinished parts of it in that folder. Remove those you do "
        "not need."
    )
