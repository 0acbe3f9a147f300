"""Benchmarks of tracklets."""

from __future__ import annotations

from reid_datasets.benchmarks import mars, synthetic
from reid_datasets.benchmarks.benchmark import Benchmark

VIDEO: dict[str, Benchmark] = {
    "mars": Benchmark(
        "MARS",
        mars.read,
        mars.PUBLISHED,
        obtain=mars.OBTAIN,
        layout="`bbox_{train,test}/0001/0001C1T0001F001.jpg`, `info/`",
        protocol="gallery with queries and distractors, without junk (`00-1`)",
    ),
    "synthetic": Benchmark(
        "rendered by vidsynth",
        synthetic.read,
        obtain="`vidsynth render-tracklets`",
        layout="a MARS tree, MP4 files or WebDataset shards, with `dataset.json`",
        protocol="as MARS; test people are not in train",
    ),
}
