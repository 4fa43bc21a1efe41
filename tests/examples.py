"""The examples of EXTENDING.md, as code to run and as modules of a package."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

TEXT = (Path(__file__).resolve().parents[1] / "EXTENDING.md").read_text("utf8")


def code(containing: str, language: str = "python") -> str:
    """The one block of that language with these words in it."""
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    (found,) = [block for block in blocks if containing in block]
    return found


@contextmanager
def added(package: ModuleType, name: str, folder: Path, forget: Callable[[], None] = lambda: None) -> Iterator[None]:
    """The example `name`.py beside the files of a package; `forget` clears what the package had found before."""
    path = package.__spec__.name.replace(".", "/") + f"/{name}.py" if package.__spec__ else ""
    (folder / f"{name}.py").write_text(code(f"{path}\n"), "utf8")
    package.__path__.append(str(folder))
    importlib.invalidate_caches()
    forget()
    try:
        yield
    finally:
        package.__path__.remove(str(folder))
        sys.modules.pop(f"{package.__name__}.{name}", None)
        importlib.invalidate_caches()
        forget()
