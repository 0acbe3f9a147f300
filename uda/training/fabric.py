"""Device, precision and processes of a run."""

from __future__ import annotations

import os
from datetime import timedelta

import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies import DDPStrategy

from uda.config import Config, Training
from uda.errors import ConfigError

PATIENCE = timedelta(hours=12)
"""How long processes wait for each other: the first one tests alone, which takes longer than the
half hour that is usual on benchmarks of millions of frames."""


def start_fabric(settings: Training) -> Fabric:
    """Fabric for these settings, its processes started.

    torchrun may have started the processes already: on one machine, or on several, which must
    see the same output directory.

    Raises:
        ConfigError: this machine does not have what is asked for.
    """
    require_hardware(settings)
    gpu = torch.cuda.is_available() and settings.accelerator != "cpu"
    if gpu:
        choose_kernels(settings.deterministic)
    mixed = "bf16-mixed" if gpu and torch.cuda.is_bf16_supported() else "16-mixed"
    automatic = mixed if gpu else "32-true"
    nodes = nodes_started()
    several = settings.devices * nodes > 1
    fabric = Fabric(
        accelerator="cuda" if gpu else settings.accelerator.replace("auto", "cpu"),
        devices=settings.devices,
        num_nodes=nodes,
        precision=automatic if settings.precision == "auto" else settings.precision,  # type: ignore[arg-type]
        strategy=DDPStrategy(find_unused_parameters=True, timeout=PATIENCE) if several else "auto",
    )
    fabric.launch()
    return fabric


def end_others(fabric: Fabric) -> None:
    """Kills the processes that this one started, for when it cannot go on: they would wait for it
    as long as `PATIENCE`. Those that torchrun started are its affair."""
    for process in getattr(fabric.strategy.launcher, "procs", ()):
        process.kill()


def choose_kernels(deterministic: bool) -> None:
    """What a GPU computes with, for this process.

    Sizes are the same at every step, so cuDNN tries its algorithms out once. Products and
    convolutions of 32 bits are TF32's, but for distances (`uda.exact`). ``deterministic``: kernels
    that give the same numbers every time, and none of this.
    """
    if deterministic:
        # Read when cuBLAS starts.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(deterministic, warn_only=True)
    torch.backends.cudnn.benchmark = not deterministic
    torch.backends.cudnn.allow_tf32 = not deterministic
    torch.set_float32_matmul_precision("highest" if deterministic else "high")


def can_fuse(fabric: Fabric) -> bool:
    """Whether optimisers move all weights in one kernel. Not where fp16 scales gradients: a fused
    one takes the scale off itself, after they should have been clipped."""
    return fabric.device.type == "cuda" and fabric.strategy.precision.precision != "16-mixed"


def require_hardware(settings: Training) -> None:
    """ConfigError: more GPUs than there are, or a precision that needs one."""
    gpus = 0 if settings.accelerator == "cpu" else torch.cuda.device_count()
    if settings.accelerator == "cuda" and not gpus:
        raise ConfigError(
            "training.accelerator=cuda asks for a GPU, but torch finds none here. Install a torch "
            "build and driver that match the GPU, or use training.accelerator=auto."
        )
    if gpus and settings.devices > gpus:
        raise ConfigError(
            f"training.devices={settings.devices} asks for more GPUs than the {gpus} torch finds."
        )
    if not gpus and settings.precision == "16-mixed":
        raise ConfigError(
            "training.precision=16-mixed needs a GPU. On a CPU use auto, 32-true or bf16-mixed."
        )


def require_one_scale(fabric: Fabric, optimisers: int) -> None:
    """ConfigError: fp16 has one loss scale, which would change between several optimisers."""
    if optimisers > 1 and fabric.strategy.precision.precision == "16-mixed":
        raise ConfigError(
            f"training.precision=16-mixed scales one optimiser's gradients, and this method has "
            f"{optimisers} optimisers. Use training.precision=bf16-mixed or 32-true."
        )


def nodes_started() -> int:
    """Machines that torchrun runs on; 1 without it."""
    if not _by_torchrun():
        return 1
    return int(os.environ["WORLD_SIZE"]) // int(os.environ["LOCAL_WORLD_SIZE"])


def as_started(settings: Config) -> Config:
    """The settings with as many devices as torchrun started processes here, unchanged without it.

    Raises:
        ConfigError: training.devices asks for another number, or machines have different numbers.
    """
    if not _by_torchrun():
        return settings
    here, everywhere = (int(os.environ[name]) for name in ("LOCAL_WORLD_SIZE", "WORLD_SIZE"))
    if everywhere % here:
        raise ConfigError(
            f"torchrun started {everywhere} processes, {here} of them on this machine: expected "
            "equally many on every machine. Give all of them the same --nproc_per_node."
        )
    asked = settings.training.devices
    if asked not in (1, here):
        raise ConfigError(
            f"training.devices={asked}, but torchrun started {here} processes here. Leave "
            f"training.devices out, or start torchrun with --nproc_per_node {asked}."
        )
    training = settings.training.model_copy(update={"devices": here})
    return settings.model_copy(update={"training": training})


def _by_torchrun() -> bool:
    return torch.distributed.is_available() and torch.distributed.is_torchelastic_launched()
