import numpy as np
import pytest

from gaze_demo.landmarks.openness import UsualOpenness


def after(usual: float, seconds: float = 5.0) -> UsualOpenness:
    eye = UsualOpenness()
    for i in range(round(seconds * 30)):
        eye.learn(usual, i / 30)
    return eye


# Openness, blink score, score of looking down: seen in clips of real people, and of the virtual participant.
@pytest.mark.parametrize(
    ("usual", "openness", "blink", "down", "closed"),
    [
        pytest.param(0.33, 0.08, 0.50, 0.51, True, id="virtual participant, shut"),
        pytest.param(0.33, 0.15, 0.32, 0.27, True, id="virtual participant, lids over 0.8 of the way"),
        pytest.param(0.32, 0.14, 0.46, 0.44, True, id="a man's blink"),
        pytest.param(0.24, 0.11, 0.63, 0.78, False, id="a signer looks down"),
        pytest.param(0.25, 0.14, 0.66, 0.85, False, id="a signer looks down with a high blink score"),
        pytest.param(0.17, 0.09, 0.53, 0.58, False, id="narrow lids of a smile"),
        pytest.param(0.30, 0.12, 0.50, 0.75, False, id="looks far down"),
    ],
)
def test_closed_is_not_looking_down(usual: float, openness: float, blink: float, down: float, closed: bool) -> None:
    assert after(usual).is_closed(openness, blink, down) is closed


def test_without_scores_and_of_nobody_known_the_openness_alone_decides() -> None:
    eye = UsualOpenness()
    assert eye.is_closed(0.07, np.nan, np.nan)
    assert not eye.is_closed(0.10, np.nan, np.nan)


def test_whoever_looks_down_for_a_while_keeps_the_usual_openness() -> None:
    eye = after(0.3)
    for i in range(150):
        eye.learn(0.16, 5 + i / 30)
    assert eye.is_closed(0.09, np.nan, np.nan)  # it would not be of an eye that is usually open by 0.16
    assert not after(0.16).is_closed(0.09, np.nan, np.nan)
