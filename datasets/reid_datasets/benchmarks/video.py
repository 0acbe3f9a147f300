"""Benchmarks of tracklets."""

from __future__ import annotations

from reid_datasets.benchmarks import mars, synthetic
from reid_datasets.benchmarks.benchmark import Benchmark

VIDEO: dict[str, Benchmark] = {
    "mars": Benchmark("MARS", mars.read, mars.PUBLISHED, obtain=mars.OBTAIN),
    "synthetic": Benchmark("rendered by vidsynth", synthetic.read),
}
