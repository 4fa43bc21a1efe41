"""`tests/FAULTS.md`: the attempts to break the app and their results, written by the tests that make them. A test that
breaks something on purpose is marked with the attempt and the result:

    @pytest.mark.fault("the disk is full while the CSV is written", "one sentence; the rows until then are kept")
    def test_a_full_disk_keeps_the_rows(...): ...

`{name}` in the first text stands for that parameter of a parametrised test, so that each case has its own row. A test
with the fixture `happened` can report what it saw instead of the second text, for example the sentence on the screen:
`happened(f"exit code {code}: {err}")`. `make faults` runs the marked tests and rewrites the file.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HEAD = """\
# What was tried, and what happened

Written by `make faults`, which runs the tests named here. Each of them breaks something on purpose: a file, a disk, a
camera, a model, a signal. In every one of them the app says what is wrong or ends in good order, and nothing that was
recorded is lost.
"""
FAILED = "**this test failed**"

_tried = pytest.StashKey[str]()
_happened = pytest.StashKey[str]()
_rows = pytest.StashKey[dict[tuple[str, str], list[str]]]()  # (test, what was tried): what happened, each thing once


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--faults", type=Path, metavar="FILE", help="write what the tests marked `fault` tried and saw")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(tried, happens): breaks something on purpose; see tests/faults.py")
    config.stash[_rows] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fill in the texts of each marked test; a mark without its two texts is a mistake of the test."""
    for item in items:
        mark = item.get_closest_marker("fault")
        if mark is None:
            continue
        tried, happens = mark.args
        parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        item.stash[_tried] = tried.format(**parameters)
        item.stash[_happened] = happens


@pytest.fixture
def happened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], None]:
    """Tells what was seen, instead of the mark's second text; temporary folders are left out of it."""
    base = re.escape(str(tmp_path_factory.getbasetemp())) + r"/[^/\s]+/"

    def tell(text: str) -> None:
        request.node.stash[_happened] = " ".join(re.sub(base, "", text).split())

    return tell


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if item.stash.get(_tried, None) is not None and (report.when == "call" or report.failed) and not report.skipped:
        rows = item.config.stash[_rows]
        key = (_name(item), item.stash[_tried])
        seen = rows.setdefault(key, [])
        text = FAILED if report.failed else item.stash[_happened]
        if text not in seen:
            seen.append(text)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    path: Path | None = session.config.getoption("--faults")
    if path is not None:
        write(path, {key: " / ".join(seen) for key, seen in session.config.stash[_rows].items()})


def _name(item: pytest.Item) -> str:
    """`app/test_track.py::test_name`, without the parameters."""
    return item.nodeid.split("[")[0].removeprefix("tests/")


def write(path: Path, rows: dict[tuple[str, str], str]) -> None:
    """Rewrite the file; a test that was skipped here keeps the row it has."""
    marked = {name for name, _ in marked_tests(path.parent)}
    kept = {key: text for key, text in read(path).items() if key[0] in marked} if path.exists() else {}
    merged = {key: text for key, text in kept.items() if key[0] not in {name for name, _ in rows}} | rows
    lines = [HEAD]
    file = ""
    for (name, tried), text in sorted(merged.items()):
        if name.split("::")[0] != file:
            file = name.split("::")[0]
            lines.append(f"\n## {file}\n\n| Tried | What happened | Test |\n| --- | --- | --- |\n")
        test = name.split("::", 1)[1]
        lines.append(f"| {_cell(tried)} | {_cell(text)} | `{test}` |\n")
    path.write_text("".join(lines), encoding="utf-8")


def read(path: Path) -> dict[tuple[str, str], str]:
    """The rows of the file, as `write` takes them."""
    rows, file = {}, ""
    for line in path.read_text("utf8").splitlines():
        if line.startswith("## "):
            file = line.removeprefix("## ")
        elif file and line.startswith("| ") and not line.startswith(("| Tried", "| ---")):
            tried, text, test = (cell.replace("\\|", "|") for cell in re.split(r"(?<!\\) \| ", line[2:-2]))
            rows[f"{file}::{test.strip('`')}", tried] = text
    return rows


def marked_tests(folder: Path) -> set[tuple[str, str]]:
    """Name and first text of each marked test below `folder`, read from the sources without importing them."""
    found = set()
    for path in folder.rglob("test_*.py"):
        source = path.read_text("utf8")
        if "mark.fault(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            for mark in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault":
                    assert isinstance(node, ast.FunctionDef)
                    tried = ast.literal_eval(mark.args[0])
                    found.add((f"{path.relative_to(folder).as_posix()}::{node.name}", tried))
    return found


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
