"""Which of the app's libraries could send something: it searches their native code for the names of known collectors. A
library that is not in `KNOWN` and contains one of `NAMES` fails this test. Then find out whether it sends data, when,
and how to turn that off; `tests/test_privacy.py` checks that it is off.
"""

from __future__ import annotations

import mmap
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

NAMES = {
    "Microsoft 1DS": (b".events.data.microsoft.com", b"OneCollector/"),
    "Microsoft Aria": (b".aria.microsoft.com", b"vortex.data.microsoft"),
    "Microsoft Application Insights": (b"dc.services.visualstudio.com", b"applicationinsights.azure.com"),
    "Google Clearcut": (b"play.googleapis.com/log", b"play.google.com/log", b"https://play.goo"),
    "Google Analytics": (b"google-analytics.com", b"app-measurement.com", b"firebaselogging"),
    "Sentry": (b"sentry.io", b"sentry-cdn.com"),
    "Mixpanel": (b"api.mixpanel.com",),
    "Segment": (b"api.segment.io",),
    "Amplitude": (b"amplitude.com/",),
    "Datadog": (b"datadoghq.com",),
    "PostHog": (b"posthog.com",),
    "Scarf": (b"scarf.sh",),
    "Bugsnag": (b"notify.bugsnag.com",),
    "New Relic": (b"nr-data.net",),
    "libcurl, an HTTP client": (b"curl.se/docs",),
}
# The checked distributions, with the setting that turns sending off.
KNOWN = {
    # ORT_DISABLE_TELEMETRY=1 before the import; see gaze_demo/__init__.py.
    "onnxruntime": {"Microsoft 1DS", "libcurl, an HTTP client"},
    # For files in the cloud (s3:// and the like); the app opens local files alone.
    "pyarrow": {"libcurl, an HTTP client"},
}


def dependencies() -> Iterator[metadata.Distribution]:
    """What the app needs to run, and what that needs; without the extras."""
    wanted, seen = ["gaze-demo"], set()
    while wanted:
        name = re.sub(r"[-_.]+", "-", wanted.pop()).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another system or another Python
        wanted += [
            re.split(r"[ ;\[<>=!~(]", requirement, maxsplit=1)[0]
            for requirement in distribution.requires or ()
            if "extra ==" not in requirement
        ]
        if name != "gaze-demo":
            yield distribution


def native_files(distribution: metadata.Distribution) -> Iterator[Path]:
    for file in distribution.files or ():
        if re.search(r"\.(so(\.[\d.]+)?|pyd|dll|dylib)$", file.name):
            path = Path(str(file.locate()))
            if path.is_file() and path.stat().st_size:
                yield path


def collectors_in(path: Path) -> set[str]:
    """Whose names the bytes of a file hold."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return {whose for whose, names in NAMES.items() if any(content.find(name) >= 0 for name in names)}


@pytest.mark.timeout(600)
def test_no_library_holds_a_collector_that_is_not_switched_off() -> None:
    found: dict[str, set[str]] = {}
    count = 0
    for distribution in dependencies():
        for path in native_files(distribution):
            count += 1
            found.setdefault(distribution.metadata["Name"].lower(), set()).update(collectors_in(path))
    assert count > 20, "the libraries were not found"
    new = {name: whose - KNOWN.get(name, set()) for name, whose in found.items()}
    assert {name: whose for name, whose in new.items() if whose} == {}


@pytest.mark.parametrize(("whose", "names"), NAMES.items(), ids=list(NAMES))
def test_a_new_collector_would_be_found(tmp_path: Path, whose: str, names: tuple[bytes, ...]) -> None:
    for name in names:
        library = tmp_path / "library.so"
        library.write_bytes(b"\x7fELF" + bytes(5000) + b"https://mobile" + name + b"1.0" + bytes(5000))
        assert whose in collectors_in(library)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="which libraries hold what was read on Linux")
def test_the_list_of_those_looked_into_is_no_longer_than_needed() -> None:
    for name, whose in KNOWN.items():
        held = set().union(*(collectors_in(path) for path in native_files(metadata.distribution(name))))
        assert whose <= held, f"{name} no longer holds {whose - held}: take it off the list"
