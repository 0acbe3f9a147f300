"""Every knob of a style transfer: its unit, its range, its default.

The defaults are SPGAN's and CycleGAN's published ones; recipes are in `configs/translate/`.
"""

from __future__ import annotations

import functools
from typing import Any, Literal

from pydantic import Field, SerializeAsAny, create_model, field_validator, model_validator
from reid_models.translation.sizes import SIAMESE_SIDE, smallest_side

from uda.config import Logging, Section


class Networks(Section):
    width: int = Field(default=64, ge=4, le=256, description="channels of a generator's first map")
    blocks: int = Field(default=9, ge=1, le=16, description="residual blocks of a generator")
    gives: Literal["picture", "change"] = Field(
        default="picture",
        description="what a generator's last layer gives: the picture, as published; or what is "
        "added to it, so that a short training need not learn people and edges",
    )
    discriminator_width: int = Field(
        default=64, ge=4, le=256, description="channels of a discriminator's first map"
    )
    halvings: int = Field(
        default=3,
        ge=1,
        le=5,
        description="layers of stride 2 of a discriminator: 3 judges patches of 70x70 pixels, 2 of "
        "34x34",
    )


class Pictures(Section):
    size: tuple[int, int] = Field(
        default=(256, 128), description="height, width that is trained and translated at (pixels)"
    )
    enlarged: tuple[int, int] | None = Field(
        default=(286, 144),
        description="height, width that training pictures are cropped to `size` from; null: no "
        "cropping",
    )
    resize: Literal["bilinear", "bicubic"] = Field(
        default="bicubic", description="of pictures to these sizes"
    )
    flip: float = Field(default=0.5, ge=0, le=1, description="probability of mirroring a picture")
    batch: int = Field(default=8, ge=1, description="pictures of each domain in a batch")
    pooling: Literal["joined", "even"] = Field(
        default="joined",
        description="several targets: as many pictures of each as it has tracklets, or equally "
        "many",
    )
    unreadable: Literal["fail", "skip"] = Field(
        default="fail",
        description="a damaged training picture ends the run, or is left out with a warning",
    )
    workers: int | None = Field(
        default=None, ge=0, description="processes that decode, each for source and for target"
    )

    @field_validator("size", "enlarged", mode="before")
    @classmethod
    def _size_as_text(cls, value: Any) -> Any:
        return value.split("x") if isinstance(value, str) else value

    @model_validator(mode="after")
    def _sizes_fit(self) -> Pictures:
        for side in self.size:
            if side % 4 or not 16 <= side <= 1024:
                raise ValueError(
                    "pictures.size must have a height and width between 16 and 1024 pixels, both "
                    "multiples of 4"
                )
        if self.enlarged and any(
            large < side for large, side in zip(self.enlarged, self.size, strict=True)
        ):
            raise ValueError(
                f"pictures.enlarged={list(self.enlarged)} is smaller than pictures.size="
                f"{list(self.size)}, which is cropped from it: enlarge it, or use null"
            )
        return self


class Optimiser(Section):
    lr: float = Field(default=2e-4, gt=0, le=1, description="learning rate of Adam (0.5, 0.999)")
    decay_from: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="share of the training after which the rate falls, linearly to 0 at the end; "
        "1: never",
    )


class Training(Section):
    epochs: int = Field(default=20, ge=1, description="of the whole training")
    steps: int | None = Field(
        default=None,
        ge=1,
        description="steps in an epoch; null: as many as show each source tracklet once",
    )
    seed: int = Field(default=1, ge=0, lt=2**31, description="of weights, batches and crops")
    buffer: int = Field(
        default=50,
        ge=0,
        description="translated pictures kept of each domain, to show discriminators older ones",
    )
    precision: Literal["auto", "32-true", "bf16-mixed"] = Field(
        default="auto", description="auto: 32-true on a CPU, bf16-mixed on a GPU that has it"
    )
    deterministic: bool = Field(
        default=False,
        description="on a GPU the same weights every time: slower kernels, without TF32. A CPU "
        "gives the same weights anyway",
    )
    save_every: int = Field(default=1, ge=1, description="epochs between checkpoints")
    accelerator: Literal["auto", "cpu", "cuda"] = Field(
        default="auto", description="auto, cpu or cuda"
    )


class Output(Section):
    style: Literal["tracklet", "frame"] = Field(
        default="tracklet",
        description="whose statistics instance norms use: the tracklet's, the same for all of its "
        "frames; or each frame's own, which flickers",
    )
    measured_on: int = Field(
        default=32,
        ge=1,
        description="evenly spread frames that the statistics of a tracklet are taken of, where it "
        "has more than a batch; else of all",
    )
    batch: int = Field(default=32, ge=1, description="pictures in a batch")
    quality: int = Field(default=95, ge=1, le=100, description="of JPEG files")
    compared: int = Field(
        default=1000,
        ge=0,
        description="pictures of source and of target that Frechet distances are of, at most; 0: "
        "no distances",
    )


class Watching(Logging):
    samples_every: int = Field(default=500, ge=1, description="steps between sample grids")
    samples: int = Field(default=6, ge=1, le=64, description="pictures of each domain in a grid")


class Method(Section):
    """What all methods have."""

    name: str = Field(default="", description="cyclegan, spgan or ptgan")
    cycle: float = Field(
        default=10.0, ge=0, description="weight of the cycle: L1 between a picture and its way back"
    )


class CycleGan(Method):
    name: Literal["cyclegan"] = "cyclegan"
    identity: float = Field(
        default=0.0,
        ge=0,
        description="weight of the identity: L1 between a target picture and its translation to "
        "the target, and likewise for the source",
    )


class Spgan(Method):
    name: Literal["spgan"] = "spgan"
    identity: float = Field(default=5.0, ge=0, description="weight of the identity, as of cyclegan")
    contrastive: float = Field(
        default=2.0, ge=0, description="weight of the siamese network's contrastive loss"
    )
    margin: float = Field(
        default=2.0, gt=0, le=2, description="distance that negative pairs are pushed apart to"
    )
    negatives: Literal["translated", "real"] = Field(
        default="translated",
        description="negative pairs of the generators: a translated picture and a real one of the "
        "domain it was made for; or two real ones, which moves the siamese network alone",
    )
    generators_every: int = Field(
        default=2, ge=1, description="steps between those that move the generators"
    )
    siamese_after: float = Field(
        default=1.0, ge=0, description="epochs before the siamese network learns"
    )
    contrastive_after: float = Field(
        default=2.0, ge=0, description="epochs before its loss moves the generators"
    )


class Ptgan(Method):
    name: Literal["ptgan"] = "ptgan"
    foreground: float = Field(
        default=10.0,
        ge=0,
        description="weight of the change within the mask of the person: L1 between a picture and "
        "its translation",
    )


METHODS: dict[str, type[Method]] = {"cyclegan": CycleGan, "spgan": Spgan, "ptgan": Ptgan}


class Settings(Section):
    """All settings of a style transfer."""

    networks: Networks = Networks()
    pictures: Pictures = Pictures()
    method: SerializeAsAny[Method] = CycleGan()
    optimiser: Optimiser = Optimiser()
    training: Training = Training()
    output: Output = Output()
    monitoring: Watching = Watching()

    @model_validator(mode="after")
    def _networks_fit(self) -> Settings:
        side = min(self.pictures.size)
        if side < smallest_side(self.networks.halvings):
            raise ValueError(
                f"pictures.size={list(self.pictures.size)} is too small for networks.halvings="
                f"{self.networks.halvings}, which needs {smallest_side(self.networks.halvings)} "
                "pixels: use fewer halvings, or larger pictures"
            )
        if self.method.name == "spgan" and side < SIAMESE_SIDE:
            raise ValueError(
                f"pictures.size={list(self.pictures.size)} is too small for spgan, whose siamese "
                f"network needs {SIAMESE_SIDE} pixels: use larger pictures"
            )
        return self


@functools.cache
def settings_of(method: str) -> type[Settings]:
    """The type of all settings of a style transfer by this method, one of `METHODS`."""
    kind = METHODS[method]
    field: Any = (SerializeAsAny[kind], kind())  # type: ignore[valid-type, misc]
    return create_model("Settings", __base__=Settings, method=field)
