"""Student and teacher should see the same target clip alike (Synthetic-to-Real, Eq. 14-16)."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from uda.exact import exact_products


def cluster_agreement(
    student: torch.Tensor, teacher: torch.Tensor, centroids: torch.Tensor, *, temperature: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """L1^C: the student's clip belongs to the cluster in which the teacher puts it.

    The paper counts disagreements, an indicator without a gradient. Minimised here is the
    cross-entropy between the student's soft assignment, softmax(-distance / temperature) over
    centroids, and the teacher's nearest cluster. ``student`` and ``teacher`` (B, D), ``centroids``
    (M, D). Returns the mean loss and the paper's indicator as a share of clips (a metric).
    """
    with exact_products(student.device):
        with torch.no_grad():
            wanted = torch.cdist(teacher.float(), centroids.float()).argmin(dim=1)
        distances = torch.cdist(student.float(), centroids.float())
    loss = F.cross_entropy(-distances / temperature, wanted)
    return loss, (distances.argmin(dim=1) != wanted).float().mean()


def cluster_distance(student: torch.Tensor, centroids: torch.Tensor) -> torch.Tensor:
    """L2^C: mean Euclidean distance between the student's features and their cluster's mean.

    The teacher's half of Eq. 15 is a constant for the student and is left out.
    ``student`` (B, D), ``centroids`` (M, D).
    """
    with exact_products(student.device):
        return torch.cdist(student.float(), centroids.float()).amin(dim=1).mean()
