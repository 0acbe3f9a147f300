"""Every knob of a training run: its unit, its range, its default.

A recipe is YAML (`configs/uda/`); `section.key=value` on the command line changes one knob.
The defaults below are the published ones (notes in `docs/training.md`); `LAPTOP` holds what
differs on a machine without a GPU.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Model(Section):
    name: str = Field(default="resnet50", description="backbone; see reid_models")
    pretrained: str = Field(
        default="imagenet",
        description="imagenet, none, or the path of a weights file to start from",
    )


class Data(Section):
    size: tuple[int, int] = Field(
        default=(256, 128), description="height, width of a crop (pixels)"
    )
    clip_length: int = Field(default=4, ge=1, le=64, description="frames in a clip (T)")
    identities: int = Field(default=8, ge=2, description="source identities in a batch (P)")
    instances: int = Field(
        default=4, ge=2, description="source clips of each identity in a batch (K)"
    )
    target_clips: int | None = Field(
        default=None, ge=2, description="target clips in a batch; null: as many as source clips"
    )
    sampling: Literal["restricted", "strided"] = Field(
        default="restricted",
        description="frames of a training clip: one of each of T equal blocks, or T frames apart",
    )
    stride: int = Field(default=8, ge=1, description="frames between those of a strided clip")
    dense: int | None = Field(
        default=None,
        ge=1,
        description="cut training tracklets into pieces of this many frames; null: leave them",
    )
    source_sampling: Literal["identity_camera", "identity"] = Field(
        default="identity_camera",
        description="clips of an identity in a batch: from different cameras, or any",
    )
    target_sampling: Literal["shuffled", "camera_balanced"] = Field(
        default="shuffled", description="target clips of a batch: any, or evenly from all cameras"
    )
    unreadable: Literal["fail", "skip"] = Field(
        default="fail",
        description="a damaged training frame ends the run, or is left out with a warning; "
        "tests always fail",
    )
    flip: float = Field(default=0.5, ge=0, le=1, description="probability of mirroring a clip")
    pad: int = Field(default=0, ge=0, description="padding before the random crop (pixels)")
    erase: float = Field(default=0.5, ge=0, le=1, description="probability of erasing a rectangle")
    jitter: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="brightness, contrast and saturation vary by this share",
    )
    workers: int | None = Field(
        default=None,
        ge=0,
        description="processes that decode frames, each for source and for target",
    )

    @field_validator("size", mode="before")
    @classmethod
    def _size_as_text(cls, value: Any) -> Any:
        return value.split("x") if isinstance(value, str) else value

    @field_validator("size")
    @classmethod
    def _size_in_range(cls, value: tuple[int, int]) -> tuple[int, int]:
        if min(value) < 16 or max(value) > 1024:
            raise ValueError("height and width must lie between 16 and 1024 pixels")
        return value

    @property
    def source_clips(self) -> int:
        return self.identities * self.instances


class Optimiser(Section):
    name: Literal["adam", "adamw", "sgd"] = Field(
        default="adam", description="sgd: Nesterov momentum 0.9"
    )
    lr: float = Field(default=3e-4, gt=0, le=10, description="learning rate at its highest")
    weight_decay: float = Field(
        default=5e-4, ge=0, description="on weights; not on biases and norms"
    )


class Schedule(Section):
    kind: Literal["multistep", "cosine", "constant"] = "multistep"
    warmup: float = Field(default=0.0, ge=0, description="linear warm-up from 1% of lr (epochs)")
    milestones: tuple[float, ...] = Field(
        default=(40, 80, 120), description="multistep: where lr is multiplied by gamma (epochs)"
    )
    gamma: float = Field(default=0.1, gt=0, le=1, description="multistep: factor at each milestone")
    final: float = Field(
        default=0.01, ge=0, le=1, description="cosine: lr at the end, as a share of lr"
    )


class SourceLosses(Section):
    smoothing: float = Field(
        default=0.0, ge=0, lt=1, description="label smoothing of the identity loss"
    )
    margin: float = Field(default=0.3, ge=0, description="margin of the batch-hard triplet loss")


class SourceOnly(SourceLosses):
    name: Literal["source_only"] = "source_only"


class AdaBN(SourceLosses):
    name: Literal["adabn"] = "adabn"


class SyntheticToReal(SourceLosses):
    name: Literal["synthetic_to_real"] = "synthetic_to_real"
    statistics: Literal["joint", "target"] = Field(
        default="target",
        description="joint: source and target share a forward pass and batch-norm statistics; "
        "target: two passes, and only the target's statistics are kept for testing",
    )
    hidden: int = Field(default=1024, ge=1, description="width of the domain classifiers")
    domain_weight: float = Field(
        default=0.21, ge=0, description="weight of L^S before it is learned"
    )
    consistency_weight: float = Field(
        default=0.64, ge=0, description="weight of L^C before it is learned"
    )
    learn_weights: bool = Field(default=True, description="learn the four weights, exp(-s) L + s")
    weight_range: float = Field(
        default=2.0, ge=0, description="how far each s may move from its start"
    )
    ema_decay: float = Field(default=0.99, ge=0, lt=1, description="decay of the teacher per step")
    clusters: int = Field(default=16, ge=2, description="k-means clusters of target features (M)")
    memory: int = Field(default=512, ge=0, description="recent target clips that are clustered too")
    temperature: float = Field(default=0.1, gt=0, description="of the soft cluster assignment")
    consistency_start: float = Field(
        default=0.2, ge=0, le=1, description="when L^C sets in, as a share of the training"
    )


MethodConfig = Annotated[SourceOnly | AdaBN | SyntheticToReal, Field(discriminator="name")]
METHOD_CONFIGS: dict[str, type[SourceLosses]] = {
    "source_only": SourceOnly,
    "adabn": AdaBN,
    "synthetic_to_real": SyntheticToReal,
}


class Training(Section):
    epochs: int = Field(default=150, ge=1)
    steps: int | None = Field(
        default=None,
        ge=1,
        description="steps in an epoch; null: as many as show each source tracklet once",
    )
    seed: int = Field(default=1, ge=0, lt=2**31)
    precision: Literal["auto", "32-true", "bf16-mixed", "16-mixed"] = Field(
        default="auto", description="auto: 32-true on a CPU, mixed on a GPU"
    )
    save_every: int = Field(default=1, ge=1, description="epochs between checkpoints")
    devices: int = Field(default=1, ge=1, description="GPUs (or CPU processes) to train on")
    accelerator: Literal["auto", "cpu", "cuda"] = "auto"
    accumulate: int = Field(
        default=1,
        ge=1,
        description="batches whose gradients are averaged before a step. Each is normalised, "
        "mined and clustered by itself: not the same as larger batches",
    )
    clip_gradient: float | None = Field(
        default=None,
        gt=0,
        description="largest Euclidean norm of the gradient of all trained weights; null: any",
    )
    compile: bool = Field(
        default=False, description="compile the student with torch.compile; needs a C++ compiler"
    )


class Evaluation(Section):
    every: int = Field(
        default=10, ge=0, description="epochs between evaluations on source; 0: never"
    )
    target_every: int = Field(
        default=0,
        ge=0,
        description="epochs between looks at the target test half; 0: at the end only",
    )
    frames: Literal["all"] | Annotated[int, Field(ge=1)] = Field(
        default="all",
        description="frames of a tracklet that are compared: all, or N evenly spread ones",
    )
    clips: Literal["strided", "chunks"] = Field(
        default="strided",
        description="all frames as clips strided through a tracklet, or as consecutive chunks",
    )
    flip: bool = Field(default=False, description="average with the mirrored clips")
    precision: Literal["auto", "32", "bf16", "fp16"] = Field(
        default="auto", description="of the model; auto: bf16 on a GPU that has it, 32 on a CPU"
    )
    batch: int = Field(default=32, ge=1, description="clips in a batch")
    select_on: Literal["last", "source_test", "target_test"] = Field(
        default="last",
        description="which weights are kept: the last, or the best mAP on a test half. "
        "target_test breaks the unsupervised protocol, and the log says so",
    )


class Monitoring(Section):
    every: int = Field(
        default=10, ge=1, description="steps between entries in TensorBoard and metrics"
    )
    gradient_norms_every: int = Field(
        default=100, ge=0, description="steps between gradient norms of each loss; 0: never"
    )
    features: int = Field(
        default=200,
        ge=0,
        description="training clips of each domain whose features are drawn at each evaluation "
        "on source and at the end; 0: never",
    )


class Config(Section):
    model: Model = Model()
    data: Data = Data()
    optimiser: Optimiser = Optimiser()
    schedule: Schedule = Schedule()
    method: MethodConfig = SyntheticToReal()
    training: Training = Training()
    evaluation: Evaluation = Evaluation()
    monitoring: Monitoring = Monitoring()

    @model_validator(mode="after")
    def _selection_has_scores(self) -> Config:
        scores = {
            "source_test": self.evaluation.every,
            "target_test": self.evaluation.target_every,
            "last": 1,
        }
        if not scores[self.evaluation.select_on]:
            every = {"source_test": "every", "target_test": "target_every"}
            key = every[self.evaluation.select_on]
            raise ValueError(
                f"evaluation.select_on={self.evaluation.select_on} needs evaluation.{key} > 0"
            )
        return self


LAPTOP: dict[str, dict[str, Any]] = {
    "model": {"name": "slim_resnet18", "pretrained": "none"},
    "data": {
        "size": [128, 64],
        "clip_length": 2,
        "identities": 4,
        "instances": 4,
        "pad": 5,
        "erase": 0.0,
        "jitter": 0.2,
    },
    "optimiser": {"name": "adamw", "lr": 1e-3, "weight_decay": 1e-2},
    "schedule": {"kind": "cosine", "warmup": 1},
    "method": {"name": "synthetic_to_real", "hidden": 128, "smoothing": 0.1},
    "training": {"epochs": 12, "steps": 50},
    "evaluation": {"every": 5},
}
"""A small backbone on small crops: minutes on two cores. The same as configs/uda/laptop.yaml."""
