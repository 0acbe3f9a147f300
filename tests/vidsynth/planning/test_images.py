from collections import Counter
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from PIL import Image

from vidsynth.errors import ConfigError, PictureError
from vidsynth.planning.images import PICTURE, ImagePlan
from vidsynth.planning.placing import is_clear
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.settings import load_config, load_image_config


def plan(*words, **settings):
    return ImagePlan(load_image_config(None, words, **settings))


def with_gamma(take, gamma):
    look = replace(take.camera.photometry, gamma=gamma)
    return replace(take, camera=replace(take.camera, photometry=look))


def keyframes(batch):
    return batch.walkers[0].keyframes


def takes(made, indices=None):
    return [t for i in indices or range(len(made.outlines)) for t in made.shot(i).takes]


@pytest.fixture
def photographs(tmp_path):
    for name, tone in (("a.jpg", 40), ("b.png", 120), ("c.jpg", 200)):
        Image.new("RGB", (160, 120), (tone, tone, tone)).save(tmp_path / name)
    (tmp_path / "LICENSE.txt").write_text("free")
    return tmp_path


def test_every_identity_is_seen_by_its_cameras_so_many_times():
    made = plan("cameras=7", "cameras_per_identity=4", "images_per_camera=3", identities=5)
    for person_id in made.population.person_ids:
        seen = [i for s in made.outlines if s.person_id == person_id for i in s.images]
        assert len(seen) == len(set(seen)) == 12
        assert len({camera for camera, _ in seen}) == 4
    assert made.dealing.crops == 60


def test_a_batch_is_one_scene_and_depends_on_nothing_but_its_index():
    made, again = plan(identities=3), plan(identities=3)
    for outline in made.outlines:
        assert {made.dealing.camera_site(camera) for camera, _ in outline.images} == {outline.site}
    assert made.shot(4) == again.shot(4)
    assert made.shot(4) != plan(identities=3, seed=1).shot(4)


def test_equal_seeds_give_the_people_of_a_tracklet_set():
    made = plan(identities=4, seed=5)
    tracklets = TrackletPlan(load_config(None, [], identities=4, seed=5))
    assert made.population.person(3) == tracklets.population.person(3)


def test_options_are_drawn_as_often_as_they_say():
    words = (
        "view.azimuth={uniform: [0, 360], per: identity}",
        "look.gamma={uniform: [0.5, 2], per: camera}",
        "look.contrast={uniform: [0.9, 1.2], per: image}",
    )
    made = plan(*words, "cameras=3", "cameras_per_identity=3", identities=3)
    found = [(s.person_id, t) for s in made.outlines for t in made.shot(s.index).takes]
    assert len({t.camera.view.azimuth for _, t in found}) == 3
    assert len({t.camera.photometry.gamma for _, t in found}) == 3
    assert len({t.camera.photometry.contrast for _, t in found}) == len(found)
    assert len({(t.camera_id, t.camera.photometry.gamma) for _, t in found}) == 3


def test_another_distribution_of_one_option_leaves_the_others_alone():
    first = takes(plan(identities=2), [0])
    other = takes(plan("look.gamma=1", identities=2), [0])
    assert first != other
    assert [with_gamma(t, 1.0) for t in first] == other


def test_the_camera_sees_the_person_from_where_the_view_says():
    made = plan("sites=[plaza]", identities=2)
    batch = made.shot(0)
    for take, moment in zip(batch.takes, keyframes(batch), strict=True):
        middle = np.array([moment.x, moment.y, 0.85])
        body = middle + np.array([(0, 0, -0.85), (0, 0, 0.85), (0.2, 0.2, 0)])
        view, camera = take.camera.view, take.camera.around(body, middle)
        away = np.subtract(camera.position, middle)
        face = np.arctan2(-np.cos(moment.heading), np.sin(moment.heading))
        azimuth = np.degrees(np.arctan2(away[1], away[0]) - face) % 360
        assert azimuth == pytest.approx(view.azimuth, abs=1e-5)
        assert np.linalg.norm(away) == pytest.approx(view.distance)
        assert np.degrees(np.arcsin(away[2] / np.linalg.norm(away))) == pytest.approx(
            view.depression
        )
        pixels, _ = camera.project(body)
        assert np.ptp(pixels[:, 1]) == pytest.approx(view.height, rel=1e-3)


@pytest.mark.parametrize("site", ["mall", "street"])
def test_nothing_stands_between_camera_and_person(site):
    made = plan(f"sites=[{site}]", identities=4)
    for outline in made.outlines:
        batch = made.shot(outline.index)
        person = batch.walkers[0]
        for take, at in zip(batch.takes, person.keyframes, strict=True):
            stature = person.person.body.stature
            assert is_clear(batch.place, take.camera.view, at.x, at.y, stature)


def test_a_grid_has_every_combination_once_for_each_identity():
    words = ("grid.views=12", "hours=[noon,dusk]", "weathers=[sunny,foggy]", "sites=[park,plaza]")
    made = plan(*words, "pose.phase={uniform: [0, 1], per: identity}", identities=3)
    for person_id in made.population.person_ids:
        found = [
            (s.site, s.hour, s.weather, made.shot(s.index))
            for s in made.outlines
            if s.person_id == person_id
        ]
        combinations = [
            (site, hour, weather, take.camera.view.azimuth)
            for site, hour, weather, batch in found
            for take in batch.takes
        ]
        wanted = product(("park", "plaza"), ("noon", "dusk"), ("sunny", "foggy"), range(0, 360, 30))
        assert sorted(combinations) == sorted(wanted)
        assert len({at.phase for *_, batch in found for at in keyframes(batch)}) == 1
    batch = made.shot(0)
    assert len({(m.x, m.y, round(m.heading, 6)) for m in keyframes(batch)}) == 1


def test_sites_of_a_grid_can_be_dealt_out_over_hours_and_weathers():
    words = ("grid.views=2", "grid.sites=dealt", "hours=[dawn,noon,dusk]", "weathers=[sunny,foggy]")
    made = plan(*words, "sites={choice: [park, plaza, mall], weights: [1, 1, 2]}", identities=8)
    for person_id in made.population.person_ids:
        mine = [(s.hour, s.weather) for s in made.outlines if s.person_id == person_id]
        assert sorted(mine) == sorted(product(("dawn", "noon", "dusk"), ("sunny", "foggy")))
    at = Counter(outline.site for outline in made.outlines)
    assert at.total() * 2 == made.dealing.crops
    shares = {site: count / at.total() for site, count in at.items()}
    assert shares == pytest.approx({"park": 0.25, "plaza": 0.25, "mall": 0.5}, abs=0.1)
    assert {s.site for s in made.outlines if s.person_id == 1} == set(shares)


def test_only_the_first_image_under_a_camera_is_searched_for():
    made = plan("test_share=0.5", "images_per_camera=4", identities=4)
    for outline in made.outlines:
        for take in made.shot(outline.index).takes:
            (subject,) = take.subjects
            assert subject.query == (outline.person_id > 2 and subject.number == 1)
    single = plan("test_share=1", "images_per_camera=1", identities=2)
    for person_id in (1, 2):
        mine = [s.index for s in single.outlines if s.person_id == person_id]
        queries = [t.camera_id for t in takes(single, mine) if t.subjects[0].query]
        assert queries == [min(t.camera_id for t in takes(single, mine))]


def test_cameras_share_photographs_and_sites_out(photographs):
    made = plan(f"backgrounds.directory={photographs}", "backgrounds.share=0.5", identities=6)
    at = [made.dealing.camera_site(camera) for camera in range(1, 11)]
    assert at.count(PICTURE) == 5
    assert set(at) == {PICTURE, *made.config.sites.names[:5]}
    drawn = [t for t in takes(made) if t.backdrop]
    assert {t.backdrop.path.name for t in drawn} == {"a.jpg", "b.png", "c.jpg"}


def test_in_a_grid_every_photograph_is_a_place(photographs):
    made = plan(f"backgrounds.directory={photographs}", "grid.views=4", identities=2)
    assert [s.picture for s in made.outlines if s.person_id == 1] == ["a.jpg", "b.png", "c.jpg"]


def test_unreadable_pictures_are_named_before_rendering(photographs):
    (photographs / "broken.jpg").write_bytes(b"no picture")
    made = plan(f"backgrounds.directory={photographs}", identities=2)
    with pytest.raises(PictureError, match=r"1 of 4 pictures cannot be used.*broken\.jpg"):
        made.check()
    with pytest.raises(PictureError, match=r"occluders\.directory"):
        plan(
            "occluders.kinds=[picture]", f"occluders.directory={photographs / 'none'}", identities=2
        ).check()


def test_people_run_and_stand_as_often_as_asked_and_alike_from_all_sides():
    made = plan("pose.run=0.3", "pose.stand=0.5", identities=12)
    manners = [at.manner for i in range(len(made.outlines)) for at in keyframes(made.shot(i))]
    shares = {manner: manners.count(manner) / len(manners) for manner in set(manners)}
    assert shares == pytest.approx({"run": 0.3, "stand": 0.5, "walk": 0.2}, abs=0.08)
    assert {at.manner for at in keyframes(plan(identities=2).shot(0))} == {"walk"}
    grid = plan("pose.run=0.5", "grid.views=8", "hours=[noon]", "weathers=[sunny]", identities=3)
    scenes = [{at.manner for at in keyframes(grid.shot(i))} for i in range(len(grid.outlines))]
    assert all(len(scene) == 1 for scene in scenes)
    assert set.union(*scenes) == {"run", "walk"}


def test_companions_and_occluders_come_as_often_as_asked():
    words = ("companion.probability=0.5", "occluders.probability=0.4")
    words += ("sites=[plaza]", "images_per_camera=12", "cameras_per_identity=10")
    made = plan(*words, identities=2)
    found = takes(made)
    assert np.mean([t.bystanders for t in found]) == pytest.approx(0.5, abs=0.1)
    assert np.mean([t.occluder is not None for t in found]) == pytest.approx(0.4, abs=0.1)
    for outline in made.outlines:
        split = made.population.split
        for companion in made.shot(outline.index).bystanders:
            assert companion.person.person_id != outline.person_id
            assert split(companion.person.person_id) == split(outline.person_id)


def test_another_hour_or_weather_changes_only_the_batches_that_get_it():
    few = ("hours=[forenoon,noon]", "weathers=[sunny,clouds]", "sites=[park,plaza]")
    more = ("hours=[dusk,noon,forenoon]", "weathers=[clouds,rain,sunny]", "sites=[park,plaza]")
    before, after = plan(*few, identities=40).outlines, plan(*more, identities=40).outlines
    for one, other in zip(before, after, strict=True):
        assert other.hour in ("dusk", one.hour)
        assert other.weather in ("rain", one.weather)
        assert replace(other, hour=one.hour, weather=one.weather) == one
    assert {outline.hour for outline in after} == {"dusk", "noon", "forenoon"}


def test_another_occluder_changes_only_the_images_that_get_it():
    words = ("occluders.probability=1", "sites=[plaza]")
    before = takes(plan(*words, "occluders.kinds=[box,pole]", identities=6))
    after = takes(plan(*words, "occluders.kinds={choice: [box, pole, rail], weights: [2, 2, 1]}",
                       identities=6))  # fmt: skip
    changed = [b for a, b in zip(before, after, strict=True) if a != b]
    assert 0 < len(changed) < 0.4 * len(before)
    assert {take.occluder.kind for take in changed} == {"rail"}


def test_photographs_come_by_their_weights(photographs):
    words = (f"backgrounds.directory={photographs}",)
    some = "backgrounds.pictures={choice: [a.jpg, b.png], weights: [3, 1]}"
    before = takes(plan(*words, "backgrounds.pictures=[a.jpg]", identities=8))
    after = takes(plan(*words, some, identities=8))
    counts = Counter(take.backdrop.path.name for take in after)
    assert counts["a.jpg"] / counts.total() == pytest.approx(0.75, abs=0.1)
    changed = [b for a, b in zip(before, after, strict=True) if a != b]
    assert {take.backdrop.path.name for take in changed} == {"b.png"}
    cameras = TrackletPlan(load_config(None, [*words, some, "cameras=8"])).backdrops
    dealt = Counter(backdrop.path.name for backdrop in cameras.values())
    assert dealt == {"a.jpg": 6, "b.png": 2}
    absent = plan(*words, "backgrounds.pictures=d.jpg")
    with pytest.raises(PictureError, match=r"names d\.jpg; expected names among the 3 pictures"):
        takes(absent)
    with pytest.raises(ConfigError, match="directory, which is not set"):
        plan("backgrounds.pictures=a.jpg")
