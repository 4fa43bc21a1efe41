"""The configurations that come with the package: `teacher`, `mobilenet25`, `smoke`, `study` and others."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = Path("training") / "configs"


def folder() -> Path:
    """Where they are: inside the package when installed from a wheel, in `training/configs` of a checkout."""
    installed = _PACKAGE / "configs"
    return installed if installed.is_dir() else _PACKAGE.parent / "configs"


def names() -> list[str]:
    return sorted(path.stem for path in folder().glob("*.toml"))


def find(given: Path) -> Path:
    """The file that a user names: a path, a shipped one's name, or its path as the documentation has it.

    Anything else is returned unchanged, and is refused when it is read.
    """
    if given.is_file():
        return given
    shipped = folder() / f"{given.stem}.toml"
    is_name = len(given.parts) == 1 and given.suffix in ("", ".toml")
    return shipped if (is_name or given.parent == _CHECKOUT) and shipped.is_file() else given
