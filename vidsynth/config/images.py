"""Settings of a rendered data set of still images: every rendering option is a distribution.

The options are TAGPerson's (Chen et al., TAGPerson: A Target-Aware Generation Pipeline for Person
Re-identification, ACM MM 2022), with its defaults where it states them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field, ValidationError, field_validator, model_validator

from vidsynth.config.accessories import AccessoryConfig
from vidsynth.config.backgrounds import BackgroundConfig
from vidsynth.config.bodies import BodiesConfig
from vidsynth.config.cameras import BoxConfig
from vidsynth.config.clothes import ClothesConfig, TextureConfig
from vidsynth.config.distributions import Distribution, drawn, of
from vidsynth.config.makehuman import MakeHumanConfig
from vidsynth.config.motion import MotionConfig
from vidsynth.config.output import Quality, RenderConfig
from vidsynth.config.people import PeopleConfig
from vidsynth.config.places import Hour, SkyConfig, Weather
from vidsynth.config.sections import Section
from vidsynth.config.tracklets import MOST_PEOPLE, TrackletConfig
from vidsynth.places.sites import SITES


class Options(Section):
    """A section whose defaults are checked as what people write is: both then read the same."""

    model_config = ConfigDict(validate_default=True)


class ViewConfig(Options):
    """From where a person is seen, and how large."""

    azimuth: drawn(0, 360) = Field(  # type: ignore[valid-type]
        of({"uniform": [0, 360]}),
        description="degrees; 0 the face, 90 the person's left; per image",
    )
    depression: drawn(-10, 85) = Field(  # type: ignore[valid-type]
        of({"uniform": [10, 45]}), description="degrees the camera looks down; per image"
    )
    distance: drawn(1.5, 40) = Field(  # type: ignore[valid-type]
        of({"uniform": [3.5, 9]}),
        description="metres to the person's middle, less where walls are nearer; per image",
    )
    height: drawn(16, 1000) = Field(  # type: ignore[valid-type]
        of({"normal": [150, 60], "clip": [64, 320]}),
        description="pixels from head to foot: the resolution; per camera",
    )
    height_jitter: drawn(0.2, 3) = Field(  # type: ignore[valid-type]
        of({"uniform": [0.8, 1.25]}), description="factor on view.height; per image"
    )


class LightConfig(Options):
    """The direct light: the sun, or a soft lamp where there is none."""

    azimuth: drawn(-180, 180) | None = Field(  # type: ignore[valid-type]
        of({"uniform": [-75, 75]}),
        description="degrees right of the camera's own direction; null: fixed in the place; "
        "per image",
    )
    elevation: drawn(2, 90) | None = Field(  # type: ignore[valid-type]
        None, description="degrees above the horizon; null: the hour's; per image"
    )
    intensity: drawn(0, 10) = Field(  # type: ignore[valid-type]
        of({"uniform": [0.5, 1.5]}), description="factor on its usual strength; per image"
    )


class LookConfig(Options):
    """What the camera does to light."""

    exposure_ev: drawn(-4, 4) = Field(  # type: ignore[valid-type]
        of({"normal": [0, 0.3]}), description="stops; per image"
    )
    colour_bias: drawn(-1, 1) = Field(  # type: ignore[valid-type]
        of({"normal": [0, 0.12]}),
        description="ln of the gain of red, and again of blue, against green; per camera",
    )
    gamma: drawn(0.1, 10) = Field(  # type: ignore[valid-type]
        of({"uniform": [0.5, 2]}),
        description="exponent on the display value; above 1 darkens mid-tones; per image",
    )
    contrast: drawn(0.3, 3) = Field(  # type: ignore[valid-type]
        of({"uniform": [0.9, 1.2]}), description="slope about middle grey; per camera"
    )
    saturation: drawn(0, 2) = Field(  # type: ignore[valid-type]
        of({"uniform": [0.8, 1.3]}), description="0 grey, 1 unchanged; per camera"
    )
    noise: drawn(0, 40) = Field(  # type: ignore[valid-type]
        of({"uniform": [1, 4]}),
        description="standard deviation at mid-grey, 0-255 scale; per camera",
    )
    blur: drawn(0, 6) = Field(  # type: ignore[valid-type]
        of({"uniform": [0.2, 0.8]}), description="Gaussian sigma, pixels; per camera"
    )
    jpeg_quality: drawn(5, 100) = Field(  # type: ignore[valid-type]
        of({"uniform": [70, 95]}), description="1 to 100; per camera"
    )


class PoseConfig(Options):
    """What the person does: a moment of their walk or run, of standing about, or of their file of
    motion.bvh_directory."""

    phase: drawn(0, 1) = Field(  # type: ignore[valid-type]
        of({"uniform": [0, 1]}),
        description="of the gait cycle or of the file's loop, 0 to 1; per image",
    )
    run: float = Field(0.0, ge=0.0, le=1.0, description="of images in which the person runs")
    stand: float = Field(0.0, ge=0.0, le=1.0, description="of images in which they stand about")

    @model_validator(mode="after")
    def _manners_fit(self) -> PoseConfig:
        if self.run + self.stand > 1:
            raise ValueError(
                "expected pose.run and pose.stand to add up to 1 at most, found "
                f"{self.run:g} and {self.stand:g}"
            )
        return self


class OccluderConfig(Options):
    """Things between camera and person."""

    probability: float = Field(0.0, ge=0.0, le=1.0, description="of an image with one")
    kinds: tuple[Literal["box", "pole", "rail", "picture"], ...] = Field(
        ("box", "pole", "rail"), min_length=1, description="box, pole, rail or picture"
    )
    cover: drawn(0.05, 0.8) = Field(  # type: ignore[valid-type]
        of({"uniform": [0.15, 0.5]}),
        description="of the person's height (box, rail, picture) or width (pole); per image",
    )
    directory: Path | None = Field(
        None, description="folder of PNG cut-outs with alpha, for occluders.kinds=[picture]"
    )


class CompanionConfig(Options):
    """A second person in the picture."""

    probability: float = Field(0.0, ge=0.0, le=1.0, description="of an image with one")
    distance: drawn(0.4, 4) = Field(  # type: ignore[valid-type]
        of({"uniform": [0.55, 1.2]}), description="metres between the two; per image"
    )
    in_front: float = Field(
        0.3, ge=0.0, le=1.0, description="share of them nearer the camera than the person"
    )


class GridConfig(Section):
    """Every combination once for each identity, in place of images drawn one by one."""

    views: int = Field(
        0, ge=0, le=360, description="azimuths, evenly spaced from 0; 0: no grid. Each is a camera"
    )


class ImageConfig(Section):
    """A rendered image data set, complete: (config, seed) decide every byte of it."""

    seed: int = Field(0, ge=0, lt=2**63, description="another seed: other people, other images")
    identities: int = Field(100, ge=2, le=MOST_PEOPLE, description="people seen across cameras")
    test_share: float = Field(
        0.25, ge=0.0, le=1.0, description="identities held out as query and gallery; at least two"
    )
    distractor_share: float = Field(
        0.0, ge=0.0, le=20.0, description="people in the gallery only (id 0), per test identity"
    )
    cameras: int = Field(10, ge=1, le=999, description="virtual cameras, shared out over sites")
    cameras_per_identity: int = Field(5, ge=1, le=999, description="that see an identity")
    images_per_camera: int = Field(5, ge=1, le=9999, description="of an identity")
    sites: tuple[str, ...] = Field(
        default_factory=lambda: tuple(sorted(SITES)), min_length=1, description="places"
    )
    hours: tuple[Hour, ...] = Field(
        TrackletConfig.model_fields["hours"].default, min_length=1, description="outdoors"
    )
    weathers: tuple[Weather, ...] = Field(
        TrackletConfig.model_fields["weathers"].default, min_length=1, description="outdoors"
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
    people: PeopleConfig = PeopleConfig()
    bodies: BodiesConfig = BodiesConfig()
    accessories: AccessoryConfig = AccessoryConfig()
    clothes: ClothesConfig = ClothesConfig()
    textures: TextureConfig = TextureConfig()
    makehuman: MakeHumanConfig = MakeHumanConfig()
    motion: MotionConfig = MotionConfig()
    boxes: BoxConfig = BoxConfig(
        min_width=0.3, min_height=8, min_visibility=0.0, max_truncation=1.0, min_frames=1
    )
    render: RenderConfig = RenderConfig()

    @field_validator("sites")
    @classmethod
    def _known_sites(cls, sites: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in sites if name not in SITES]
        if unknown:
            raise ValueError(f"expected sites among {', '.join(sorted(SITES))}")
        if len(set(sites)) != len(sites):
            raise ValueError("expected each site once")
        return sites

    @model_validator(mode="after")
    def _cameras_suffice(self) -> ImageConfig:
        if self.cameras_per_identity > self.cameras and not self.grid.views:
            raise ValueError(
                f"cameras_per_identity is {self.cameras_per_identity} but cameras only "
                f"{self.cameras}: raise cameras"
            )
        if "picture" in self.occluders.kinds and self.occluders.directory is None:
            raise ValueError(
                "occluders.kinds has picture but occluders.directory is not set: name a folder of "
                "PNG cut-outs, or take picture out"
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
        if self.grid.views and self.view.azimuth != ViewConfig().azimuth:
            raise ValueError(
                f"a grid of {self.grid.views} views has azimuths of its own: leave out "
                "view.azimuth, or grid.views"
            )
        if self.boxes.min_frames > 1:
            raise ValueError(
                "boxes.min_frames is of tracklets; an image has one frame: leave it out"
            )
        if self.occluders.directory is not None and "picture" not in self.occluders.kinds:
            raise ValueError(
                "occluders.directory is set, but occluders.kinds lacks picture: add it there"
            )
        return self

    @model_validator(mode="after")
    def _people_can_be(self) -> ImageConfig:
        try:
            self.company()
        except ValidationError as error:
            said = error.errors()[0]
            name = ".".join(map(str, said["loc"]))
            raise ValueError(
                f"{name} {said['msg'].removeprefix('Value error, ')}".strip()
            ) from None
        return self

    def company(self) -> TrackletConfig:
        """The tracklet data set with the same people: equal seeds give equal identities."""
        return TrackletConfig(
            seed=self.seed,
            identities=self.identities,
            test_share=self.test_share,
            distractor_share=self.distractor_share,
            sightings=max(2, self.people.outfits),
            people=self.people,
            bodies=self.bodies,
            accessories=self.accessories,
            clothes=self.clothes,
            textures=self.textures,
            makehuman=self.makehuman,
            motion=self.motion,
            sky=self.sky,
        )


PER_CAMERA = frozenset(
    ("view.height", "look.colour_bias", "look.contrast", "look.saturation", "look.noise",
     "look.blur", "look.jpeg_quality")
)  # fmt: skip
"""Options drawn once for each virtual camera unless they say ``per``; others for each image."""


def options(config: ImageConfig) -> dict[str, Distribution]:
    """The config's distributions by name, ``view.azimuth`` and so on."""
    sections = ("view", "light", "look", "pose", "occluders", "companion")
    return {
        f"{name}.{key}": value
        for name in sections
        for key, value in getattr(config, name)
        if isinstance(value, Distribution)
    }
