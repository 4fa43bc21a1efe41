import pytest

from gaze_training.data.split import HELD_OUT_PERCENT, STUDIO_PERCENT, is_heldout


@pytest.mark.parametrize(
    ("group", "percent"), [("portraits", HELD_OUT_PERCENT), ("london", STUDIO_PERCENT), ("canada", STUDIO_PERCENT)]
)
def test_that_share_of_people_is_held_out(group: str, percent: int) -> None:
    share = sum(is_heldout(group, f"{k:04d}") for k in range(4000)) / 40
    assert share == pytest.approx(percent, abs=2.5)


@pytest.mark.parametrize(
    ("group", "person", "held_out"),
    [
        ("london", "001", True),
        ("london", "002", True),
        ("canada", "003", False),
        ("congress", "A000055", False),
        ("congress", "A000148", True),
    ],
)
def test_the_split_never_changes(group: str, person: str, held_out: bool) -> None:
    assert is_heldout(group, person) is held_out
