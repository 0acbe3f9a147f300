"""Settings of a rendered tracklet data set."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator

from vidsynth.config.backgrounds import BackgroundConfig
from vidsynth.config.cameras import BoxConfig, CameraConfig
from vidsynth.config.clock import ClockConfig
from vidsynth.config.crowd import CrowdConfig
from vidsynth.config.output import WHOLE, FilmConfig, OutputConfig, Quality
from vidsynth.config.places import HOURS, SITE_NAMES, WEATHERS, SkyConfig
from vidsynth.config.population import PopulationConfig
from vidsynth.config.tables import extent
from vidsynth.drawing.choices import Choice, choice
from vidsynth.drawing.distributions import Distribution, of
from vidsynth.drawing.markers import ONE_A_PERSON, Among, Drawn

MOST_CAMERAS = 40

_CHANGE = "an identity changes clothes between sightings, so some would never be worn"


class TrackletConfig(PopulationConfig):
    """A rendered tracklet data set, complete: (config, seed) decide every byte of it."""

    cameras: int = Field(8, ge=2, le=MOST_CAMERAS, description="shared out over the sites")
    cameras_per_site: Annotated[Distribution, Drawn(1, MOST_CAMERAS, whole=True)] | None = Field(
        None, description="drawn for each site, in place of cameras; null: cameras are shared out"
    )
    cameras_per_shot: int = Field(2, ge=1, le=9, description="of one site, filming together")
    sightings: Annotated[Distribution, Drawn(2, 50, ONE_A_PERSON, whole=True)] = Field(
        of(3), description="shots an identity appears in, each at the next site"
    )
    people_per_shot: int = Field(4, ge=1, le=20, description="walking at once")
    frames: int = Field(12, ge=1, le=999, description="per tracklet")
    fps: float = Field(8.0, ge=1.0, le=60.0, description="frames per second")
    sites: Annotated[Choice, Among(SITE_NAMES)] = Field(
        choice("mall", "park", "plaza", "street"),
        description=f"places to film, of {', '.join(SITE_NAMES)}; weights share out cameras and "
        "people",
    )
    hours: Annotated[Choice, Among(HOURS)] = Field(
        choice("dawn", "forenoon", "noon", "afternoon", "dusk", "night"), description="outdoors"
    )
    weathers: Annotated[Choice, Among(WEATHERS)] = Field(
        choice("sunny", "clouds", "overcast", "neutral", "foggy", "rain", "snowlight"),
        description="outdoors",
    )
    quality: Quality = Field("standard", description="samples per pixel and denoising")
    sky: SkyConfig = SkyConfig()
    crowd: CrowdConfig = CrowdConfig()
    camera: CameraConfig = CameraConfig()
    clock: ClockConfig = ClockConfig()
    backgrounds: BackgroundConfig = BackgroundConfig()
    boxes: BoxConfig = BoxConfig()
    output: OutputConfig = OutputConfig()
    render: FilmConfig = FilmConfig()

    @model_validator(mode="before")
    @classmethod
    def _format_and_frames_agree(cls, values: Any) -> Any:
        """Who names a format of whole frames, or asks for them, need not say the other."""
        if not isinstance(values, dict):
            return values
        layout, frames = _given(values, "output", "format"), _given(values, "render", "frames")
        if layout is None and frames == "whole":
            return values | {"output": _with(values.get("output"), format="frames")}
        if layout in WHOLE and frames is None:
            return values | {"render": _with(values.get("render"), frames="whole")}
        return values

    @model_validator(mode="after")
    def _format_holds_frames(self) -> TrackletConfig:
        if (self.render.frames == "whole") != self.whole:
            holds = "whole frames" if self.whole else "crops"
            raise ValueError(
                f"output.format is {self.output.format}, which holds {holds}, but render.frames is "
                f"{self.render.frames}: leave render.frames out, or take output.format among "
                f"{', '.join(WHOLE) if self.render.frames == 'whole' else 'mars, mp4, webdataset'}"
            )
        return self

    @model_validator(mode="after")
    def _network_can_be(self) -> TrackletConfig:
        if self.cameras_per_site is None:
            return self
        if self.cameras != type(self).model_fields["cameras"].default:
            raise ValueError("cameras and cameras_per_site both say how many: leave one out")
        fewest, most = (len(self.sites.names) * n for n in self.cameras_per_site.support)
        if fewest < 2 or most > MOST_CAMERAS:
            raise ValueError(
                f"cameras_per_site gives {fewest:g} to {most:g} cameras at "
                f"{len(self.sites.names)} sites, expected 2 to {MOST_CAMERAS}: name other sites, "
                "or another cameras_per_site"
            )
        return self

    @model_validator(mode="after")
    def _frames_suffice(self) -> TrackletConfig:
        if self.boxes.min_frames > self.frames:
            raise ValueError(
                f"boxes.min_frames is {self.boxes.min_frames} but frames only {self.frames}: "
                "every tracklet would be dropped"
            )
        return self

    @model_validator(mode="after")
    def _outfits_are_seen(self) -> TrackletConfig:
        table = self.people.outfits.table
        if table is not None and table == self.sightings.table:
            rows = self.tables[table].content
            both = [rows.column(name) for name in ("people.outfits", "sightings")]
            for number, (outfits, sightings) in enumerate(zip(*both, strict=True), 1):
                if outfits > sightings:
                    raise ValueError(
                        f"tables.{table}, row {number}: people.outfits is {outfits:g} but "
                        f"sightings only {sightings:g}: {_CHANGE}"
                    )
            return self
        outfits, sightings = extent(self, "people.outfits")[1], extent(self, "sightings")[0]
        if outfits > sightings:
            drawn = self.people.outfits.constant is None or self.sightings.constant is None
            raise ValueError(
                f"people.outfits is {outfits:g} {'for some ' if drawn else ''}but sightings only "
                f"{sightings:g}: {_CHANGE}"
                + ("; draw both from one table, row by row (docs/drawing.md)" if drawn else "")
            )
        return self

    @model_validator(mode="after")
    def _returns_are_seen(self) -> TrackletConfig:
        share, walk = self.clock.returning_share, self.clock.walk
        if share == 0:
            return self
        outings, (fewest, most) = self.clock.outings.support[1], extent(self, "sightings")
        if outings > fewest:
            raise ValueError(
                f"clock.outings is up to {outings:g} but sightings {fewest:g} for some: on an "
                f"outing somebody is seen once at least: raise sightings to {outings:g}, or lower "
                "clock.outings"
            )
        if share == 1:
            return self
        others = "the identities who are not of the share would have several outings, too"
        if most > walk:
            raise ValueError(
                f"clock.returning_share is {share:g}, but sightings are {most:g} and clock.walk "
                f"{walk}: {others}; set clock.walk={most:g}, or leave the share out, or make it 1"
            )
        if extent(self, "people.outfits")[1] > 1:
            raise ValueError(
                f"clock.returning_share is {share:g}, but people change clothes (people.outfits), "
                f"and go home for it: {others}; leave the share out, or make it 1"
            )
        return self

    @property
    def whole(self) -> bool:
        """Whether pictures are whole frames, with everybody of the shot in them."""
        return self.output.format in WHOLE


def _given(values: dict[str, Any], section: str, key: str) -> Any:
    """What somebody wrote for a key, None where nobody did."""
    part = values.get(section)
    if isinstance(part, BaseModel):
        return getattr(part, key) if key in part.model_fields_set else None
    return part.get(key) if isinstance(part, dict) else None


def _with(part: Any, **changes: Any) -> Any:
    """A section with some keys written over."""
    if isinstance(part, BaseModel):
        return part.model_copy(update=changes)
    return {**(part or {}), **changes}
