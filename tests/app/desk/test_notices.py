from __future__ import annotations

from gaze_demo.desk.notices import Notices


def test_several_notices_stand_side_by_side_and_the_oldest_give_way() -> None:
    notices = Notices()
    for i in range(6):
        notices.warn(f"number {i}")
    assert [notice.text for notice in notices.shown] == ["number 2", "number 3", "number 4", "number 5"]


def test_a_newer_notice_about_the_same_thing_takes_the_place_of_the_older() -> None:
    notices = Notices()
    notices.info("Calibrating…", "calibration")
    notices.warn("Another thing")
    notices.trouble("It failed", "calibration")
    assert notices.text == "Another thing\nIt failed"
    notices.withdraw("calibration")
    assert notices.text == "Another thing"


def test_escape_closes_the_newest() -> None:
    notices = Notices()
    notices.warn("first")
    notices.warn("second")
    assert notices.close_newest()
    assert notices.text == "first"
    assert notices.close_newest()
    assert not notices.close_newest()
