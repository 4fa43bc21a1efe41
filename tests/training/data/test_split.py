import pytest

from gaze_training.data.split import HELD_OUT_PERCENT, is_heldout


def test_two_people_in_five_are_held_out() -> None:
    share = sum(is_heldout("group", f"{k:04d}") for k in range(4000)) / 40
    assert share == pytest.approx(HELD_OUT_PERCENT, abs=2.5)


@pytest.mark.parametrize(
    ("group", "person", "held_out"),
    [("london", "001", True), ("london", "002", True), ("canada", "003", False), ("congress", "A000055", True)],
)
def test_the_split_never_changes(group: str, person: str, held_out: bool) -> None:
    assert is_heldout(group, person) is held_out
