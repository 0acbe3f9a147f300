"""Norms of the target's own, as long as nothing is learned from the target."""

from __future__ import annotations

from reid_models.domain_norm import share_weights
from torch import nn

from uda.methods.parts.counter import Counter


class TargetNorms(nn.Module):
    """Until a loss on the target reaches a student, its norms of the target take the weights of the
    source's after every step. They would stay as they began while all around them learns, and
    the target would be grouped by what they make of it. Statistics are each domain's own. Models
    that do not keep domains apart (`model.norm=dsbn`) stay as they are.
    """

    def __init__(self) -> None:
        super().__init__()
        # 1 once the target has been learned from, whatever is learned from later.
        self.learned = Counter()

    def after_step(self, *students: nn.Module, on_target: bool) -> None:
        """``on_target``: whether the step's losses were of the target, too."""
        if on_target and not int(self.learned):
            self.learned.set(1)
        if not int(self.learned):
            for student in students:
                share_weights(student)
