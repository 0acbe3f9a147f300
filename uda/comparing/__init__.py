"""Comparisons by name: how features of queries and gallery become distances."""

from __future__ import annotations

from uda.comparing.contract import Comparison
from uda.comparing.cosine import Cosine, Euclidean
from uda.comparing.query_adaptive import QueryAdaptive
from uda.comparing.rerank import Reranked
from uda.comparing.visual_temporal import VisualTemporal

COMPARISONS: dict[str, type[Comparison]] = {
    "cosine": Cosine,
    "euclidean": Euclidean,
    "k_reciprocal": Reranked,
    "visual_temporal": VisualTemporal,
    "query_adaptive": QueryAdaptive,
}
