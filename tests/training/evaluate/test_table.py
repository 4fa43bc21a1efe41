from gaze_training.evaluate.table import text_table


def test_columns_line_up() -> None:
    text = text_table(["model", "error"], [["a", 12.345], ["longer", 3]])
    assert text.splitlines() == ["model   error", "a       12.35", "longer      3"]
