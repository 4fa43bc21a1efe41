import pytest

from gaze_demo import paths
from gaze_demo.camera.open import SourceOptions, open_source
from gaze_demo.camera.virtual import VirtualSource
from gaze_demo.errors import UserError
from gaze_demo.participant.names import NAMES, STUDIED, find_person
from gaze_demo.participant.person import PEOPLE


def test_the_names_are_those_of_the_people() -> None:
    assert tuple(person.name for person in PEOPLE) == NAMES
    assert len(set(NAMES)) == len(NAMES)


def test_a_person_is_found_by_name_in_any_case() -> None:
    assert [find_person(name) for name in ("amara", " IVO ", "Person 2", "nobody")] == [3, 7, 1, None]


def test_named_people_are_sources_of_their_own() -> None:
    options = SourceOptions(width=160, height=160, real_time=False)
    means = []
    for spec in ("virtual:amara", "virtual:path,finn,head=moving", "virtual:person=0"):
        source = open_source(spec, options)
        assert isinstance(source, VirtualSource)
        source.open()
        means.append(float(source.read().image[40:120, 60:100].mean()))
        source.close()
    assert max(means) - min(means) > 10
    with pytest.raises(UserError, match=r"a name \(amara, noor, finn, jun, ivo, otto, rosa\) or person=0 to 9"):
        open_source("virtual:nobody")


def test_the_people_are_not_one_face_and_take_less_than_a_megabyte() -> None:
    assert len({person.portrait for person in PEOPLE[STUDIED:]}) == len(PEOPLE) - STUDIED
    assert sum(file.stat().st_size for file in paths.assets().glob("p*r*_*")) < 1_000_000
