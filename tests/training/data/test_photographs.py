from pathlib import Path

import pytest

from gaze_demo.errors import UserError
from gaze_training.data.photographs import list_photographs


def test_a_table_names_groups_and_people(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    (tmp_path / "faces.csv").write_text("file,group,person\na.jpg,town,7\ngone.jpg,town,8\n")
    assert list_photographs(tmp_path) == [(tmp_path / "a.jpg", "town", "7")]


def test_without_a_table_each_image_is_a_person(tmp_path: Path) -> None:
    for name in ("b.png", "a.JPG", "notes.txt"):
        (tmp_path / name).touch()
    assert [(p.name, person) for p, _, person in list_photographs(tmp_path)] == [("a.JPG", "a"), ("b.png", "b")]


def test_a_table_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "faces"
    folder.mkdir()
    (tmp_path / "secret.jpg").touch()
    (folder / "faces.csv").write_text("file,group,person\n../secret.jpg,g,p\n")
    assert list_photographs(folder) == []


@pytest.mark.parametrize("table", ["who,what\n1,2\n", "file,group\na.jpg,town\n"])
def test_a_table_without_its_columns_is_an_error(tmp_path: Path, table: str) -> None:
    (tmp_path / "faces.csv").write_text(table)
    with pytest.raises(UserError, match="columns file, group and person"):
        list_photographs(tmp_path)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a folder"):
        list_photographs(tmp_path / "gone")
