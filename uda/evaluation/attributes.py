"""How well attributes are recognised: accuracies, the means that papers call mA, and confusions.

- The accuracy of an attribute is the share of tracklets whose likeliest class is the right one; its
  plain mean over attributes is the mA of Synthetic18K (Uner et al.).
- Balanced accuracy is the mean over an attribute's classes of the share recognised of each; its
  mean over attributes is the mA of PETA and RAP (Li et al., A Richly Annotated Dataset for
  Pedestrian Attribute Recognition, 2016), where attributes are flags.
- Accuracy, precision, recall and F1 per example (ibid.) are of the set of flags that hold of a
  tracklet. A flag is a class other than ``no`` and ``none``: of ``hat`` it is ``yes``, of
  ``upper_colour`` every colour.

Unknown labels count nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from reid_datasets.attributes import AttributeTable
from reid_datasets.labels import UNKNOWN

ABSENT = ("no", "none")
"""Classes of who has nothing: no flags."""


@dataclass(frozen=True, eq=False)
class AttributeScore:
    """How one attribute is recognised.

    Args:
        name: the attribute's.
        classes: its C classes.
        confusion: tracklets by true class (rows) and likeliest class (columns), int64 (C, C).
        confidence: mean probability of the likeliest class; of calibrated ones near the accuracy.
    """

    name: str
    classes: tuple[str, ...]
    confusion: np.ndarray
    confidence: float

    @property
    def tested(self) -> int:
        """Tracklets whose class is known."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        return float(np.trace(self.confusion) / self.confusion.sum())

    @property
    def balanced(self) -> float:
        """Mean share recognised, over the classes that occur."""
        there = self.confusion.sum(1)
        return float((np.diag(self.confusion)[there > 0] / there[there > 0]).mean())

    @property
    def commonest(self) -> float:
        """Accuracy of who always says the commonest class."""
        return float(self.confusion.sum(1).max() / self.confusion.sum())

    @property
    def one_class(self) -> bool:
        """Whether only one class occurs, so that the score says little."""
        return int((self.confusion.sum(1) > 0).sum()) == 1

    def as_json(self) -> dict[str, Any]:
        """Scores by name, in 0..1, with the confusion."""
        return {
            "classes": list(self.classes),
            "tested": self.tested,
            "accuracy": self.accuracy,
            "balanced": self.balanced,
            "commonest": self.commonest,
            "confidence": self.confidence,
            "confusion": self.confusion.tolist(),
        }


@dataclass(frozen=True)
class ExampleScores:
    """Means over tracklets of how their true flags and those predicted overlap; F1 is that of mean
    precision and mean recall. Nothing predicted, or nothing true, counts as 0, as in public code.
    """

    accuracy: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True)
class AttributeScores:
    """How attributes are recognised, of N tracklets with at least one label."""

    attributes: tuple[AttributeScore, ...]
    examples: ExampleScores
    tracklets: int

    @property
    def accuracy(self) -> float:
        """Plain mean over attributes: Synthetic18K's mA."""
        return float(np.mean([score.accuracy for score in self.attributes]))

    @property
    def balanced(self) -> float:
        """Mean of balanced accuracies: the mA of PETA and RAP."""
        return float(np.mean([score.balanced for score in self.attributes]))

    @property
    def commonest(self) -> float:
        """Mean accuracy of who always says each attribute's commonest class."""
        return float(np.mean([score.commonest for score in self.attributes]))

    def as_json(self) -> dict[str, Any]:
        """Scores by name, in 0..1."""
        examples = self.examples
        return {
            "tracklets": self.tracklets,
            "accuracy": self.accuracy,
            "balanced": self.balanced,
            "commonest": self.commonest,
            "examples": {
                "accuracy": examples.accuracy,
                "precision": examples.precision,
                "recall": examples.recall,
                "f1": examples.f1,
            },
            "attributes": {score.name: score.as_json() for score in self.attributes},
        }


def score(known: AttributeTable, probabilities: Mapping[str, np.ndarray]) -> AttributeScores:
    """Scores of predictions for N tracklets.

    Args:
        known: labels in the classes that are predicted (`AttributeTable.mapped`), at least one of
            each attribute.
        probabilities: of each attribute in ``known`` (N, C), its classes in the order of ``known``.
    """
    likeliest = {name: probabilities[name].argmax(1) for name in known.values}
    seen = {name: column != UNKNOWN for name, column in known.labels.items()}
    described = np.any(list(seen.values()), axis=0)
    return AttributeScores(
        tuple(
            AttributeScore(
                name,
                classes,
                _confusion(known.labels[name], likeliest[name], classes),
                float(probabilities[name].max(1)[seen[name]].mean()),
            )
            for name, classes in known.values.items()
        ),
        _examples(known, likeliest),
        int(described.sum()),
    )


def _confusion(labels: np.ndarray, likeliest: np.ndarray, classes: Sequence[str]) -> np.ndarray:
    seen, count = labels != UNKNOWN, len(classes)
    pairs = labels[seen] * count + likeliest[seen]
    return np.bincount(pairs, minlength=count * count).reshape(count, count).astype(np.int64)


def _examples(known: AttributeTable, likeliest: Mapping[str, np.ndarray]) -> ExampleScores:
    """Flags of unknown attributes are neither true nor predicted."""
    true, said, both = (0, 0, 0)
    described = np.zeros((), bool)
    for name, classes in known.values.items():
        labels, seen = known.labels[name], known.labels[name] != UNKNOWN
        flag = np.array([value not in ABSENT for value in classes])
        true = true + (seen & flag[labels])
        said = said + (seen & flag[likeliest[name]])
        both = both + (seen & flag[labels] & (labels == likeliest[name]))
        described = described | seen
    true, said, both = (np.asarray(count, float)[described] for count in (true, said, both))
    return ExampleScores(
        *(float(np.mean(both / np.maximum(of, 1))) for of in (true + said - both, said, true))
    )
