from dataclasses import replace

import torch

from gaze_training.eyes import Eyes
from gaze_training.trouble import Trouble
from training.drawn_eyes import drawn_faces


def eyes(count: int = 200) -> Eyes:
    """Drawn eyes whose condition is known: sharp, free, open."""
    drawn = Eyes.from_faces(drawn_faces(count))
    known = {name: torch.zeros(len(drawn)) for name in ("blur", "glare", "cover")}
    return replace(
        drawn,
        crops=drawn.crops.float(),
        openness=torch.full((len(drawn),), 0.3),
        iris_visible=torch.full((len(drawn),), 0.9),
        **known,
    )


def troubled(share: float = 1.0, seed: int = 0) -> tuple[Eyes, Eyes]:
    before = eyes()
    return before, Trouble(share, torch.Generator().manual_seed(seed))(before)


def test_without_trouble_nothing_changes() -> None:
    before, after = troubled(0.0)
    assert torch.equal(before.crops, after.crops)
    assert after.readable.all()


def test_so_many_eyes_as_asked_for_meet_trouble_of_one_kind() -> None:
    before, after = troubled(0.6)
    kinds = torch.stack([after.blur > 0, after.glare > 0.01, after.cover > 0.01])
    assert 0.4 < float((before.crops != after.crops).any(-1).any(-1).float().mean()) < 0.8
    assert int(kinds.sum(0).max()) == 1
    assert all(0.08 < float(kind.float().mean()) < 0.35 for kind in kinds)


def test_blur_takes_detail_away_and_says_how_much() -> None:
    before, after = troubled()
    strong = after.blur > 0.7
    detail = [crops[strong].diff(dim=-1).abs().amax((1, 2, 3)).mean() for crops in (before.crops, after.crops)]
    assert detail[1] < 0.6 * detail[0]


def test_what_is_brighter_is_glare_and_what_hides_the_iris_is_cover() -> None:
    before, after = troubled()
    glaring, covered = after.glare > 0.3, after.cover > 0.5
    assert (after.crops[glaring] >= before.crops[glaring] - 1e-3).all()
    assert float(after.iris_visible[covered].mean()) < 0.5 < float(after.iris_visible[glaring].mean())


def test_of_an_eye_that_cannot_be_read_no_gaze_is_taught() -> None:
    _, after = troubled()
    hidden = ~after.readable
    assert 0.05 < float(hidden.float().mean()) < 0.6
    for labels in (after.gaze, after.outside, after.taught):
        assert labels[hidden].isnan().all()
    assert after.gaze[after.readable].isfinite().all()


def test_a_condition_that_is_not_known_stays_unknown() -> None:
    before = eyes()
    unknown = replace(before, **{name: torch.full((len(before),), torch.nan) for name in ("blur", "glare", "cover")})
    after = Trouble(1.0, torch.Generator().manual_seed(0))(unknown)
    assert all(getattr(after, name).isnan().all() for name in ("blur", "glare", "cover"))


def test_the_same_seed_gives_the_same_trouble() -> None:
    assert torch.equal(troubled(seed=3)[1].crops, troubled(seed=3)[1].crops)
    assert not torch.equal(troubled(seed=3)[1].crops, troubled(seed=4)[1].crops)
