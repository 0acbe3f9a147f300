import pytest

from tests.vidsynth.blender.filming import paint
from vidsynth.sites import SITES

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("site", sorted(SITES))
def test_every_surface_of_a_site_has_a_material(blender, site):
    for seed in range(2):
        assert blender.submit(paint, site, seed).result() >= 4
