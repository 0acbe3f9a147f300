"""Every knob of the generator: its unit, its range, its default. Loading is in settings.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from vidsynth.sites import SITES

Hour = Literal["morning", "noon", "afternoon", "dusk"]
Weather = Literal["sunny", "overcast", "foggy"]
Quality = Literal["fast", "standard", "high"]


def _between(low: float, high: float) -> Callable[[tuple[float, float]], tuple[float, float]]:
    def check(span: tuple[float, float]) -> tuple[float, float]:
        if not low <= span[0] <= span[1] <= high:
            raise ValueError(f"expected [from, to] with {low:g} <= from <= to <= {high:g}")
        return span

    return check


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PeopleConfig(_Section):
    """How much people resemble each other, and themselves another day."""

    lookalike_share: float = Field(
        0.0, ge=0.0, le=1.0, description="identities in groups that look alike, of train and test"
    )
    lookalike_size: int = Field(5, ge=2, le=20, description="identities in such a group")

    outfits: int = Field(
        1, ge=1, le=20, description="sets of clothes of each identity; a tracklet shows one"
    )

    def groups(self, identities: int) -> int:
        """How many whole groups of look-alikes there are among so many identities."""
        wanted = round(self.lookalike_share * identities / self.lookalike_size)
        return min(wanted, identities // self.lookalike_size)


class CameraConfig(_Section):
    """Where cameras hang and what they do to light; each camera draws once from each range."""

    width: int = Field(1280, ge=320, le=3840, description="frame width, pixels")
    height: int = Field(720, ge=240, le=2160, description="frame height, pixels")
    mount_height: Annotated[tuple[float, float], AfterValidator(_between(1.0, 12.0))] = Field(
        (2.2, 5.5), description="height above ground, metres; narrowed to what the site allows"
    )
    distance: Annotated[tuple[float, float], AfterValidator(_between(3.0, 30.0))] = Field(
        (6.0, 13.0), description="from the point looked at, on the ground, metres"
    )
    person_height: Annotated[tuple[float, float], AfterValidator(_between(40.0, 600.0))] = Field(
        (130.0, 260.0), description="pixels of a 1.70 m person at the point looked at"
    )
    exposure_ev: Annotated[tuple[float, float], AfterValidator(_between(-4.0, 4.0))] = Field(
        (-0.5, 0.6), description="stops"
    )
    colour_bias: float = Field(
        0.12, ge=0.0, le=0.6, description="standard deviation of ln(white balance gain)"
    )
    gamma: Annotated[tuple[float, float], AfterValidator(_between(0.3, 3.0))] = Field(
        (0.75, 1.25), description="exponent on the display value; above 1 darkens mid-tones"
    )
    contrast: Annotated[tuple[float, float], AfterValidator(_between(0.3, 3.0))] = Field(
        (1.1, 1.6), description="slope about middle grey, after the display curve"
    )
    saturation: Annotated[tuple[float, float], AfterValidator(_between(0.0, 2.0))] = Field(
        (0.8, 1.3), description="0 grey, 1 unchanged"
    )
    vignetting: Annotated[tuple[float, float], AfterValidator(_between(0.0, 0.9))] = Field(
        (0.0, 0.35), description="share of light lost in the frame's corners"
    )
    noise: Annotated[tuple[float, float], AfterValidator(_between(0.0, 40.0))] = Field(
        (1.0, 5.0), description="standard deviation at mid-grey, 0-255 scale"
    )
    blur: Annotated[tuple[float, float], AfterValidator(_between(0.0, 6.0))] = Field(
        (0.2, 1.1), description="Gaussian sigma, pixels"
    )
    jpeg_quality: Annotated[tuple[int, int], AfterValidator(_between(5, 100))] = Field(
        (60, 95), description="1 to 100"
    )


class BoxConfig(_Section):
    """How a person is cut out of a frame, and which crops are worth keeping."""

    jitter: float = Field(
        0.1, ge=0.0, le=0.5, description="each side moves out by U(0, jitter) of the box"
    )
    min_width: float = Field(
        0.40, ge=0.0, le=2.0, description="narrower boxes are widened to this share of their height"
    )
    min_height: int = Field(48, ge=8, le=1000, description="person in the frame, pixels")
    min_visibility: float = Field(
        0.35, ge=0.0, le=1.0, description="share of the body in frame and unoccluded"
    )
    max_truncation: float = Field(
        0.3, ge=0.0, le=1.0, description="share of the person's box outside the frame"
    )
    min_frames: int = Field(4, ge=1, le=999, description="tracklets with fewer crops are dropped")


class MotionConfig(_Section):
    """How people move: each by a gait of their own, or as captured people did."""

    bvh_directory: Path | None = Field(
        None, description="folder of BVH files, one drawn for each person; null: gaits only"
    )
    bvh_share: float = Field(
        1.0, ge=0.0, le=1.0, description="of people who move by a file of motion.bvh_directory"
    )


class RenderConfig(_Section):
    """Who computes the pixels."""

    device: Literal["auto", "cpu", "gpu"] = Field(
        "auto", description="auto takes the GPU where Blender finds one"
    )


class OutputConfig(_Section):
    """How crops lie on disk; labels are the same for all."""

    format: Literal["mars", "mp4", "webdataset"] = Field(
        "mars",
        description="mars: an image tree; mp4: a video per tracklet; webdataset: tar shards",
    )
    crf: int = Field(
        18, ge=0, le=40, description="H.264 quality of mp4, 0 lossless, higher is coarser"
    )


class TrackletConfig(_Section):
    """A rendered tracklet data set, complete: (config, seed) decide every byte of it."""

    seed: int = Field(0, ge=0, lt=2**63, description="another seed: other people, paths, cameras")
    identities: int = Field(100, ge=2, le=9999, description="people seen across cameras")
    test_share: float = Field(
        0.25, ge=0.0, le=1.0, description="identities held out as query and gallery; at least two"
    )
    distractor_share: float = Field(
        0.2, ge=0.0, le=20.0, description="people in the gallery only (id 0), per test identity"
    )
    cameras: int = Field(8, ge=2, le=9, description="shared out over the sites")
    cameras_per_shot: int = Field(2, ge=1, le=9, description="of one site, filming together")
    sightings: int = Field(2, ge=2, le=50, description="shots each identity appears in")
    people_per_shot: int = Field(4, ge=1, le=20, description="walking at once")
    frames: int = Field(16, ge=1, le=999, description="per tracklet")
    fps: float = Field(8.0, ge=1.0, le=60.0, description="frames per second")
    sites: tuple[str, ...] = Field(
        default_factory=lambda: tuple(sorted(SITES)), min_length=1, description="places to film"
    )
    hours: tuple[Hour, ...] = Field(
        ("morning", "noon", "afternoon", "dusk"), min_length=1, description="outdoors"
    )
    weathers: tuple[Weather, ...] = Field(
        ("sunny", "overcast", "foggy"), min_length=1, description="outdoors"
    )
    quality: Quality = Field("fast", description="samples per pixel and denoising")
    people: PeopleConfig = PeopleConfig()
    motion: MotionConfig = MotionConfig()
    camera: CameraConfig = CameraConfig()
    boxes: BoxConfig = BoxConfig()
    output: OutputConfig = OutputConfig()
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
    def _frames_suffice(self) -> TrackletConfig:
        if self.boxes.min_frames > self.frames:
            raise ValueError(
                f"boxes.min_frames is {self.boxes.min_frames} but frames only {self.frames}: "
                "every tracklet would be dropped"
            )
        return self

    @model_validator(mode="after")
    def _outfits_are_seen(self) -> TrackletConfig:
        if self.people.outfits > self.sightings:
            raise ValueError(
                f"people.outfits is {self.people.outfits} but sightings only {self.sightings}: "
                "an identity changes clothes between sightings, so some would never be worn"
            )
        return self

    @model_validator(mode="after")
    def _look_alikes_fit(self) -> TrackletConfig:
        if self.people.lookalike_share and not self.look_alikes:
            raise ValueError(
                f"people.lookalike_share is {self.people.lookalike_share:g}, but of "
                f"{self.identities - self.test_identities} training and {self.test_identities} "
                f"test identities that is not one group of {self.people.lookalike_size}: raise "
                "the share or identities, or lower people.lookalike_size"
            )
        return self

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
