import pytest

from gaze_demo.spreadsheet import text_cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", " =1", "\t=1", "=cmd|' /C calc'!A0"])
def test_a_text_that_begins_like_a_formula_is_marked(text: str) -> None:
    assert text_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a.jpg", "teacher", "a=b", "1", "眼.png"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert text_cell(text) == text
