"""Every knob of a training run: its unit, its range, its default.

A recipe is YAML (`configs/uda/`); `section.key=value` on the command line changes one knob.
A method's own settings stand beside the method (`uda/methods/`).
"""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from strict_reading import shown


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _true_is_no_number(cls, values: Any) -> Any:
        """Python takes true for 1: one epoch, or a learning rate of 1."""
        for name, value in values.items() if isinstance(values, dict) else ():
            field = cls.model_fields.get(name)
            if field is not None and _holds_truth(value) and _is_number(field.annotation):
                raise ValueError(f"{name} is a number, found {shown(value)}")
        return values


def _holds_truth(value: Any) -> bool:
    several = value if isinstance(value, list | tuple) else (value,)
    return any(isinstance(one, bool) for one in several)


def _is_number(annotation: Any) -> bool:
    kinds: set[Any] = {annotation}
    for _ in range(2):  # numbers of a tuple, or null
        kinds |= {inner for kind in kinds for inner in get_args(kind)}
    return bool(kinds & {int, float}) and bool not in kinds


Share = Annotated[float, Field(ge=0, lt=1)]


class Model(Section):
    name: str = Field(default="resnet50", description="see `uda models`; timm/NAME: one of timm's")
    pretrained: str = Field(
        default="imagenet",
        description="imagenet, none, or the path of a weights file to start from",
    )
    pooling: Literal["average", "max", "gem", "token"] | None = Field(
        default=None,
        description="over space, of image models; token: a ViT's class token, or its own attention "
        "pooling (SigLIP). null: the architecture's own",
    )
    temporal: Literal["average", "attention", "transformer"] | None = Field(
        default=None, description="over frames, of image models; null: the architecture's own"
    )
    temporal_layers: int = Field(
        default=1, ge=1, le=12, description="blocks of model.temporal=transformer"
    )
    fc: int | None = Field(
        default=None,
        ge=1,
        description="of image models: width of a fully connected layer (batch norm, ReLU) after "
        "pooling in place of the BNNeck; what it gives is compared. null: the architecture's own",
    )
    norm: Literal["bn", "dsbn", "cbn", "adabn"] = Field(
        default="bn",
        description="batch norms: bn; dsbn: one for each domain; cbn: normalised camera by camera; "
        "adabn: statistics of the target's training half after training",
    )
    frozen: str | None = Field(
        default=None,
        coerce_numbers_to_str=True,  # parts of a Sequential are numbered
        description="last part of the backbone whose weights stay as they started, such as layer2 "
        "of a ResNet; all before it stay, too. null: everything learns",
    )
    lora_rank: int | None = Field(
        default=None,
        ge=1,
        description="low-rank adaptation (LoRA) of a transformer: its rank, commonly 4 to 32; "
        "nothing else of the backbone learns. null: none",
    )
    lora_alpha: float = Field(
        default=16.0, gt=0, description="LoRA: the product of both matrices counts alpha / rank"
    )
    lora_layers: tuple[str, ...] = Field(
        default=("attn",),
        min_length=1,
        description="LoRA: linear layers by parts of their names, as [A,B]: attn, mlp, attn.qkv, "
        "blocks.11",
    )


class Data(Section):
    size: tuple[int, int] = Field(
        default=(256, 128), description="height, width of a crop (pixels)"
    )
    resize: Literal["bilinear", "bicubic"] = Field(
        default="bilinear",
        description="of crops to that size: bilinear, or bicubic as some authors' weights expect",
    )
    clip_length: int = Field(default=4, ge=1, le=64, description="frames in a clip (T)")
    identities: int = Field(default=8, ge=2, description="source identities in a batch (P)")
    instances: int = Field(
        default=4,
        ge=1,
        description="source clips of each identity in a batch (K); 1 for attributes alone",
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
    source_sampling: Literal["identity_camera", "identity", "camera_balanced"] = Field(
        default="identity_camera",
        description="clips of an identity in a batch: from different cameras, or any; "
        "camera_balanced: from one, with as many identities of each of data.cameras cameras",
    )
    cameras: int = Field(
        default=8,
        ge=1,
        description="cameras in a source batch, source_sampling=camera_balanced: drawn with "
        "repetition",
    )
    target_sampling: Literal["shuffled", "camera_balanced"] = Field(
        default="shuffled", description="target clips of a batch: any, or evenly from all cameras"
    )
    unreadable: Literal["fail", "skip"] = Field(
        default="fail",
        description="a damaged training frame ends the run, or is left out with a warning; "
        "tests always fail",
    )
    buffer: int = Field(
        default=2048,
        ge=4,
        description="a streamed source (webdataset://): tracklets held, to draw batches from",
    )
    flip: float = Field(default=0.5, ge=0, le=1, description="probability of mirroring a clip")
    pad: int = Field(default=0, ge=0, description="padding before the random crop (pixels)")
    erase: float = Field(default=0.5, ge=0, le=1, description="probability of erasing a rectangle")
    jitter: Share | tuple[Share, Share, Share] = Field(
        default=0.0,
        description="brightness, contrast and saturation vary by this share, or by [A,B,C]",
    )
    hue: float = Field(
        default=0.0, ge=0, le=0.5, description="hue turns by at most this share of its circle"
    )
    jitter_probability: float = Field(
        default=1.0, ge=0, le=1, description="probability of data.jitter and data.hue"
    )
    augmix: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="probability of AugMix, the same for all frames of a clip (TAGPerson: 0.5)",
    )
    occlude: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="a white square lies over each clip, up to this share of its shorter side long "
        "(QAConv: 0.8); 0: none",
    )
    attributes: tuple[str, ...] | None = Field(
        default=None,
        min_length=1,
        description="attributes that methods with attribute heads learn, by their names in the "
        "source, as [A,B]. null: all",
    )
    attributes_file: str | None = Field(
        default=None,
        description="where the source's attributes are: a CSV file with a row for each person or "
        "tracklet, or the benchmark's own file. null: where the benchmark has it",
    )
    held_out: float = Field(
        default=0.05,
        ge=0,
        lt=1,
        description="share of the source's people that methods with attribute heads do not learn "
        "from, to fit the temperatures of their probabilities on; 0: no temperatures",
    )
    workers: int | None = Field(
        default=None,
        ge=0,
        description="processes that decode frames, each for source and for target",
    )

    @field_validator("attributes", mode="before")
    @classmethod
    def _attributes_as_text(cls, value: Any) -> Any:
        return [name.strip() for name in value.split(",")] if isinstance(value, str) else value

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

    @model_validator(mode="after")
    def _cameras_share_identities(self) -> Data:
        if self.source_sampling == "camera_balanced" and self.identities % self.cameras:
            raise ValueError(
                f"data.source_sampling=camera_balanced has as many identities of each camera: "
                f"data.identities={self.identities} is no multiple of data.cameras={self.cameras}"
            )
        return self

    @property
    def source_clips(self) -> int:
        return self.identities * self.instances


class Optimiser(Section):
    name: Literal["adam", "adamw", "sgd"] = Field(
        default="adam", description="adam, adamw or sgd (momentum 0.9)"
    )
    nesterov: bool = Field(default=True, description="sgd: Nesterov's momentum, or the plain one")
    lr: float = Field(default=3e-4, gt=0, le=10, description="learning rate at its highest")
    weight_decay: float = Field(
        default=5e-4, ge=0, description="on weights; not on biases and norms, unless decay_all"
    )
    decay_all: bool = Field(default=False, description="weight decay on biases and norms, too")
    backbone: float = Field(
        default=1.0,
        ge=0,
        le=10,
        description="learning rate of the student's backbone, as a share of lr: below 1 where it "
        "starts from weights that are worth keeping",
    )
    layer_decay: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="each layer of a backbone learns at this share of the rate of the next one, "
        "the last at this share of optimiser.backbone; commonly 0.65 to 0.9 for ViTs. Of a "
        "convolutional network its stages",
    )


class Schedule(Section):
    kind: Literal["multistep", "cosine", "constant"] = Field(
        default="multistep", description="of the learning rate: multistep, cosine or constant"
    )
    warmup: float = Field(default=0.0, ge=0, description="linear warm-up (epochs)")
    warmup_steps: int | None = Field(
        default=None, ge=1, description="linear warm-up (steps), in place of schedule.warmup"
    )
    warmup_from: float = Field(
        default=0.01, ge=0, le=1, description="lr at the start of the warm-up, as a share of lr"
    )
    milestones: tuple[Annotated[float, Field(ge=0)], ...] = Field(
        default=(40, 80, 120), description="multistep: where lr is multiplied by gamma (epochs)"
    )
    gamma: float = Field(default=0.1, gt=0, le=1, description="multistep: factor at each milestone")
    final: float = Field(
        default=0.01, ge=0, le=1, description="cosine: lr at the end, as a share of lr"
    )

    @model_validator(mode="after")
    def _one_warmup(self) -> Schedule:
        if self.warmup and self.warmup_steps:
            raise ValueError(
                f"schedule.warmup={self.warmup:g} epochs and schedule.warmup_steps="
                f"{self.warmup_steps} both say how long the rate rises: leave one out"
            )
        return self


class Training(Section):
    epochs: int = Field(default=150, ge=1, description="of the whole training")
    steps: int | None = Field(
        default=None,
        ge=1,
        description="steps in an epoch; null: as many as show each source tracklet once",
    )
    seed: int = Field(default=1, ge=0, lt=2**31, description="of weights, batches and clips")
    precision: Literal["auto", "32-true", "bf16-mixed", "16-mixed"] = Field(
        default="auto", description="auto: 32-true on a CPU, mixed on a GPU"
    )
    deterministic: bool = Field(
        default=False,
        description="on a GPU the same weights every time: slower kernels, without TF32. A CPU "
        "gives the same weights anyway",
    )
    save_every: int = Field(default=1, ge=1, description="epochs between checkpoints")
    devices: int = Field(default=1, ge=1, description="GPUs (or CPU processes) to train on")
    accelerator: Literal["auto", "cpu", "cuda"] = Field(
        default="auto", description="auto, cpu or cuda"
    )
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
    statistics: Literal["running", "target", "camera"] = Field(
        default="running",
        description="of batch norms: those of training, of the target, or of each of its cameras; "
        "model.norm=cbn: always camera",
    )
    estimated_on: Literal["train", "test"] = Field(
        default="train",
        description="clips without labels that the latter two come from: the target's training "
        "half, or its test half (transductive; so where there is no training half)",
    )
    camera_share: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="of a camera's own statistics; the rest are those of the whole target. 1: as "
        "camera-based batch norm is published; half is better (docs/training.md)",
    )
    beside: tuple[Literal["running", "target", "camera"], ...] = Field(
        default=("running", "target", "camera"),
        description="further statistics that the target is tested with at the end; [] for none",
    )
    precision: Literal["auto", "32", "bf16", "fp16"] = Field(
        default="auto", description="of the model; auto: bf16 on a GPU that has it, 32 on a CPU"
    )
    batch: int = Field(default=32, ge=1, description="clips in a batch")
    select_on: Literal["last", "source_test", "target_test"] = Field(
        default="last",
        description="which weights are kept: the last, or the best mAP on a test half. "
        "target_test breaks the unsupervised protocol, and the log says so",
    )


LOGGERS = ("tensorboard", "wandb", "mlflow")


class Logging(Section):
    """Where metrics of any training go."""

    every: int = Field(
        default=10, ge=1, description="steps between entries in loggers and metrics.jsonl"
    )
    loggers: tuple[str, ...] = Field(
        default=("tensorboard",),
        description="where metrics go besides metrics.jsonl, as [A,B]; [] is nowhere: "
        + ", ".join(LOGGERS),
    )
    project: str = Field(
        default="uda", min_length=1, description="W&B project, or MLflow experiment, of the run"
    )

    @field_validator("loggers", mode="before")
    @classmethod
    def _loggers_as_text(cls, value: Any) -> Any:
        return [name.strip() for name in value.split(",")] if isinstance(value, str) else value

    @field_validator("loggers")
    @classmethod
    def _known_loggers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in LOGGERS:
                near = difflib.get_close_matches(name, LOGGERS, n=1)
                hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(LOGGERS)}"
                raise ValueError(f"unknown logger {name!r}; {hint}")
        return tuple(dict.fromkeys(value))


class Monitoring(Logging):
    gradient_norms_every: int = Field(
        default=100, ge=0, description="steps between gradient norms of each loss; 0: never"
    )
    features: int = Field(
        default=200,
        ge=0,
        description="training clips of each domain whose features are drawn at each evaluation "
        "on source and at the end; 0: never",
    )
    target_identities: bool = Field(
        default=False,
        description="read the target's training identities, where there are any, to log how pure "
        "its clusters are; training never sees them, and the log says that they were read",
    )
