import shutil

import numpy as np
import pytest
from PIL import Image

from tests.vidsynth.wardrobe.makehuman.made_up_assets import GREEN, hat, write_asset
from vidsynth.config import MakeHumanConfig, TrackletConfig
from vidsynth.errors import AssetError
from vidsynth.people.attributes import describe
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.run.description import agree
from vidsynth.run.description import describe as describe_set
from vidsynth.run.folder import open_output
from vidsynth.run.production import produce
from vidsynth.wardrobe.garments import LOWER_KINDS, SHOE_KINDS, UPPER_KINDS
from vidsynth.wardrobe.makehuman.asset import load
from vidsynth.wardrobe.makehuman.catalogue import catalogue, digests


def plan(folder, share=1.0, **settings):
    worn = MakeHumanConfig(directory=folder, share=share)
    return TrackletPlan(TrackletConfig(identities=24, makehuman=worn, **settings))


def test_what_an_asset_is_follows_from_folder_tags_and_where_it_lies(folder):
    assert {asset.name: asset.kind for asset in catalogue(folder)} == {
        "clothes/boots01/boots01": "shoes",
        "clothes/top_hat/top_hat": "hat",
        "clothes/tunic/tunic": "top",
        "clothes/work_pants/work_pants": "trousers",
        "hair/mop/mop": "hair",
    }, "eyebrows are nothing to wear"


def test_lengths_are_measured(folder):
    tunic, legs = (load(folder, f"clothes/{n}/{n}") for n in ("tunic", "work_pants"))
    assert 0.5 < tunic.sleeve < 0.7
    assert tunic.length > 0.8
    assert legs.length > 0.9
    assert load(folder, "hair/mop/mop").hair_style == "bob"


@pytest.mark.parametrize(
    ("name", "tags", "kind", "sex"),
    [
        ("clothes/female_gown/female_gown", (), "hat", "female"),
        ("clothes/fedora01/fedora", ("Male",), "hat", "male"),
        ("clothes/gloves/gloves", (), None, None),
        ("clothes/x/x", ("Sunglasses",), None, None),
        ("hair/x/x", (), "hair", ""),
        ("clothes/x/x", ("Wig",), "hair", ""),
        ("clothes/x/x", ("Boots", "female", "male"), "shoes", ""),
    ],
)
def test_names_and_tags_decide_first(tmp_path, anatomy, name, tags, kind, sex):
    write_asset(tmp_path, name, *hat(), anatomy.triangles["body"], tags=tags)
    asset = load(tmp_path, name)
    assert (asset and asset.kind) == kind
    assert (asset and asset.sex) == sex


def test_everyone_wears_what_there_is_at_a_share_of_one_and_words_are_true(folder):
    people = [plan(folder).population.person(i) for i in range(1, 25)]
    assert {p.upper.asset for p in people} == {"clothes/tunic/tunic"}
    assert {p.hair_asset for p in people} == {"hair/mop/mop"}
    assert not any(p.hat_asset for p in people), "hats are for hair that lies flat under them"
    for person in people:
        assert person.upper.kind in UPPER_KINDS
        assert person.lower.kind in LOWER_KINDS
        assert person.shoes.kind in SHOE_KINDS
        words = describe(person)
        assert words["lower_colour"] == "green"
        assert words["shoe_colour"] == "blue"
        assert words["sleeve"] == "long"
        assert words["hair_type"] == "bob"
        assert words["dress"] == words["hat"] == "no"


def test_hats_are_worn_over_other_hair(folder, tmp_path):
    shutil.copytree(folder / "clothes", tmp_path / "clothes")
    people = [plan(tmp_path).population.person(i) for i in range(1, 25)]
    hats = [describe(p)["hat"] for p in people]
    assert 1 <= hats.count("yes") <= 14


def test_a_share_of_people_wear_assets_and_a_larger_share_includes_them(folder):
    few, many = (
        {i for i in range(1, 25) if plan(folder, share).population.person(i).upper.asset}
        for share in (0.3, 0.7)
    )
    assert 2 <= len(few) < len(many) <= 22
    assert few < many
    plain = TrackletPlan(TrackletConfig(identities=24))
    rest = set(range(1, 25)) - many
    assert all(
        plan(folder, 0.7).population.person(i).upper == plain.population.person(i).upper
        for i in rest
    )


def test_outfits_differ_and_hair_stays(folder):
    from vidsynth.config import PeopleConfig
    from vidsynth.people.outfits import changed

    clothed = plan(folder, 0.6, people=PeopleConfig(outfits=3), sightings=3)
    for person_id in range(1, 9):
        worn = [clothed.population.person(person_id, outfit) for outfit in (1, 2, 3)]
        assert len({(p.hair_asset, p.hair_style, p.body) for p in worn}) == 1
        assert changed(worn[0], worn[1])
        assert changed(worn[1], worn[2])
        assert changed(worn[0], worn[2])


def test_look_alikes_wear_garments(folder):
    from vidsynth.config import PeopleConfig

    alike = plan(folder, 1.0, people=PeopleConfig(lookalike_share=0.8))
    group = alike.population.group(1)
    assert len(group) == 5
    assert not any(alike.population.person(i).upper.asset for i in group)


def test_a_dress_is_worn_above_and_below(folder, tmp_path, anatomy):
    body = anatomy.rest[18002:18722]
    skirt = anatomy.triangles["skirt"]
    top = np.array([[0.0, -0.1, 0.82], [0.05, -0.1, 0.82], [0.0, -0.1, 0.75]])
    points = np.concatenate([body, top])
    faces = np.concatenate([skirt - 18002, [[720, 721, 722]]])
    write_asset(tmp_path, "clothes/gown/gown", points, faces, skirt, colour=GREEN)
    person = plan(tmp_path).population.person(1)
    words = describe(person)
    assert words["dress"] == "yes"
    assert words["lower_kind"] == "skirt"
    assert words["upper_colour"] == words["lower_colour"] == "green"


def test_broken_assets_end_the_plans_check_with_file_and_line(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "assets")
    plan(tmp_path / "assets").check()
    path = tmp_path / "assets/clothes/tunic/tunic.obj"
    path.write_text(path.read_text().replace("v ", "# ", 1))
    catalogue.cache_clear()
    load.cache_clear()
    with pytest.raises(AssetError, match=r"1 of 6 .*tunic.*expected"):
        plan(tmp_path / "assets").check()
    with pytest.raises(AssetError, match="found no such folder"):
        plan(tmp_path / "nowhere").check()
    (tmp_path / "empty").mkdir()
    with pytest.raises(AssetError, match="found none"):
        plan(tmp_path / "empty").check()


def test_an_unequal_number_of_vertices_names_both_files(folder, tmp_path):
    shutil.copytree(folder / "hair", tmp_path / "hair")
    path = tmp_path / "hair/mop/mop.obj"
    path.write_text("v 0 0 0\n" + path.read_text())
    with pytest.raises(
        AssetError, match=r"mop\.mhclo: expected a line for each of .*mop\.obj, fou"
    ):
        load(tmp_path, "hair/mop/mop")


@pytest.mark.parametrize("line", ["diffuseTexture {}", "diffuseTexture ../../../private.png"])
def test_a_picture_elsewhere_on_the_machine_is_refused(folder, tmp_path, line):
    shutil.copytree(folder / "hair", tmp_path / "assets/hair")
    private = tmp_path / "private.png"
    Image.new("RGB", (8, 8)).save(private)
    (tmp_path / "assets/hair/mop/mop.mhmat").write_text(line.format(private) + "\n")
    with pytest.raises(AssetError, match=r"mop\.mhclo: expected its files under .*private\.png"):
        load(tmp_path / "assets", "hair/mop/mop")


def test_the_data_set_keeps_the_files_hashes(folder, tmp_path):
    from vidsynth.errors import OutputError

    shutil.copytree(folder, tmp_path / "assets")
    description = describe_set(produce(plan(tmp_path / "assets").config), "painted")
    assert len(description["assets"]) == 16
    assert description["assets"] == digests(tmp_path / "assets")
    root = tmp_path / "set"
    root.mkdir()
    production = produce(plan(tmp_path / "assets").config)
    open_output(root, production, agree(root, production, "painted"))
    (tmp_path / "assets/clothes/boots01/boots01.mhmat").write_text("diffuseColor 1 0 0\n")
    catalogue.cache_clear()
    load.cache_clear()
    with pytest.raises(OutputError, match=r"boots01\.mhmat"):
        agree(root, produce(plan(tmp_path / "assets").config), "painted")
