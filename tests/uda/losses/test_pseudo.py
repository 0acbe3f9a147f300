"""Scores of groups keep their precision, whatever the network computes in."""

from __future__ import annotations

import torch

from uda.losses.pseudo import class_scores


def test_scores_of_groups_are_exact_in_mixed_precision() -> None:
    """An embedding of 2,048 numbers of about 1 is 45 long: in bfloat16 a score of 36 is one of 36,
    36.25, 36.5, ..."""
    generator = torch.manual_seed(0)
    embedding = torch.randn(4, 2048, generator=generator)
    classes = torch.nn.functional.normalize(embedding + torch.randn(4, 2048, generator=generator))
    with torch.autocast("cpu", torch.bfloat16):
        coarse = (embedding @ classes.T).float()
        found = class_scores(embedding, classes)
    exact = embedding.double() @ classes.double().T
    torch.testing.assert_close(found.double(), exact, rtol=0, atol=1e-4)
    assert (coarse - exact).abs().max() > 0.02
