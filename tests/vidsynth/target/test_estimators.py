"""Estimators learn, know what they cannot tell, and come back from files as they were."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file, save

from tests.vidsynth.target.made_up_estimators import described, known, made_up_estimators
from vidsynth.errors import TargetError
from vidsynth.target import estimators_file, features, net_b
from vidsynth.target.estimators import Estimators
from vidsynth.target.estimators_file import read_estimators, write_estimators
from vidsynth.target.features import Described
from vidsynth.target.known import Known
from vidsynth.target.pipe import Pipe


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    monkeypatch.setattr(features, "weights_mark", lambda: "made-up")
    monkeypatch.setattr("vidsynth.target.estimators.weights_mark", lambda: "made-up")


@pytest.fixture
def trained():
    return made_up_estimators()


def test_what_descriptions_tell_is_unfolded_and_what_they_do_not_is_refused(trained):
    assert trained.trust["depression"].verdict == "unfold"
    assert trained.trust["azimuth"].verdict == "unfold"
    assert trained.trust["light_elevation"].verdict == "refuse"
    assert trained.trust["light_elevation"].r2 < 0.1
    assert trained.trust["depression"].mae < 0.52 * trained.trust["depression"].guess
    assert trained.trust["occluder"].auc > 0.85


def test_estimates_of_new_crops_follow_the_truth(trained):
    of = known(seed=7)
    found = trained.of(described(of.truth, seed=7))
    assert np.corrcoef(found.estimates["depression"], of.truth["depression"])[0, 1] > 0.8
    turned = np.radians(found.estimates["azimuth"] - of.truth["azimuth"])
    assert np.cos(turned).mean() > 0.7
    assert found.features.shape[1] <= 64
    assert set(found.halves) == {"sites", "photographs"}


def test_held_out_estimates_are_no_better_than_those_of_new_people(trained):
    of = known(seed=9)
    new = trained.of(described(of.truth, seed=9)).estimates["gamma"] - of.truth["gamma"]
    held = trained.held_out["gamma"] - trained.truth["gamma"]
    assert 0.8 < np.abs(held).mean() / np.abs(new).mean() < 1.3


def test_a_quantity_without_truth_is_left_out():
    of = known()
    truth = of.truth | {"blur": np.full_like(of.truth["blur"], np.nan)}
    short = Known(
        truth, of.identity, of.site, of.tracklet, of.photographed, of.indoor, of.mark, of.looks
    )
    found = Estimators.fit(described(of.truth), short, Pipe())
    assert "blur" not in found.names
    assert "noise" in found.names


def test_estimators_come_back_from_their_file(trained, tmp_path):
    path = tmp_path / "est.safetensors"
    write_estimators(trained, path)
    back = read_estimators(path)
    part = described(known(seed=3).truth, seed=3)
    for name, estimates in trained.of(part).estimates.items():
        np.testing.assert_allclose(back.of(part).estimates[name], estimates, rtol=1e-4, atol=1e-4)
    assert (back.mark, back.pipe) == (trained.mark, trained.pipe)
    assert str(back.trust) == str(trained.trust)  # NaN equals itself as text
    assert back.sigma == pytest.approx(trained.sigma)
    assert made_up_estimators(seed=1).mark != trained.mark


def test_renders_that_count_more_do_so_in_responses_too(trained, tmp_path):
    """Of a second round's: estimates of the others are other people's to explain."""
    of = known()
    counts = np.where(of.truth["log_height"] < 4.6, 9.0, 1.0)
    found = Estimators.fit(described(of.truth), of, Pipe(), counts)
    calibration = found.calibrations["gamma"]
    by_hand = replace(calibration, counts=None).response(weights=counts)
    np.testing.assert_allclose(calibration.response().matrix, by_hand.matrix)
    assert not np.allclose(calibration.response().matrix, replace(calibration, counts=None)
                           .response().matrix)  # fmt: skip
    path = tmp_path / "est.safetensors"
    write_estimators(found, path)
    back = read_estimators(path)
    np.testing.assert_array_equal(back.counts, counts)
    assert back.mark == found.mark
    assert trained.counts is None


def test_what_is_no_such_file_is_said(trained, tmp_path):
    path = tmp_path / "est.safetensors"
    with pytest.raises(TargetError, match="found no such file"):
        read_estimators(path)
    path.write_bytes(b"something else")
    with pytest.raises(TargetError, match="damaged"):
        read_estimators(path)
    path.write_bytes(save({"a": np.zeros(3, np.float32)}))
    with pytest.raises(TargetError, match="another kind of file"):
        read_estimators(path)
    write_estimators(trained, path)
    content = bytearray(path.read_bytes())
    content[-5] ^= 0x40
    path.write_bytes(content)
    with pytest.raises(TargetError, match="checksum"):
        read_estimators(path)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("format", 99, "format 99"),
        ("weights", "others", "other weights"),
        ("ranges", {"gamma": [0, 1]}, "another range"),
    ],
)
def test_estimators_of_another_version_are_refused(trained, tmp_path, key, value, said):
    path = tmp_path / "est.safetensors"
    header, arrays = estimators_file._taken_apart(trained)
    header |= {"mark": trained.mark, key: value}
    path.write_bytes(save(arrays, {"vidsynth": json.dumps(header)}))
    with pytest.raises(TargetError, match=said):
        read_estimators(path)


def test_the_file_holds_no_file_names(trained, tmp_path):
    path = tmp_path / "est.safetensors"
    write_estimators(trained, path)
    assert set(load_file(path)) >= {"whole.weights", "truth.depression", "held_out.depression"}
    assert b".jpg" not in path.read_bytes()


def test_net_b_is_calibrated_on_people_and_places_that_it_has_not_seen(monkeypatch, tmp_path):
    of, seen = known(), []

    class Mean:
        """Says the mean of what it has seen, as net B, which is tested by itself."""

        def __init__(self, outputs):
            self.mean, self.sd = np.nanmean(outputs, 0), np.nanstd(outputs, 0)

        def __call__(self, small):
            return np.tile(self.mean, (len(small), 1)) + small[:, :1, 0, 0]

    def train(names, small, outputs, seed):
        seen.append(small[:, 0, 0, 0])
        return Mean(outputs)

    monkeypatch.setattr("vidsynth.target.estimators.train", train)
    part = described(of.truth)
    small = np.zeros((len(part), 128, 64, 3), np.uint8)
    small[:, 0, 0, 0] = of.identity
    part = Described(part.network, part.pixels, small)
    found = Estimators.fit(part, of, Pipe(), net="b")
    tested = np.isfinite(found.held_out["blur"])
    assert 0.05 < tested.mean() < 0.15
    assert not set(of.identity[tested]) & set(seen[0])
    assert set(found.halves) == {"sites", "photographs"}


def test_net_b_comes_back_from_its_file(trained, tmp_path):
    names, rng = ("gamma", "azimuth"), np.random.default_rng(0)
    small = rng.integers(0, 255, (16, 128, 64, 3), np.uint8)
    state = {name: value.numpy() for name, value in net_b._build(3).state_dict().items()}
    net = net_b.ConvNet(names, np.array([1.2, 0, 0]), np.array([0.4, 1, 1]), state)
    trust = {name: trained.trust[name] for name in names}
    b = replace(trained, names=names, whole=net, trust=trust)
    write_estimators(b, tmp_path / "b.safetensors")
    back = read_estimators(tmp_path / "b.safetensors")
    np.testing.assert_allclose(back.whole(small), net(small), rtol=1e-5, atol=1e-5)
    assert back.mark == b.mark
