"""Benchmarks of still images."""

from __future__ import annotations

from reid_datasets.benchmarks.benchmark import Benchmark

IMAGE: dict[str, Benchmark] = {}
