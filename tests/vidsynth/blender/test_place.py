import pytest

from tests.vidsynth.blender.filming import beside_windows, indoors, kerb, paint, shape_sizes
from vidsynth.places.sites import SITES

pytestmark = pytest.mark.slow
INDOOR = ("garage", "mall", "office", "station")


@pytest.mark.parametrize("site", sorted(SITES))
def test_every_surface_of_a_site_has_a_material(blender, site):
    for seed in range(2):
        assert blender.submit(paint, site, seed).result() >= 4


def test_snow_lies_on_what_is_level_and_not_on_walls(blender):
    """And ground and block, of two surfaces, are not mixed up."""
    dry = blender.submit(kerb, 0.0).result()
    assert dry == {"level": {0, 1}, "upright": {1}}
    assert blender.submit(kerb, 0.9).result() == {"level": {2, 3}, "upright": {1}}


@pytest.mark.parametrize("site", INDOOR)
def test_a_ceiling_is_as_bright_as_light_from_the_floor_makes_it(blender, site):
    """Lamps face down: nothing else lights it. The panels of the lamps are to be seen."""
    ceiling, floor, most = blender.submit(indoors, site).result()
    assert 0.08 * floor < ceiling < 2 * floor
    assert most > 4 * floor


def test_light_comes_into_a_room_from_the_side_of_its_windows(blender):
    """Of the floor along it and that along the other side; in the middle of both lamps are few."""
    near, far = blender.submit(beside_windows, "mall", "windows").result()
    assert near > 1.5 * far
    near, far = blender.submit(beside_windows, "mall", "all").result()
    assert near < 1.5 * far


def test_every_shape_is_a_sound_mesh_as_large_as_its_block(blender):
    for shape, size in blender.submit(shape_sizes).result().items():
        assert size == pytest.approx((1.2, 0.4, 0.8), rel=0.03), shape
