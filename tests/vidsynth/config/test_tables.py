"""Names, shares and numbers of people in tables: drawn together for people, images and cameras."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats

from vidsynth.config import TrackletConfig
from vidsynth.config.images import ImageConfig
from vidsynth.errors import ConfigError
from vidsynth.people.person import Person
from vidsynth.planning.images import ImagePlan
from vidsynth.planning.population import Population
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.settings import fingerprint, load_config, load_image_config

PEOPLE = {
    "columns": ["bodies.female_share", "bodies.ages", "bodies.skin_tones", "clothes.upper",
                "clothes.upper_colour", "clothes.upper_pattern", "accessories.backpack",
                "accessories.shoulder_bag", "motion.speed"],
    "rows": [[0, 71, "light-rosy", "coat", "navy", "plain", 0, 0, 0.9],
             [1, 24, "dark-rosy", "t-shirt", "red", "stripes", 1, 0, 1.5],
             [1, 38, "tan-golden", "hoodie", "grey", "logo", 0, 1, 1.3]],
}  # fmt: skip
NOTHING_ELSE = {"accessories": {"handbag": 0}}
SKIES = {
    "per": "image",
    "columns": ["hours", "weathers", "look.gamma", "occluders.kinds", "occluders.probability",
                "pose.run"],
    "rows": [["noon", "sunny", 0.9, "box", 0, 1], ["dusk", "rain", 1.5, "pole", 1, 0],
             ["noon", "foggy", 1.2, "rail", 1, 0]],
}  # fmt: skip


def tracklets(table: dict[str, Any], **settings: Any) -> TrackletConfig:
    given = {"tables": {"seen": table}, "identities": 300} | settings
    return TrackletConfig.model_validate(given)


def images(table: dict[str, Any], **settings: Any) -> ImageConfig:
    return ImageConfig.model_validate({"tables": {"seen": table}, "identities": 6} | settings)


def people(config: TrackletConfig | ImageConfig) -> list[Person]:
    population = Population(config)
    return [population.person(i) for i in range(1, config.identities + 1)]


def row_of(person: Person) -> list[Any]:
    bag = person.accessories.bag.kind
    return [
        float(person.sex == "female"), person.body.age, person.skin_name, person.upper.kind,
        person.upper.colour_name, person.upper.pattern, float(bag == "backpack"),
        float(bag == "shoulder-bag"), person.gait.speed,
    ]  # fmt: skip


def test_what_a_person_is_like_comes_out_of_one_row() -> None:
    found = [row_of(person) for person in people(tracklets(PEOPLE, **NOTHING_ELSE))]
    assert all(row in PEOPLE["rows"] for row in found)
    counts = Counter(row[1] for row in found)
    assert stats.chisquare(list(counts.values())).pvalue > 1e-3
    assert len(counts) == 3


def test_images_and_tracklets_draw_the_same_rows() -> None:
    of_tracklets = people(tracklets(PEOPLE, identities=8, **NOTHING_ELSE))
    assert people(images(PEOPLE, identities=8, **NOTHING_ELSE)) == of_tracklets


def test_another_row_changes_only_who_gets_it() -> None:
    rows = [*PEOPLE["rows"], [0, 50, "brown-rosy", "shirt", "white", "check", 0, 0, 1.1]]
    before = people(tracklets(PEOPLE, **NOTHING_ELSE))
    after = people(tracklets({**PEOPLE, "rows": rows}, **NOTHING_ELSE))
    changed = [b for a, b in zip(before, after, strict=True) if a != b]
    assert {person.body.age for person in changed} == {50}
    assert stats.binomtest(len(changed), len(after), 0.25).pvalue > 1e-3


def test_a_share_of_a_row_is_of_the_people_who_have_that_row() -> None:
    table = {
        "columns": ["clothes.upper", "accessories.cap"],
        "rows": [["coat", 0.5], ["t-shirt", 0]],
    }
    for_all = people(tracklets(table, accessories={"hat": 0, "beanie": 0, "headphones": 0}))
    wearing = Counter((p.upper.kind, p.accessories.head.kind) for p in for_all)
    assert wearing["t-shirt", "cap"] == 0
    coats = wearing["coat", "cap"] + wearing["coat", "none"]
    # Of men a few more, of women a few fewer.
    assert 0.3 < wearing["coat", "cap"] / coats < 0.7


def test_each_outfit_is_a_row_of_clothes() -> None:
    rows = [["coat", "navy"], ["t-shirt", "red"], ["hoodie", "yellow"], ["shirt", "white"]]
    table = {"columns": ["clothes.upper", "clothes.upper_colour"], "rows": rows}
    population = Population(tracklets(table, identities=10, sightings=3, people={"outfits": 3}))
    for person_id in range(1, 11):
        worn = [population.person(person_id, outfit).upper for outfit in (1, 2, 3)]
        outfits = [[garment.kind, garment.colour_name] for garment in worn]
        assert all(outfit in rows for outfit in outfits)
        assert len({kind for kind, _ in outfits}) == 3


def test_bystanders_are_rows_too() -> None:
    population = Population(tracklets(PEOPLE, **NOTHING_ELSE))
    crowd = [row_of(population.bystander(number)) for number in range(30)]
    assert all(row in PEOPLE["rows"] for row in crowd)
    more = Population(tracklets(PEOPLE, **NOTHING_ELSE | {"identities": 310}))
    assert row_of(more.bystander(7)) == crowd[7]


def test_hour_weather_and_look_of_an_image_come_out_of_one_row() -> None:
    plan = ImagePlan(images(SKIES, sites=["plaza", "park"]))
    found = Counter()
    for outline in plan.outlines:
        shot = plan.shot(outline.index)
        for take in shot.takes:
            thing = take.occluder
            does = shot.walkers[0].keyframes[take.frame].manner
            row = [shot.hour, shot.weather, take.camera.photometry.gamma]
            row += [thing.kind if thing else "box", float(thing is not None)]
            row += [float(does == "run")]
            assert row in SKIES["rows"]
            found[tuple(row)] += 1
    assert len(found) == 3
    assert found.total() == plan.counts()["planned_crops"]


def test_another_row_leaves_other_images_as_they_were() -> None:
    def takes(table: dict[str, Any]) -> dict[tuple[int, ...], Any]:
        plan = ImagePlan(images(table))
        return {
            (outline.person_id, *which): (shot.hour, shot.weather, take.camera, take.light, spot)
            for outline in plan.outlines
            for shot in [plan.shot(outline.index)]
            for which, take, spot in zip(
                outline.images, shot.takes, shot.walkers[0].keyframes, strict=True
            )
        }

    more = {**SKIES, "rows": [*SKIES["rows"], ["dawn", "snowlight", 0.7, "box", 0, 0]]}
    before, after = takes(SKIES), takes(more)
    changed = {which for which, take in after.items() if take != before[which]}
    assert 0.1 < len(changed) / len(after) < 0.4
    assert {after[which][:2] for which in changed} == {("dawn", "snowlight")}


def test_a_cameras_site_and_look_come_out_of_one_row() -> None:
    table = {
        "columns": ["sites", "view.height", "look.noise"],
        "rows": [["plaza", 200, 1], ["mall", 90, 4]],
    }
    plan = ImagePlan(images(table))
    assert plan.config.drawable().scopes == {"seen": "camera"}
    for outline in plan.outlines[:8]:
        shot = plan.shot(outline.index)
        noises = {take.camera.photometry.noise for take in shot.takes}
        assert noises == {1.0 if shot.site == "plaza" else 4.0}
    sites = {record["site"] for record in plan.camera_records()}
    assert sites == {"plaza", "mall"}


def test_rows_of_names_in_files_are_the_same_rows(tmp_path: Path) -> None:
    columns = {name: [row[k] for row in PEOPLE["rows"]] for k, name in enumerate(PEOPLE["columns"])}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    lines = [PEOPLE["columns"], *PEOPLE["rows"]]
    text = "".join(",".join(map(str, line)) + "\n" for line in lines)
    (tmp_path / "a.csv").write_text(text)
    inline = people(tracklets(PEOPLE, identities=20, **NOTHING_ELSE))
    for name in ("a.csv", "a.parquet"):
        read = people(tracklets({"rows": tmp_path / name}, identities=20, **NOTHING_ELSE))
        assert read == inline


def test_a_config_with_names_in_tables_reads_the_same_after_a_trip_through_json() -> None:
    for config in (tracklets(PEOPLE, **NOTHING_ELSE), images(SKIES)):
        again = type(config).model_validate(config.model_dump(mode="json"))
        assert again == config
        assert fingerprint(again) == fingerprint(config)


def test_plans_with_tables_stay_pure_functions_of_the_config() -> None:
    config = images(SKIES)
    one, other = ImagePlan(config), ImagePlan(config)
    last = one.outlines[-1].index
    assert one.shot(last) == other.shot(last)
    assert np.array_equal(
        [o.images for o in one.outlines[:1]], [o.images for o in other.outlines[:1]]
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("{columns: [clothes.upper], rows: [[coatt]]}", "row 1: there is no 'coatt': .* coat"),
        ("{columns: [clothes.upper], rows: [[coat], [7]]}", "row 2: expected names, found 7"),
        ("{columns: [clothes.uper], rows: [[coat]]}", "did you mean clothes.upper"),
        ("{columns: [bodies.ages], rows: [[old]]}", "expected numbers, found 'old'"),
        ("{columns: [bodies.ages], rows: [[9]]}", "from 12 to 85, found 9"),
        ("{columns: [accessories.cap], rows: [[2]]}", "from 0 to 1, found 2"),
        ("{columns: [accessories.cap], rows: [[0], [1]]}", "row 2: of accessories the shares cap"),
        ("{columns: [clothes.upper], rows: [[dress]]}", "row 1: clothes.upper is dress, which men"),
        ("{columns: [sites], rows: [[mall]]}", "column sites, which no row can say"),
        ("{columns: [hours], rows: [[noon]]}", "column hours, which no row can say"),
        ("{columns: [cameras_per_site], rows: [[2]]}", "cameras_per_site, which no row can say"),
        ("{columns: [makehuman.share], rows: [[1]]}", "makehuman.share, which no row can say"),
        ("{columns: [bodies.ages], rows: [[20]], per: camera}", "per: identity, found per: camera"),
        ("{columns: [bodies.ages, camera.gamma], rows: [[20, 1]]}", "never drawn equally often"),
    ],
)
def test_rows_of_tracklets_that_cannot_be_are_refused(table: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as error:
        load_config(None, [f"tables.seen={table}"])
    assert "tables.seen" in str(error.value)
    assert len(str(error.value)) < 700


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tables.seen={columns: [hours], rows: [[noom]]}"], "did you mean noon"),
        (["tables.seen={columns: [sites], rows: [[mall]], per: image}"], "sites can be .* camera"),
        (["tables.seen={columns: [pose.run, pose.stand], rows: [[0.6, 0.6]]}"], "row 1: .*add up"),
        (["tables.seen={columns: [hours], rows: [[noon]]}", "grid.views=4"], "leave hours out"),
        (["tables.seen={columns: [hours], rows: [[noon]]}", "hours=dusk"], "is set to 'dusk'"),
        (
            ["tables.seen={columns: [occluders.probability], rows: [[1]]}",
             "occluders.probability=0.5"],
            "occluders.probability is a column of tables.seen, and it is set to 0.5",
        ),
        (["hours={table: seen}"], "or a table that has it as a column"),
        (
            ["tables.seen={columns: [bodies.ages], rows: [[20]]}", "people.lookalike_share=0.5"],
            "leave one out",
        ),
        (
            ["tables.seen={columns: [bodies.ages, clothes.upper], rows: [[20, coat]]}",
             "people.outfits=2"],
            "give clothes.upper a table of its own",
        ),
    ],
)  # fmt: skip
def test_rows_of_images_that_cannot_be_are_refused(words: list[str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load_image_config(None, words)


def test_tracklets_with_rows_of_people_can_be_planned() -> None:
    plan = TrackletPlan(tracklets(PEOPLE, identities=8, cameras=4, **NOTHING_ELSE))
    shot = plan.shot(0)
    assert all(row_of(walker.person) in PEOPLE["rows"] for walker in shot.walkers)
