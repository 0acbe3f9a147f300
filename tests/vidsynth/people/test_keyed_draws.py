"""Another garment, colour or share changes only who gets it: everybody else stays the whole person
they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from scipy import stats

from vidsynth.config import TrackletConfig
from vidsynth.people.person import Person
from vidsynth.planning.population import Population

COUNT = 250


def people(**settings: Any) -> list[Person]:
    config = TrackletConfig.model_validate({"identities": COUNT, "test_share": 0} | settings)
    population = Population(config)
    return [population.person(person_id) for person_id in population.person_ids]


def wearing(**clothes: Any) -> list[Person]:
    return people(clothes=clothes)


def weighted(**weights: float) -> dict[str, Any]:
    names = [name.replace("_", "-") for name in weights]
    return {"choice": names, "weights": list(weights.values())}


CASES: list[tuple[dict[str, Any], dict[str, Any], Callable[[Person], str], str, float]] = [
    (
        {"upper": weighted(t_shirt=1, jacket=1)},
        {"upper": weighted(t_shirt=1, jacket=1, coat=0.5)},
        lambda p: p.upper.kind, "coat", 0.2,
    ),
    (
        {"lower": weighted(trousers=1, jeans=1)},
        {"lower": weighted(shorts=0.5, jeans=1, trousers=1)},
        lambda p: p.lower.kind, "shorts", 0.2,
    ),
    (
        {"shoes": weighted(sneakers=3)},
        {"shoes": weighted(sneakers=3, sandals=1)},
        lambda p: p.shoes.kind, "sandals", 0.25,
    ),
    (
        {"upper_colour": weighted(black=1, red=1)},
        {"upper_colour": weighted(red=1, black=1, teal=0.5)},
        lambda p: p.upper.colour_name, "teal", 0.2,
    ),
    (
        {"palette": weighted(dark=1)},
        {"palette": weighted(dark=1, pastel=1)},
        lambda p: "", "", 0.5,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "named", "new", "share"), CASES)
def test_another_value_changes_only_who_gets_it(
    before: dict[str, Any],
    after: dict[str, Any],
    named: Callable[[Person], str],
    new: str,
    share: float,
) -> None:
    changed = [
        b for a, b in zip(wearing(**before), wearing(**after), strict=True) if a != b
    ]  # whole persons: body, hair, gait and all
    assert {named(person) for person in changed} == {new}
    assert stats.binomtest(len(changed), COUNT, share).pvalue > 1e-3


def test_who_gets_another_garment_keeps_what_does_not_depend_on_it() -> None:
    before, after = (wearing(upper=u) for u in (["t-shirt"], ["t-shirt", "hoodie"]))
    for a, b in zip(before, after, strict=True):
        assert (a.body, a.gait, a.hair_name, a.shoes) == (b.body, b.gait, b.hair_name, b.shoes)
        # Scarves and knitted caps go with warm clothes.
        assert replace(a.accessories, neck=b.accessories.neck, head=b.accessories.head) == (
            b.accessories
        )
        assert a.accessories.head == b.accessories.head or "beanie" in (
            a.accessories.head.kind,
            b.accessories.head.kind,
        )


def test_kinds_come_by_their_weights() -> None:
    counts = Counter(p.upper.kind for p in wearing(upper=weighted(t_shirt=3, hoodie=1)))
    found = [counts["t-shirt"], counts["hoodie"]]
    assert stats.chisquare(found, [0.75 * COUNT, 0.25 * COUNT]).pvalue > 1e-3
    women_and_men = wearing(upper=["t-shirt", "dress"], patterned=0)
    assert {p.sex for p in women_and_men if p.upper.kind == "dress"} == {"female"}
    assert {p.upper.kind for p in women_and_men} == {"t-shirt", "dress"}


def test_colours_come_by_their_weights() -> None:
    crowd = wearing(lower_colour=weighted(black=1, beige=1), shoe_colour="white")
    legs = Counter(p.lower.colour_name for p in crowd if p.upper.kind != "dress")
    assert set(legs) == {"black", "beige"}
    assert stats.chisquare(list(legs.values())).pvalue > 1e-3
    assert {p.shoes.colour_name for p in crowd} == {"white"}
    jeans = [p.lower for p in crowd if p.lower.kind == "jeans"]
    assert {(p.colour_name, p.pattern) for p in jeans} == {("black", "denim")}


def test_a_share_of_an_accessory_gives_and_takes_from_nobody_else() -> None:
    before, after = people(), people(accessories={"backpack": 0.5, "shoulder_bag": 0.12})
    more = [p.accessories.bag.kind for p in after]
    assert stats.binomtest(more.count("backpack"), COUNT, 0.5).pvalue > 1e-3
    for a, b in zip(before, after, strict=True):
        if a.accessories.bag.kind == "backpack":
            assert b.accessories.bag == a.accessories.bag
        assert (a.body, a.upper, a.accessories.head) == (b.body, b.upper, b.accessories.head)


def test_speeds_are_drawn_as_asked_and_change_nothing_else() -> None:
    usual = people()
    for spread, low, high in (([1.0, 1.2], 1.0, 1.2), (0.9, 0.9, 0.9)):
        asked = people(motion={"speed": spread})
        assert all(low <= p.gait.speed <= high for p in asked)
        assert [(p.body, p.upper, p.gait.toe_out) for p in asked] == [
            (p.body, p.upper, p.gait.toe_out) for p in usual
        ]
    alike = people(motion={"speed": 1.1}, people={"lookalike_share": 0.2})
    assert {p.gait.speed for p in alike} == {1.1}
