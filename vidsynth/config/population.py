"""Settings of the people of a data set, of whatever kind it is."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from vidsynth.config.accessories import AccessoryConfig
from vidsynth.config.bodies import BodiesConfig
from vidsynth.config.clothes import WOMENS_LOWER, WOMENS_UPPER, ClothesConfig, TextureConfig
from vidsynth.config.makehuman import MakeHumanConfig
from vidsynth.config.motion import MotionConfig
from vidsynth.config.people import PeopleConfig
from vidsynth.config.sections import Section
from vidsynth.config.tables import drawable, extent, name_tables
from vidsynth.drawing.draws import Drawable
from vidsynth.drawing.tables import Rows, Table

MOST_PEOPLE = 1_000_000
"""Identities of one data set; a format may hold fewer."""

_CLOTHES = "clothes."
_COUNTS = ("people.outfits", "sightings")
"""Columns that say how much is seen of a person, not what they look like."""


class PopulationConfig(Section):
    """Who there is in a data set: equal settings and seeds give equal people."""

    seed: int = Field(0, ge=0, lt=2**63, description="another seed: other people, places, pictures")
    identities: int = Field(100, ge=2, le=MOST_PEOPLE, description="people seen across cameras")
    test_share: float = Field(
        0.25, ge=0.0, le=1.0, description="identities held out as query and gallery; at least two"
    )
    distractor_share: float = Field(
        0.2, ge=0.0, le=20.0, description="people in the gallery only (id 0), per test identity"
    )
    people: PeopleConfig = PeopleConfig()
    bodies: BodiesConfig = BodiesConfig()
    accessories: AccessoryConfig = AccessoryConfig()
    clothes: ClothesConfig = ClothesConfig()
    textures: TextureConfig = TextureConfig()
    makehuman: MakeHumanConfig = MakeHumanConfig()
    motion: MotionConfig = MotionConfig()
    tables: dict[str, Table] = Field({}, description="settings drawn together, row by row")

    @model_validator(mode="before")
    @classmethod
    def _columns_name_their_table(cls, values: Any) -> Any:
        return name_tables(values, cls)

    @model_validator(mode="after")
    def _tables_fit(self) -> PopulationConfig:
        for name, scope in self.drawable().scopes.items():
            if scope == "identity":
                self._check_rows_of_people(name, self.tables[name].content)
        return self

    @model_validator(mode="after")
    def _everybody_is_dressed(self) -> PopulationConfig:
        for name, women_only in (("upper", WOMENS_UPPER), ("lower", WOMENS_LOWER)):
            kinds = getattr(self.clothes, name)
            if kinds is None or kinds.table is not None or self.bodies.female_share == 1:
                continue
            if set(kinds.names) <= set(women_only):
                raise ValueError(
                    f"clothes.{name} has only {', '.join(kinds.names)}, which men do not wear "
                    "here: add another kind, or set bodies.female_share=1"
                )
        return self

    @model_validator(mode="after")
    def _look_alikes_fit(self) -> PopulationConfig:
        if self.people.lookalike_share and not self.look_alikes:
            raise ValueError(
                f"people.lookalike_share is {self.people.lookalike_share:g}, but of "
                f"{self.identities - self.test_identities} training and {self.test_identities} "
                f"test identities that is not one group of {self.people.lookalike_size}: raise "
                "the share or identities, or lower people.lookalike_size"
            )
        return self

    def _check_rows_of_people(self, name: str, rows: Rows) -> None:
        looks = set(rows.columns) - set(_COUNTS)
        if self.people.lookalike_share and looks:
            raise ValueError(
                f"tables.{name} says what each person is like, and people.lookalike_share that "
                "some are like others: leave one out"
            )
        clothes = [column for column in rows.columns if column.startswith(_CLOTHES)]
        most = extent(self, "people.outfits")[1]
        if most > 1 and clothes and len(clothes) < len(rows.columns):
            raise ValueError(
                f"people.outfits is up to {most:g}, but a row of tables.{name} has one outfit and "
                f"what belongs to the person: give {clothes[0]} a table of its own"
            )
        women = (
            rows.column("bodies.female_share")
            if "bodies.female_share" in rows.columns
            else ([self.bodies.female_share] * len(rows.values))
        )
        for column, women_only in (("upper", WOMENS_UPPER), ("lower", WOMENS_LOWER)):
            if _CLOTHES + column not in rows.columns:
                continue
            kinds = rows.column(_CLOTHES + column)
            for number, (kind, share) in enumerate(zip(kinds, women, strict=True), 1):
                if kind in women_only and share != 1:
                    raise ValueError(
                        f"tables.{name}, row {number}: clothes.{column} is {kind}, which men do "
                        "not wear here: have a column bodies.female_share, which is 1 there"
                    )

    def drawable(self) -> Drawable:
        """What is drawn for images, cameras and identities."""
        return drawable(self)

    @property
    def test_identities(self) -> int:
        """How many identities, the last ones, are held out."""
        if self.test_share == 0:
            return 0
        return min(self.identities, max(2, round(self.test_share * self.identities)))

    @property
    def look_alikes(self) -> int:
        """How many identities are in groups of look-alikes, none of which is in both halves."""
        halves = (self.identities - self.test_identities, self.test_identities)
        return sum(map(self.people.groups, halves)) * self.people.lookalike_size

    @property
    def distractors(self) -> int:
        """How many people appear as id 0; their person ids follow the identities'."""
        return round(self.distractor_share * self.test_identities)
