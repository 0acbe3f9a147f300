"""Losses on scores of pairs, against slow re-derivations."""

from __future__ import annotations

import math

import pytest
import torch

from uda.losses.matching import batch_hard_matching, class_matching, pairwise_matching

PEOPLE = torch.tensor([0, 0, 1, 1, 2, 2])


def scores(rows: int = 6, columns: int = 6) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return (3 * torch.randn(rows, columns, generator=generator)).requires_grad_()


def chance(score: float) -> float:
    return 1 / (1 + math.exp(-score))


def test_the_class_memory_loss_weighs_hard_cases() -> None:
    given, known = scores(6, 4), torch.tensor([True, True, True, False])
    loss, accuracy = class_matching(given, PEOPLE, known)
    rows, right = [], 0
    for row, own in zip(given.tolist(), PEOPLE.tolist(), strict=True):
        total = 0.0
        for k in range(3):
            p = chance(row[k]) if k == own else 1 - chance(row[k])
            total -= (1 - p) ** 2 * math.log(p)
        rows.append(total)
        right += max(range(3), key=lambda k: row[k]) == own
    assert loss.item() == pytest.approx(sum(rows) / 6, rel=1e-5)
    assert accuracy.item() == pytest.approx(right / 6)
    loss.backward()
    assert given.grad is not None
    assert given.grad[:, 3].abs().sum() == 0
    assert (given.grad[range(6), PEOPLE] < 0).all()
    others = given.grad[:, :3].masked_fill(torch.nn.functional.one_hot(PEOPLE).bool(), 1)
    assert (others > 0).all()


def test_nothing_known_is_no_loss() -> None:
    given = scores(6, 3)
    loss, _ = class_matching(given, PEOPLE, torch.zeros(3, dtype=torch.bool))
    loss.backward()
    assert loss == 0
    assert given.grad is not None
    assert given.grad.abs().sum() == 0


def test_the_pairwise_loss_is_a_cross_entropy_of_all_pairs() -> None:
    given = scores()
    loss, accuracy = pairwise_matching(given, PEOPLE)
    total, right = 0.0, 0
    for i, row in enumerate(given.tolist()):
        for j, score in enumerate(row):
            same = PEOPLE[i] == PEOPLE[j]
            total -= math.log(chance(score) if same else 1 - chance(score))
        own = [row[j] for j in range(6) if PEOPLE[j] == PEOPLE[i] and j != i]
        right += min(own) > max(row[j] for j in range(6) if PEOPLE[j] != PEOPLE[i])
    assert loss.item() == pytest.approx(total / 6, rel=1e-5)
    assert accuracy.item() == pytest.approx(right / 6)


def test_the_triplet_loss_takes_the_hardest_pairs_and_reaches_them_alone() -> None:
    given = scores()
    loss, accuracy = batch_hard_matching(given, PEOPLE, margin=16)
    total, reached, right = 0.0, set(), 0
    for i, row in enumerate(given.tolist()):
        least = min((row[j], j) for j in range(6) if PEOPLE[j] == PEOPLE[i] and j != i)
        most = max((row[j], j) for j in range(6) if PEOPLE[j] != PEOPLE[i])
        total += max(most[0] - least[0] + 16, 0)
        reached |= {(i, least[1]), (i, most[1])}
        right += least[0] > most[0]
    assert loss.item() == pytest.approx(total / 6, rel=1e-5)
    assert accuracy.item() == pytest.approx(right / 6)
    loss.backward()
    assert given.grad is not None
    assert {(int(i), int(j)) for i, j in given.grad.nonzero()} == reached


def test_a_clip_without_another_of_its_identity_is_no_anchor() -> None:
    given = scores(3, 3)
    loss, _ = batch_hard_matching(given, torch.tensor([0, 0, 1]), margin=16)
    row = given.tolist()
    wanted = [max(row[i][2] - row[i][1 - i] + 16, 0) for i in (0, 1)]
    assert loss.item() == pytest.approx(sum(wanted) / 2, rel=1e-5)
    alone, _ = batch_hard_matching(given, torch.tensor([0, 1, 2]))
    assert alone == 0
    loss.backward()
    assert given.grad is not None
    assert given.grad.isfinite().all()
