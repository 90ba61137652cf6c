"""train/benchmark: what it times can be timed. How long it takes is no test's business."""

from train.benchmark import compare


def test_compare_is_timed_beside_bare_passes():
    seconds, ratio = compare._in_process(1)
    assert seconds > 0 and ratio > 0
