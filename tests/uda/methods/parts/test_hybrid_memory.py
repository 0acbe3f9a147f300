"""What the memory holds, worked out by hand."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from uda.methods.parts.hybrid_memory import HybridMemory, means_of_equal


def built() -> HybridMemory:
    memory = HybridMemory(2, 4, 3)
    memory.tracklets.copy_(F.normalize(torch.randn(4, 3, generator=torch.manual_seed(0))))
    memory.regroup(torch.tensor([0, 1, 0, 2]))
    return memory


def test_prototypes_are_means_of_their_tracklets() -> None:
    memory = built()
    memory.identities.copy_(torch.eye(2, 3))
    found = memory.prototypes()
    held = memory.tracklets
    wanted = [torch.eye(2, 3), (held[[0]] + held[[2]]) / 2, held[[1]], held[[3]]]
    torch.testing.assert_close(found, torch.cat(wanted))


def test_identities_that_were_never_seen_take_no_part() -> None:
    memory = built()
    clip = torch.tensor([[0.0, 3.0, 4.0]])
    memory.meet(clip, torch.tensor([1]))
    scores = memory.scores(clip, 0.5)
    assert scores[0, 0] == -torch.inf
    torch.testing.assert_close(scores[0, 1], torch.tensor(2.0))
    torch.testing.assert_close(scores[0, 3], clip[0] @ memory.tracklets[1] / 5 / 0.5)
    first = memory.identities.clone()
    memory.meet(torch.tensor([[1.0, 0.0, 0.0]]), torch.tensor([1]))
    assert torch.equal(memory.identities, first), "it was met before"


def test_means_are_exact_in_mixed_precision() -> None:
    """What is remembered would else have the eight bits of bfloat16."""
    features = torch.randn(5, 3, generator=torch.manual_seed(3))
    rows = torch.tensor([2, 0, 2, 1, 0])
    with torch.autocast("cpu", torch.bfloat16):
        found = means_of_equal(features, rows)
    unit = F.normalize(features, dim=1)
    pairs = [[0, 2], [1, 4], [0, 2], [3], [1, 4]]
    wanted = F.normalize(torch.stack([unit[pair].sum(0) for pair in pairs]), dim=1)
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-6)


def test_entries_move_towards_the_mean_of_their_clips() -> None:
    memory = built()
    memory.meet(torch.eye(2, 3), torch.tensor([0, 1]))
    before = memory.tracklets.clone()
    source = torch.tensor([[0.0, 0.0, 2.0], [0.0, 1.0, 0.0]])
    target = torch.tensor([[1.0, 0.0, 0.0], [0.0, 5.0, 0.0], [0.0, 0.0, 1.0]])
    memory.remember(source, torch.tensor([0, 1]), target, torch.tensor([2, 2, 3]), 0.2)
    moved = F.normalize(0.2 * torch.tensor([1.0, 0, 0]) + 0.8 * torch.tensor([0.0, 0, 1.0]), dim=0)
    torch.testing.assert_close(memory.identities[0], moved)
    torch.testing.assert_close(memory.identities[1], torch.tensor([0.0, 1.0, 0.0]))
    mean = F.normalize(torch.tensor([1.0, 1.0, 0.0]), dim=0)
    torch.testing.assert_close(
        memory.tracklets[2], F.normalize(0.2 * before[2] + 0.8 * mean, dim=0)
    )
    assert torch.equal(memory.tracklets[:2], before[:2])
