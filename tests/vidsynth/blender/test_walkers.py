"""Meshes are written straight into Blender's memory: what it makes of them."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from tests.vidsynth.blender.filming import held, mesh_of, sites_are_sound
from vidsynth.people.sampling import sample_person
from vidsynth.wardrobe.records import Accessories, Accessory

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", range(3))
def test_a_mesh_is_the_figure_and_moves_with_it(blender, seed):
    pack = Accessories(bag=Accessory("backpack", "red", (0.7, 0.1, 0.1)))
    person = replace(sample_person(np.random.default_rng(seed), seed + 1), accessories=pack)
    facts = blender.submit(mesh_of, person).result()
    assert all(facts.values()), facts


def test_blender_finds_nothing_to_repair_in_any_site(blender):
    assert blender.submit(sites_are_sound).result()


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_worker_is_small(blender, alone):
    """``alone``: it has rendered."""
    resident, needless = blender.submit(held).result()
    assert needless == set()
    assert resident < 1200
