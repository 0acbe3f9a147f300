import numpy as np
import pytest

from vidsynth.geometry.clearance import inside_any
from vidsynth.places.sites import SITES
from vidsynth.places.sites.pieces import WOOD

SEEDS = range(5)
SHAPES = {"box", "taper", "cylinder", "disc", "sphere", "cone", "hill"}
each_site = pytest.mark.parametrize("name", sorted(SITES))


def built(name):
    return [SITES[name](np.random.default_rng(seed)) for seed in SEEDS]


@each_site
def test_a_site_is_decided_by_its_generator(name):
    first, *others = built(name)
    assert SITES[name](np.random.default_rng(SEEDS[0])) == first
    assert all(other != first for other in others)
    assert first.name == name


@each_site
def test_people_walk_amid_the_cameras(name):
    for site in built(name):
        x0, y0, x1, y1 = site.walk_area
        left, near, right, far = site.camera_area
        assert left <= x0 < x1 <= right
        assert near <= y0 < y1 <= far
        assert min(x1 - x0, y1 - y0) > 3, "room to pass each other"
        low, high = site.camera_heights
        assert 1.5 < low < high


@each_site
def test_nothing_stands_where_people_walk(name):
    for site in built(name):
        x0, y0, x1, y1 = site.walk_area
        x, y, z = np.meshgrid(
            np.linspace(x0, x1, 40), np.linspace(y0, y1, 40), (0.35, 0.8, 1.4, 1.9), indexing="ij"
        )
        assert not inside_any(np.stack([x, y, z], -1), site.blocks + site.obstacles).any()


@each_site
def test_blocks_and_lamps_are_solid_and_colours_are_colours(name):
    for site in built(name):
        things = site.blocks + site.obstacles
        assert things
        assert np.min([block.size for block in things]) > 0
        assert np.min([block.at[2] for block in things]) >= 0
        assert {block.shape for block in things} <= SHAPES
        surfaces = [site.ground, *(block.surface for block in things)]
        colours = [c for surface in surfaces for c in (surface.colour, surface.second)]
        assert 0 <= np.min(colours) <= np.max(colours) <= 1
        assert all(lamp.power > 0 and lamp.at[2] > 2 for lamp in site.lamps)


@each_site
def test_a_camera_finds_free_air(name):
    for site in built(name):
        rng = np.random.default_rng(0)
        x0, y0, x1, y1 = site.camera_area
        low, high = site.camera_heights
        spots = rng.uniform((x0, y0, low), (x1, y1, high), (200, 3))
        assert (~inside_any(spots, site.blocks + site.obstacles, 0.2)).mean() > 0.5


def test_there_are_places_indoors_and_outdoors_and_lamps_where_no_sun_shines():
    sites = [site for name in SITES for site in built(name)]
    assert {site.indoor for site in sites} == {True, False}
    assert all(site.lamps for site in sites if site.indoor)


@each_site
def test_who_looks_level_sees_something_nearby(name):
    """Crops taken at eye level have shops, furniture and walls behind people, not far horizons."""
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    away = np.linspace(0.5, 24, 95)
    rays = away[:, None, None] * np.stack([np.cos(angles), np.sin(angles), 0 * angles], -1)
    shares = []
    for site in built(name):
        x0, y0, x1, y1 = site.walk_area
        middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2, 0.9])
        shares.append(inside_any(middle + rays, site.blocks + site.obstacles).any(0).mean())
    assert np.mean(shares) > (0.3 if name in ("park", "rural") else 0.5)


@each_site
def test_windows_shine_into_the_room(name):
    for site in built(name):
        for window in site.windows:
            assert site.indoor
            x, y, _ = window.at
            assert np.sin(window.turn) * x - np.cos(window.turn) * y < 0


@each_site
def test_who_sits_on_a_bench_looks_towards_where_people_walk(name):
    for site in built(name):
        x0, y0, x1, y1 = site.walk_area
        things = [b for b in site.blocks + site.obstacles if b.surface == WOOD and b.shape == "box"]
        seats = [b for b in things if b.size == (1.7, 0.45, 0.06)]
        backs = np.array([b.at[:2] for b in things if b.size == (1.7, 0.05, 0.42)])
        for seat in seats:
            back = backs[np.linalg.norm(backs - seat.at[:2], axis=1).argmin()]
            away = [
                np.hypot(max(x0 - x, 0.0, x - x1), max(y0 - y, 0.0, y - y1))
                for x, y in (back, seat.at[:2])
            ]
            assert away[0] > away[1]


@each_site
def test_the_grain_of_wood_is_a_darker_shade_of_it(name):
    for site in built(name):
        for block in site.blocks + site.obstacles:
            if block.surface.kind == "wood":
                shade = np.subtract(block.surface.colour, block.surface.second)
                assert 0 < shade.min() <= shade.max() < 0.16
