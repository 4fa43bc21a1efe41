"""Any damage to a user's file leads to one sentence. `make fuzz` tries any number of files."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.parsers import PARSERS, Parser
from gaze_demo.errors import UserError

LIMIT_S = 5.0


def try_to_read(parser: Parser, path: Path) -> str:
    """The sentence by which the file was refused, or "" where it was read."""
    begun = time.monotonic()
    try:
        parser.read(path)
        sentence = ""
    except UserError as error:
        sentence = str(error)
    assert time.monotonic() - begun < LIMIT_S
    assert "\n" not in sentence
    assert len(sentence) < 2000
    return sentence


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.title)
@pytest.mark.fault("a {parser.title} file with damage anywhere, or with values that cannot be", "one sentence at most")
def test_damage_is_one_sentence_at_most(parser: Parser, tmp_path: Path) -> None:
    make = parser.inputs()
    path = tmp_path / parser.name
    path.write_bytes(make(random.Random(0)))
    with suppress(UserError):
        parser.read(path)  # which imports what it needs
    refused = 0

    @settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**32))
    def damage(seed: int) -> None:
        nonlocal refused
        path.write_bytes(make(random.Random(seed)))
        refused += bool(try_to_read(parser, path))

    damage()
    if parser.title not in ("events", "picture"):  # whose damaged parts are counted, or left out by their callers
        assert refused > 0


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.title)
def test_bytes_of_any_kind_are_one_sentence_at_most(parser: Parser, tmp_path: Path) -> None:
    path = tmp_path / parser.name
    if parser.title == "picture":
        pytest.skip("pictures are read by OpenCV: its header guard alone is tried")

    @settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf8", "replace"))))
    def anything(content: bytes) -> None:
        path.write_bytes(content)
        try_to_read(parser, path)

    anything()
