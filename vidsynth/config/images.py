"""Settings of a rendered data set of still images: every rendering option is drawn.

The options are TAGPerson's (Chen et al., TAGPerson: A Target-Aware Generation Pipeline for Person
Re-identification, ACM MM 2022), in the ranges of its defaults
file. What its paper renders with is configs/target/tagp-base.yaml.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from vidsynth.config.backgrounds import BackgroundConfig
from vidsynth.config.cameras import BoxConfig
from vidsynth.config.motion import MotionConfig
from vidsynth.config.output import Quality, StillConfig
from vidsynth.config.places import HOURS, SITE_NAMES, WEATHERS, SkyConfig
from vidsynth.config.population import PopulationConfig
from vidsynth.config.sections import Section
from vidsynth.config.tables import extent
from vidsynth.config.tracklets import TrackletConfig
from vidsynth.drawing.choices import Choice, choice
from vidsynth.drawing.distributions import Distribution, of
from vidsynth.drawing.markers import EACH_CAMERA, EACH_IMAGE, ONE_A_CAMERA, Among, Drawn, Share


class ViewConfig(Section):
    """From where a person is seen, and how large."""

    azimuth: Annotated[Distribution, Drawn(0, 360, EACH_IMAGE)] = Field(
        of([0, 360]),
        description="degrees; 0 the face, 90 the person's left; per image",
    )
    depression: Annotated[Distribution, Drawn(-10, 85, EACH_IMAGE)] = Field(
        of([10, 45]), description="degrees the camera looks down; per image"
    )
    distance: Annotated[Distribution, Drawn(1.5, 40, EACH_IMAGE)] = Field(
        of([3.5, 9]),
        description="metres to the person's middle, less where walls are nearer; per image",
    )
    height: Annotated[Distribution, Drawn(16, 1000, EACH_CAMERA)] = Field(
        of({"normal": [150, 60], "within": [64, 320]}),
        description="pixels from head to foot: the resolution; per camera",
    )
    height_jitter: Annotated[Distribution, Drawn(0.2, 3, EACH_IMAGE)] = Field(
        of([0.8, 1.25]), description="factor on view.height; per image"
    )
    aspect: Annotated[Distribution, Drawn(0.15, 1, EACH_IMAGE)] | None = Field(
        None, description="width of the crop per height; null: as wide as the person; per image"
    )


class LightConfig(Section):
    """The direct light: the sun, or a soft lamp where there is none."""

    azimuth: Annotated[Distribution, Drawn(-180, 180, EACH_IMAGE)] | None = Field(
        of([-75, 75]),
        description="degrees right of the camera's own direction; null: fixed in the place; "
        "per image",
    )
    elevation: Annotated[Distribution, Drawn(2, 90, EACH_IMAGE)] | None = Field(
        None, description="degrees above the horizon; null: the hour's; per image"
    )
    intensity: Annotated[Distribution, Drawn(0, 10, EACH_IMAGE)] = Field(
        of([0.5, 1.5]), description="factor on its usual strength; per image"
    )


class LookConfig(Section):
    """What the camera does to light."""

    exposure_ev: Annotated[Distribution, Drawn(-4, 4, EACH_IMAGE)] = Field(
        of({"normal": [0, 0.3]}), description="stops; per image"
    )
    red_bias: Annotated[Distribution, Drawn(-1, 1, EACH_CAMERA)] = Field(
        of({"normal": [0, 0.12]}), description="ln of the gain of red against green; per camera"
    )
    blue_bias: Annotated[Distribution, Drawn(-1, 1, EACH_CAMERA)] = Field(
        of({"normal": [0, 0.12]}), description="ln of the gain of blue against green; per camera"
    )
    gamma: Annotated[Distribution, Drawn(0.1, 10, EACH_IMAGE)] = Field(
        of([0.5, 2]),
        description="exponent on the display value; above 1 darkens mid-tones; per image",
    )
    contrast: Annotated[Distribution, Drawn(0.3, 3, EACH_CAMERA)] = Field(
        of([0.9, 1.2]), description="slope about middle grey; per camera"
    )
    saturation: Annotated[Distribution, Drawn(0, 2, EACH_CAMERA)] = Field(
        of([0.8, 1.3]), description="0 grey, 1 unchanged; per camera"
    )
    noise: Annotated[Distribution, Drawn(0, 40, EACH_CAMERA)] = Field(
        of([1, 4]),
        description="standard deviation at mid-grey, 0-255 scale; per camera",
    )
    blur: Annotated[Distribution, Drawn(0, 6, EACH_CAMERA)] = Field(
        of([0.2, 0.8]), description="Gaussian sigma, pixels; per camera"
    )
    jpeg_quality: Annotated[Distribution, Drawn(5, 100, EACH_CAMERA, whole=True)] = Field(
        of([70, 95]), description="1 to 100; per camera"
    )


class PoseConfig(Section):
    """What the person does: a moment of their walk or run, of standing about, or of their file of
    motion.bvh_directory."""

    phase: Annotated[Distribution, Drawn(0, 1, EACH_IMAGE)] = Field(
        of([0, 1]),
        description="of the gait cycle or of the file's loop, 0 to 1; per image",
    )
    run: Annotated[float, Share(EACH_IMAGE)] = Field(
        0.0, ge=0.0, le=1.0, description="share of images in which the person runs"
    )
    stand: Annotated[float, Share(EACH_IMAGE)] = Field(
        0.0, ge=0.0, le=1.0, description="share of images in which they stand about"
    )

    @model_validator(mode="after")
    def _manners_fit(self) -> PoseConfig:
        if self.run + self.stand > 1:
            raise ValueError(
                "expected pose.run and pose.stand to add up to 1 at most, found "
                f"{self.run:g} and {self.stand:g}"
            )
        return self


class OccluderConfig(Section):
    """Things between camera and person."""

    probability: Annotated[float, Share(EACH_IMAGE)] = Field(
        0.0, ge=0.0, le=1.0, description="probability of a thing before the person"
    )
    kinds: Annotated[Choice, Among(("box", "pole", "rail", "picture"), EACH_IMAGE)] = Field(
        choice("box", "pole", "rail"), description="box, pole, rail or picture"
    )
    cover: Annotated[Distribution, Drawn(0.05, 0.8, EACH_IMAGE)] = Field(
        of([0.15, 0.5]),
        description="of the person's height (box, rail, picture) or width (pole); per image",
    )
    directory: Path | None = Field(
        None, description="folder of PNG cut-outs with alpha, for occluders.kinds=[picture]"
    )


class CompanionConfig(Section):
    """A second person in the picture."""

    probability: Annotated[float, Share(EACH_IMAGE)] = Field(
        0.0, ge=0.0, le=1.0, description="probability of a second person"
    )
    distance: Annotated[Distribution, Drawn(0.4, 4, EACH_IMAGE)] = Field(
        of([0.55, 1.2]), description="metres between the two; per image"
    )
    in_front: Annotated[float, Share(EACH_IMAGE)] = Field(
        0.3, ge=0.0, le=1.0, description="share of them nearer the camera than the person"
    )


class GridConfig(Section):
    """Every combination once for each identity, in place of images drawn one by one."""

    views: int = Field(
        0, ge=0, le=360, description="azimuths, evenly spaced from 0; 0: no grid. Each is a camera"
    )
    sites: Literal["all", "dealt"] = Field(
        "all",
        description="all: every hour and weather at every site; dealt: each at one of the sites, "
        "as often as its weight says",
    )


class ImageConfig(PopulationConfig):
    """A rendered image data set, complete: (config, seed) decide every byte of it."""

    distractor_share: float = Field(
        0.0, ge=0.0, le=20.0, description="people in the gallery only (id 0), per test identity"
    )
    cameras: int = Field(10, ge=1, le=999, description="virtual cameras, shared out over sites")
    cameras_per_identity: int = Field(5, ge=1, le=999, description="that see an identity")
    images_per_camera: int = Field(5, ge=1, le=9999, description="of an identity")
    sites: Annotated[Choice, Among(SITE_NAMES, ONE_A_CAMERA)] = Field(
        choice(*SITE_NAMES), description="places; weights share out cameras"
    )
    hours: Annotated[Choice, Among(HOURS, EACH_IMAGE)] = Field(
        TrackletConfig.model_fields["hours"].default, description="outdoors"
    )
    weathers: Annotated[Choice, Among(WEATHERS, EACH_IMAGE)] = Field(
        TrackletConfig.model_fields["weathers"].default, description="outdoors"
    )
    sky: SkyConfig = SkyConfig()
    quality: Quality = Field("standard", description="samples per pixel and denoising")
    grid: GridConfig = GridConfig()
    view: ViewConfig = ViewConfig()
    light: LightConfig = LightConfig()
    look: LookConfig = LookConfig()
    pose: PoseConfig = PoseConfig()
    occluders: OccluderConfig = OccluderConfig()
    companion: CompanionConfig = CompanionConfig()
    backgrounds: BackgroundConfig = BackgroundConfig()
    boxes: BoxConfig = BoxConfig(
        min_width=0.3, min_height=8, min_visibility=0.0, max_truncation=1.0, min_frames=1
    )
    render: StillConfig = StillConfig()

    @model_validator(mode="after")
    def _cameras_suffice(self) -> ImageConfig:
        if self.cameras_per_identity > self.cameras and not self.grid.views:
            raise ValueError(
                f"cameras_per_identity is {self.cameras_per_identity} but cameras only "
                f"{self.cameras}: raise cameras"
            )
        if "picture" in self.occluders.kinds.names and self.occluders.directory is None:
            raise ValueError(
                "occluders.kinds has picture but occluders.directory is not set: name a folder of "
                "PNG cut-outs, or take picture out"
            )
        return self

    @model_validator(mode="after")
    def _outfits_are_seen(self) -> ImageConfig:
        outfits = extent(self, "people.outfits")[1]
        shown, what = self.cameras_per_identity, "cameras_per_identity"
        if self.grid.views:
            if self.backgrounds.directory is not None:
                return self  # every photograph is a scene, too
            sites = len(self.sites.names) if self.grid.sites == "all" else 1
            skies = len(self.hours.names) * len(self.weathers.names)
            shown, what = sites * skies, "the scenes of the grid"
        if outfits > shown:
            raise ValueError(
                f"people.outfits is up to {outfits:g}, but {what} only {shown}, and each shows one "
                "outfit: some would never be worn"
            )
        return self

    @model_validator(mode="after")
    def _nothing_is_idle(self) -> ImageConfig:
        for name in ("run_share", "stand_share", "group_share"):
            if getattr(self.motion, name) != MotionConfig.model_fields[name].default:
                raise ValueError(
                    f"motion.{name} is of people who move along; an image is a moment: leave it "
                    "out, or see pose.run, pose.stand and companion.probability"
                )
        if self.motion.azimuth is not None:
            raise ValueError("motion.azimuth is of people who walk past cameras: see view.azimuth")
        drawn = [c for c in ("sites", "hours", "weathers") if getattr(self, c).table is not None]
        if self.grid.views and drawn:
            raise ValueError(
                f"a grid has every site, hour and weather once: leave {drawn[0]} out of tables, or "
                "grid.views out"
            )
        if self.grid.views and self.view.azimuth != ViewConfig().azimuth:
            raise ValueError(
                f"a grid of {self.grid.views} views has azimuths of its own: leave out "
                "view.azimuth, or grid.views"
            )
        if self.boxes.min_frames > 1:
            raise ValueError(
                "boxes.min_frames is of tracklets; an image has one frame: leave it out"
            )
        if self.occluders.directory is not None and "picture" not in self.occluders.kinds.names:
            raise ValueError(
                "occluders.directory is set, but occluders.kinds lacks picture: add it there"
            )
        return self
