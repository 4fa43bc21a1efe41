from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import gaze_training
from gaze_demo.errors import UserError
from gaze_training.study import do_run, load_results, measure_again, result_file, run_study
from gaze_training.study_config import StudyConfig, plan, read_study
from training.drawn_eyes import drawn_faces
from training.evaluate.made_lens_faces import lens_faces

CONFIGS = Path(gaze_training.__file__).parents[1] / "configs"
STUDY = """
seeds = [1, 2]
teachers = 2
base.data.held_out = 0.3
base.train = { epochs = 1, batch = 32, warmup_epochs = 0.0 }
teacher.network = { kind = "residual", width = 0.25 }
teacher.train = { epochs = 2 }

[networks]
wide = { kind = "mobilenet", width = 0.25, depth = 0.5 }
thin = { kind = "mobilenet", width = 0.125, depth = 0.5 }

[[schemes]]
label = "assistant"
name = "assistant"
taught_by = "assistant"
of = { thin = "wide" }
networks = ["thin", "wide"]
"""


def without(text: str, start: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith(start))


@pytest.fixture
def study(tmp_path: Path) -> StudyConfig:
    (tmp_path / "study.toml").write_text(STUDY)
    drawn_faces(60).save(tmp_path / "data" / "a.npz")
    return read_study(tmp_path / "study.toml", (tmp_path / "data",))


def test_every_teacher_comes_before_who_learns_from_it(study: StudyConfig, tmp_path: Path) -> None:
    runs = plan(study, tmp_path)
    place = {run.key: number for number, run in enumerate(runs)}
    assert len(runs) == 2 + 2 * 2
    assert all(place[teacher] < place[run.key] for run in runs for teacher in run.teachers)
    assert next(run for run in runs if run.key == "thin-assistant-2").teachers == ("wide-assistant-2",)


def test_a_scheme_can_have_more_seeds_than_the_others(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(STUDY + "seeds = [1, 2, 3]\n")
    students = [run for run in plan(read_study(tmp_path / "study.toml"), tmp_path) if run.network != "teacher"]
    assert {run.seed for run in students} == {1, 2, 3}


def test_the_teachers_differ_from_the_base_only_where_they_say_so(study: StudyConfig) -> None:
    assert study.teacher.train.epochs == 2
    assert study.teacher.train.batch == study.base.train.batch
    assert study.teacher.data == study.base.data


def test_the_runs_of_one_seed_share_data_and_seed(study: StudyConfig, tmp_path: Path) -> None:
    own = [run.config for run in plan(study, tmp_path) if run.seed == 1 and run.network != "teacher"]
    assert len({(config.seed, config.data, config.train) for config in own}) == 1


def test_a_scheme_keeps_what_its_entry_says_of_the_teacher_and_the_training(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(STUDY + 'epochs = 3\naverage = "swa"\nteacher_precision = "bf16"\n')
    runs = plan(read_study(tmp_path / "study.toml"), tmp_path)
    config = next(run.config for run in runs if run.key == "wide-assistant-1")
    assert (config.train.epochs, config.train.average, config.scheme.teacher_precision) == (3, "swa", "bf16")
    assert config.train.batch == 32


@pytest.mark.parametrize("workers", [1, 2])
def test_a_stopped_study_goes_on_where_it_was(study: StudyConfig, tmp_path: Path, workers: int) -> None:
    out = tmp_path / "out"
    for run in plan(study, out)[:4]:
        do_run(run, out, None)
    times = {file: file.stat().st_mtime_ns for file in out.glob("runs/*/result.json")}
    assert list(run_study(study, out, None, workers))[-1] == (6, 6)
    assert all(file.stat().st_mtime_ns == time for file, time in times.items())
    results = load_results(out)
    assert len(results) == 6
    assert all(result.parameters and not result.diverged for result in results)
    assert not list(out.glob("runs/*/last.pt"))


def test_networks_are_asked_again_when_faces_are_measured_otherwise(
    study: StudyConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = plan(study, tmp_path)[0]
    do_run(run, tmp_path, None)
    before = load_results(tmp_path)[0]
    assert before.real_deg == {}
    faces = lens_faces()
    monkeypatch.setattr("gaze_training.study._portraits", lambda out, folder: faces)
    monkeypatch.setattr("gaze_training.evaluate.zero.heldout_mask", lambda faces: faces.open)
    assert measure_again(tmp_path, tmp_path) == 1
    after = load_results(tmp_path)[0]
    assert set(after.real_deg) == {"town", "village", "all"}
    assert replace(after, real_deg={}) == before


def test_results_of_another_plan_are_not_taken_over(study: StudyConfig, tmp_path: Path) -> None:
    first = plan(study, tmp_path)[0]
    do_run(first, tmp_path, None)
    longer = study.model_copy(
        update={
            "teacher": study.teacher.model_copy(update={"train": study.base.train.model_copy(update={"epochs": 5})})
        }
    )
    with pytest.raises(UserError, match="another configuration"):
        next(run_study(longer, tmp_path, None))


def test_a_damaged_result_is_one_sentence(tmp_path: Path) -> None:
    file = result_file(tmp_path, "a")
    file.parent.mkdir(parents=True)
    for content in ("{}", "", "[]"):
        file.write_text(content)
        with pytest.raises(UserError, match="damaged"):
            load_results(tmp_path)


def test_a_study_does_not_stumble_over_a_damaged_result(study: StudyConfig, tmp_path: Path) -> None:
    file = result_file(tmp_path / "out", plan(study, tmp_path / "out")[0].key)
    file.parent.mkdir(parents=True)
    file.write_text('{"run": ')
    with pytest.raises(UserError, match="damaged"):
        next(run_study(study, tmp_path / "out", None))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace('networks = ["thin", "wide"]', 'networks = ["slim"]'), "no such network: slim"),
        (lambda text: text.replace("seeds = [1, 2]", "seeds = [1]"), "seeds"),
        (
            lambda text: text.replace('of = { thin = "wide" }', 'of = { thin = "wide", wide = "thin" }'),
            "cannot come before",
        ),
        (lambda text: "base = 3\n" + without(text, "base."), "base"),
        (lambda text: "teacher = 3\n" + without(text, "teacher."), "teacher"),
        (lambda text: text + 'teachers = ["other.pt"]\n', "taught_by"),
    ],
)
def test_a_wrong_plan_is_one_sentence(tmp_path: Path, change: Callable[[str], str], message: str) -> None:
    (tmp_path / "study.toml").write_text(change(STUDY))
    with pytest.raises(UserError, match=message):
        plan(read_study(tmp_path / "study.toml"), tmp_path)


def test_the_shipped_plan_has_five_seeds_and_every_run_a_teacher_in_it(tmp_path: Path) -> None:
    study = read_study(CONFIGS / "study.toml")
    assert len(study.seeds) >= 5
    keys = {run.key for run in plan(study, tmp_path)}
    assert all(keys.issuperset(run.teachers) for run in plan(study, tmp_path))
