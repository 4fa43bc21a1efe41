import os

from gaze_demo.machine import machine


def test_a_machine_is_named_by_processor_cores_and_system() -> None:
    name, cores, system = machine().rsplit(", ", 2)
    assert name
    assert cores == f"{os.cpu_count()} cores"
    assert system
