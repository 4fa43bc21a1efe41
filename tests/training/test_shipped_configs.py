from __future__ import annotations

from pathlib import Path

import pytest

from gaze_training import shipped_configs


@pytest.mark.parametrize("given", ["smoke", "smoke.toml", "training/configs/smoke.toml"])
def test_a_shipped_configuration_is_found_by_its_name_from_any_folder(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shipped_configs.find(Path(given)) == shipped_configs.folder() / "smoke.toml"


def test_a_file_of_ones_own_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("smoke.toml").write_text("")
    assert shipped_configs.find(Path("smoke.toml")) == Path("smoke.toml")


@pytest.mark.parametrize("given", ["absent", "elsewhere/smoke.toml", "smoke.yaml"])
def test_what_is_not_shipped_is_left_as_it_is(given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shipped_configs.find(Path(given)) == Path(given)


def test_the_names_are_those_of_the_files() -> None:
    assert {"smoke", "teacher", "study"} <= set(shipped_configs.names())


def test_a_folder_of_a_configurations_name_is_no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("smoke").mkdir()
    assert shipped_configs.find(Path("smoke")) == shipped_configs.folder() / "smoke.toml"
