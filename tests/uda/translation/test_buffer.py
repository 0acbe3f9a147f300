from __future__ import annotations

import torch

from uda.translation.buffer import PictureBuffer


def numbered(first: int, count: int) -> torch.Tensor:
    return torch.arange(first, first + count).float()[:, None, None, None].expand(-1, 3, 2, 2)


def numbers(pictures: torch.Tensor) -> list[int]:
    return [int(picture[0, 0, 0]) for picture in pictures]


def test_all_are_returned_until_it_is_full_then_half_are_older() -> None:
    buffer = PictureBuffer(50, seed=0)
    assert numbers(buffer.exchange(numbered(0, 50))) == list(range(50))
    returned = numbers(buffer.exchange(numbered(50, 1000)))
    older = sum(number < place for place, number in enumerate(returned, 50))
    assert 430 < older < 570
    assert len(buffer.kept) == 50
    handed = set(returned) | set(range(50))
    # Nothing is lost but by being returned: what is neither was kept.
    assert set(range(1050)) - handed <= set(numbers(torch.stack(buffer.kept)))


def test_a_picture_that_was_given_back_is_not_kept_any_more() -> None:
    buffer = PictureBuffer(1, seed=0)
    buffer.exchange(numbered(0, 1))
    returned = numbers(buffer.exchange(numbered(1, 60)))
    exchanged = [n for place, n in enumerate(returned, 1) if n != place]
    assert len(exchanged) == len(set(exchanged)) > 20


def test_without_room_all_come_back_as_they_are() -> None:
    assert numbers(PictureBuffer(0, seed=0).exchange(numbered(3, 4))) == [3, 4, 5, 6]


def test_its_state_goes_on_where_it_was() -> None:
    first = PictureBuffer(5, seed=0)
    first.exchange(numbered(0, 20))
    state = first.state_dict()
    wanted = numbers(first.exchange(numbered(20, 30)))
    second = PictureBuffer(5, seed=7)
    second.load_state_dict(state, torch.device("cpu"))
    assert numbers(second.exchange(numbered(20, 30))) == wanted


def test_kept_pictures_hold_no_graph() -> None:
    pictures = torch.ones(2, 3, 2, 2, requires_grad=True) * 2
    returned = PictureBuffer(2, seed=0).exchange(pictures)
    assert not returned.requires_grad
