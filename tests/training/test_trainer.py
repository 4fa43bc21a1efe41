from pathlib import Path
from typing import Any

import pytest
import torch

from gaze_demo.errors import UserError
from gaze_training.config import AugmentConfig, OptimiserConfig, RunConfig, SchemeConfig, parse_config
from gaze_training.eyes import Eyes
from gaze_training.metrics import measure, predict
from gaze_training.networks.ensemble import Ensemble
from gaze_training.networks.output import GazeNetwork
from gaze_training.networks.store import load_network
from gaze_training.trainer import Trainer
from training.drawn_eyes import drawn_faces

EYES = Eyes.from_faces(drawn_faces(160))
TINY = {"kind": "mobilenet", "width": 0.125, "depth": 0.5}


def run_config(**tables: Any) -> RunConfig:
    tree = {"network": TINY, "train": {"epochs": 2, "batch": 64}, **tables}
    return parse_config(tree, "test")


def weights(network: GazeNetwork) -> torch.Tensor:
    return torch.cat([value.flatten().float() for value in network.state_dict().values()])


def test_it_learns_where_drawn_eyes_look() -> None:
    held_out = Eyes.from_faces(drawn_faces(60, seed=1))
    run = run_config(train={"epochs": 12, "batch": 32, "rate": 4e-3, "ema_decay": 0.98}, augment={"head_deg": 0.0})
    trained = Trainer(run).fit(EYES, held_out, show=False)
    guess = measure(Trainer(run).result, held_out).error_deg
    assert trained.epochs[-1].quality is not None
    assert trained.epochs[-1].quality.error_deg < guess / 3


def test_the_same_seed_gives_the_same_weights_and_another_does_not() -> None:
    first, again, other = (weights(Trainer(run_config(seed=s)).fit(EYES, show=False).network) for s in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


class Stopped(Exception):
    pass


@pytest.mark.parametrize("average", ["ema", "swa", "none"])
def test_a_stopped_run_goes_on_to_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, average: str
) -> None:
    run = run_config(train={"epochs": 3, "batch": 64, "average": average}, network={**TINY, "dropout": 0.2})
    whole = Trainer(run).fit(EYES, folder=tmp_path / "whole", show=False)
    epoch = Trainer._epoch

    def stop_in_the_third(self: Trainer, train: Eyes, number: int, *args: Any) -> float:
        if number == 2:
            raise Stopped
        return epoch(self, train, number, *args)

    monkeypatch.setattr(Trainer, "_epoch", stop_in_the_third)
    with pytest.raises(Stopped):
        Trainer(run).fit(EYES, folder=tmp_path / "stopped", show=False)
    monkeypatch.undo()
    resumed = Trainer(run).fit(EYES, folder=tmp_path / "stopped", show=False)
    assert torch.equal(weights(whole.network), weights(resumed.network))
    assert [e.loss for e in whole.epochs] == [e.loss for e in resumed.epochs]


def test_a_folder_with_another_run_is_refused(tmp_path: Path) -> None:
    Trainer(run_config(train={"epochs": 1, "warmup_epochs": 0})).fit(EYES, folder=tmp_path, show=False)
    with pytest.raises(UserError, match="another configuration"):
        Trainer(run_config()).fit(EYES, folder=tmp_path, show=False)


@pytest.mark.parametrize("part", ["run", "epochs", "lesson"])
def test_a_damaged_state_of_a_run_is_told_in_one_sentence(tmp_path: Path, part: str) -> None:
    Trainer(run_config()).fit(EYES, folder=tmp_path, show=False)
    content = torch.load(tmp_path / "last.pt", weights_only=True)
    content[part] = {} if part == "lesson" else "{" + content[part]
    torch.save(content, tmp_path / "last.pt")
    with pytest.raises(UserError, match="damaged: remove it"):
        Trainer(run_config()).fit(EYES, folder=tmp_path, show=False)


def test_the_written_network_is_the_returned_one(tmp_path: Path) -> None:
    trained = Trainer(run_config()).fit(EYES, folder=tmp_path, show=False)
    stored = load_network(tmp_path / "network.pt")
    assert torch.equal(weights(stored.network), weights(trained.network))
    assert stored.summary["eyes"] == len(EYES)


def test_a_diverged_run_stops_and_says_so(tmp_path: Path) -> None:
    run = run_config(train={"epochs": 3, "batch": 64, "rate": 1e30, "warmup_epochs": 0, "clip": 1e30})
    trained = Trainer(run).fit(EYES, EYES, folder=tmp_path, show=False)
    assert trained.diverged
    assert len(trained.epochs) < 3


def test_eyes_without_any_label_do_not_disturb_the_baseline() -> None:
    unknown = Eyes.from_faces(drawn_faces(40, seed=2), labelled=False)
    unknown.outside[:] = torch.nan
    trained = Trainer(run_config()).fit(Eyes.concatenate(EYES, unknown), show=False)
    assert not trained.diverged


def test_mixed_labels_pull_the_prediction_towards_the_outside_teacher() -> None:
    train = {"epochs": 12, "batch": 32, "rate": 4e-3, "ema_decay": 0.98}
    gains = []
    for share in (0.0, 1.0):  # the outside teacher of the drawn eyes has a pitch gain of 0.6
        trained = Trainer(run_config(labels={"outside_share": share}, train=train)).fit(EYES, EYES, show=False)
        assert trained.epochs[-1].quality is not None
        gains.append(trained.epochs[-1].quality.pitch_gain)
    assert gains[1] < gains[0] - 0.15


def test_the_last_rate_is_the_final_one() -> None:
    trainer = Trainer(run_config(train=OptimiserConfig(epochs=4, rate=1.0, final_rate=0.1).model_dump()))
    trainer._set_rate(1.0)
    assert trainer._optimiser.param_groups[0]["lr"] == pytest.approx(0.1)


def test_mixed_precision_trains_with_a_teacher() -> None:
    teacher = Trainer(run_config()).result.eval()
    run = run_config(train={"epochs": 1, "batch": 64, "warmup_epochs": 0, "precision": "bf16-mixed"})
    run = run.model_copy(update={"scheme": SchemeConfig(name="imitation")})
    assert not Trainer(run, teacher).fit(EYES, show=False).diverged


def test_a_teacher_asked_in_bfloat16_teaches_the_same() -> None:
    teacher, losses = Trainer(run_config()).result.eval(), []
    for precision in ("train", "bf16"):
        run = run_config(scheme={"name": "imitation", "teacher_precision": precision})
        losses.append([epoch.loss for epoch in Trainer(run, Ensemble([teacher, teacher])).fit(EYES, show=False).epochs])
    assert losses[0] == pytest.approx(losses[1], rel=1e-2)
    assert losses[0] != losses[1]


def test_a_run_goes_on_from_a_trained_network(tmp_path: Path) -> None:
    first = Trainer(run_config()).fit(EYES, EYES, folder=tmp_path, show=False)
    assert first.epochs[-1].quality is not None
    start = tmp_path / "network.pt"
    run = run_config(train={"epochs": 1, "batch": 64, "warmup_epochs": 0, "rate": 1e-6, "start": str(start)})
    second = Trainer(run).fit(EYES, EYES, show=False)
    assert second.epochs[-1].quality is not None
    assert second.epochs[-1].quality.error_deg == pytest.approx(first.epochs[-1].quality.error_deg, rel=0.02)
    deeper = run.model_copy(
        update={"network": run.network.model_copy(update={"refined": (1, 0, 0, 1), "halving_kernel": 5})}
    )
    third = Trainer(deeper).fit(EYES, EYES, show=False)
    assert third.epochs[-1].quality is not None
    assert third.epochs[-1].quality.error_deg == pytest.approx(first.epochs[-1].quality.error_deg, rel=0.02)
    with pytest.raises(UserError, match="another kind of network"):
        Trainer(run.model_copy(update={"network": run.network.model_copy(update={"width": 0.25})}))


def test_confidence_alone_is_learnt_while_the_gaze_stays(tmp_path: Path) -> None:
    Trainer(run_config()).fit(EYES, folder=tmp_path, show=False)
    sure = run_config().network.model_copy(update={"confidence": True})
    train = {"epochs": 2, "batch": 64, "start": str(tmp_path / "network.pt"), "learns": "confidence", "ema_decay": 0.5}
    trainer = Trainer(run_config(network=sure.model_dump(), train=train))
    first = trainer.student.eval()(EYES.crops, EYES.head).covariance
    network = trainer.fit(EYES, show=False).network
    kept = predict(load_network(tmp_path / "network.pt").network, EYES)
    assert torch.allclose(predict(network, EYES), kept, atol=1e-6)
    assert not torch.allclose(network(EYES.crops, EYES.head).covariance, first)
    with pytest.raises(UserError, match=r"network\.confidence"):
        run_config(train=train)


def test_a_teacher_asked_once_teaches_as_one_that_sees_undisturbed_crops() -> None:
    teacher = Trainer(run_config()).result.eval()
    still = dict.fromkeys(AugmentConfig.model_fields, 0.0)
    losses = []
    for outputs in ("live", "once"):
        run = run_config(scheme={"name": "imitation", "outputs": outputs}, augment=still)
        losses.append([epoch.loss for epoch in Trainer(run, teacher).fit(EYES, show=False).epochs])
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)


@pytest.mark.parametrize("name", ["hints", "staged-hints"])
def test_a_teacher_asked_once_still_gives_hints_while_they_last(name: str) -> None:
    members = [Trainer(run_config(seed=seed)).result.eval() for seed in (1, 2)]
    asked = []
    members[0].register_forward_hook(lambda *_: asked.append(0))
    members[1].register_forward_hook(lambda *_: asked.append(1))
    run = run_config(scheme={"name": name, "outputs": "once", "options": {"hint_share": 0.3}})
    run = run.model_copy(update={"train": run.train.model_copy(update={"epochs": 4})})
    trainer = Trainer(run, Ensemble(members).eval())
    assert not trainer.fit(EYES, show=False).diverged
    steps = 4 * (len(EYES) // run.train.batch)
    assert asked.count(0) - asked.count(1) == pytest.approx((0.3 if name == "hints" else 0.7) * steps, abs=1)
