"""ARCHITECTURE.md names only what exists, and stays short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[1]
TEXT = (TOP / "ARCHITECTURE.md").read_text("utf8")
PATHS = sorted(set(re.findall(r"`((?:app|training|tests|tools)/[\w./-]+)`", TEXT)))
IN_PICTURES = sorted(set(re.findall(r"(?<=[>\s])([a-z_]+(?:/[a-z_.]*)+|[a-z_]+\.py)(?=[,\"\]])", TEXT)))


@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_it_names_is_there(path: str) -> None:
    assert (TOP / path).exists()


@pytest.mark.parametrize("path", IN_PICTURES)
def test_a_path_in_its_pictures_is_there(path: str) -> None:
    assert (TOP / "app" / "gaze_demo" / path).exists()


def test_paths_are_found_at_all() -> None:
    assert len(PATHS) > 20
    assert len(IN_PICTURES) > 5


def test_the_glossary_is_short() -> None:
    glossary = TEXT.split("## Words")[1]
    words = re.findall(r"^\| ([a-z, ]+) \|", glossary, re.MULTILINE)
    assert 10 < len(words) <= 25
