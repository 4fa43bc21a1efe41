from __future__ import annotations

from pathlib import Path

import pytest

from gaze_demo.errors import UserError
from gaze_training.marks import Marks

MARKS = Marks("<!-- begin -->", "<!-- end -->")


def test_a_page_that_is_not_there_is_made(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    MARKS.write(page, "a table")
    assert page.read_text() == "<!-- begin -->\n\na table\n\n<!-- end -->\n"


def test_only_what_is_between_the_marks_is_replaced() -> None:
    text = MARKS.filled("Before\n<!-- begin -->\nold\n<!-- end -->\nAfter\n", "new")
    assert text == "Before\n<!-- begin -->\n\nnew\n\n<!-- end -->\nAfter\n"
    assert MARKS.filled(text, "new") == text


@pytest.mark.parametrize("text", ["", "<!-- begin -->", "<!-- end -->", "<!-- end --> <!-- begin -->"])
def test_a_page_without_both_marks_in_order_is_refused_and_kept(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    assert MARKS.filled(text, "new") is None
    with pytest.raises(UserError, match="no place for the tables: add the lines <!-- begin --> and <!-- end -->"):
        MARKS.write(page, "new")
    assert page.read_text() == text


def test_a_page_that_is_not_text_is_one_sentence(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(UserError, match="cannot be read"):
        MARKS.require(page)
