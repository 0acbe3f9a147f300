import pytest

from vidsynth.errors import ConfigError
from vidsynth.run.executors.slices import WHOLE, Slice, named_slice, parse_slice


@pytest.mark.parametrize("count", [1, 3, 7, 20])
def test_slices_hold_every_shot_once_and_as_many_as_each_other(count):
    slices = [Slice(number, count) for number in range(1, count + 1)]
    assert sorted(i for part in slices for i in part.shots(11)) == list(range(11))
    sizes = [len(part.shots(11)) for part in slices]
    assert max(sizes) - min(sizes) <= 1


def test_slices_overlap_where_they_have_shots_in_common():
    every = [Slice(number, count) for count in range(1, 7) for number in range(1, count + 1)]
    for one in every:
        for other in every:
            common = set(one.shots(60)) & set(other.shots(60))
            assert one.overlaps(other) == bool(common)


def test_a_slice_is_known_by_its_name():
    for part in (WHOLE, Slice(1, 2), Slice(12, 40)):
        assert named_slice(part.name) == part
    assert named_slice("starting") is None


def test_slices_are_read_from_one_on():
    assert parse_slice("1/1") == WHOLE
    assert parse_slice(" 16/16 ") == Slice(16, 16)
    for text in ("17/16", "3", "1/0", "-1/4", "1/٤", "a/b", ""):
        with pytest.raises(ConfigError, match="with I from 1 to N, as in --shots 3/16, found"):
            parse_slice(text)
    with pytest.raises(ConfigError, match=r"SLURM_ARRAY_TASK_ID \+ 1\)\)/16"):
        parse_slice("0/16")
