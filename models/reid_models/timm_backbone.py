"""Any of timm's image models as a backbone. Wightman, PyTorch Image Models, github.com/huggingface.

timm is imported when one of its models is asked for, because that takes seconds.
"""

from __future__ import annotations

import copy
import difflib
import inspect
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from reid_models import packaged_weights
from reid_models import pretrained as weights
from reid_models.errors import ModelError

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
"""What clips are normalised with; some of timm's weights expect other statistics."""


class TimmBackbone(nn.Module):
    """Images ``(N, 3, H, W)`` to maps ``(N, channels, h, w)``.

    A transformer's patch tokens become a map again. Its class and register tokens are left out:
    they take part in the attention, and a person is described by the patches (global average
    pooling, as in Zhai et al., Scaling Vision Transformers, CVPR 2022).

    With ``token`` a person is described by one token, a map of 1x1: the class token after the last
    norm (ViT, DeiT, DINO, CLIP, EVA-02), or what the network's own attention pooling makes of the
    patches (SigLIP). CLIP's and SigLIP's projections to where texts lie are left out.
    """

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(
        self, network: nn.Module, name: str, size: tuple[int, int], token: bool = False
    ) -> None:
        super().__init__()
        self.network: Any = network
        # Pretrained weights may be of a network whose norm comes after its own pooling.
        self.last_norm = isinstance(getattr(network, "fc_norm", None), nn.LayerNorm)
        self.pools = token and getattr(network, "attn_pool", None) is not None
        self.token = token
        self.channels_last = getattr(network, "output_fmt", None) == "NHWC"
        self.grid: tuple[int, int] | None = None
        self._set_statistics()
        output = self._rehearse(name, size)
        self.prefix = self._prefix(output)
        if output.ndim == 3 and not token:
            self.grid = self._grid(output.shape[1] - self.prefix, size)
        if token:
            self._require_token(name, output)
        self.channels = int(output.shape[1 if output.ndim == 4 and not self.channels_last else -1])

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        if self.renormalises:
            images = (images - self.mean) / self.std
        output = self._output(self.network, images)
        if self.token:
            pooled = self.network.attn_pool(output) if self.pools else output[:, 0]
            return pooled[:, :, None, None]
        if self.grid is not None:
            return output[:, self.prefix :].transpose(1, 2).unflatten(2, self.grid)
        return output.permute(0, 3, 1, 2) if self.channels_last else output

    def _output(self, network: Any, images: torch.Tensor) -> torch.Tensor:
        """Maps, or all tokens after the last norm, of a network with or without its own pooling."""
        if not self.last_norm and not self.pools:
            whole: torch.Tensor = network(images)
            return whole
        tokens: torch.Tensor = network.forward_features(images)
        return network.fc_norm(tokens) if self.last_norm else tokens

    def _require_token(self, name: str, output: torch.Tensor) -> None:
        """ModelError: the network has neither a class token nor an attention pooling."""
        if output.ndim != 3 or not (self._has_class() or self.pools):
            raise ModelError(
                f"Expected timm/{name} to have a class token or an attention pooling for "
                "model.pooling=token, but it has neither. Use model.pooling=average, or a "
                "transformer that has one, such as timm/vit_small_patch16_224."
            )

    def _set_statistics(self) -> None:
        """Clips come with ImageNet's mean and deviation; these turn them into what timm trained on.

        With x = (p - m) / s of a pixel p, the expected (p - M) / S is (x - (M - m) / s) / (S / s).
        """
        settings: Mapping[str, Any] = getattr(self.network, "pretrained_cfg", None) or {}
        wanted = (
            tuple(settings.get("mean") or IMAGENET_MEAN),
            tuple(settings.get("std") or IMAGENET_STD),
        )
        self.renormalises = wanted != (IMAGENET_MEAN, IMAGENET_STD)
        here, spread = torch.tensor(IMAGENET_MEAN), torch.tensor(IMAGENET_STD)
        mean, std = (torch.tensor(values) for values in wanted)
        self.register_buffer("mean", ((mean - here) / spread).view(3, 1, 1), persistent=False)
        self.register_buffer("std", (std / spread).view(3, 1, 1), persistent=False)

    def _rehearse(self, name: str, size: tuple[int, int]) -> torch.Tensor:
        """What one image gives, without computing it. ModelError: nothing that can be pooled."""
        rehearsal = copy.deepcopy(self.network).to("meta").eval()
        try:
            with torch.inference_mode():
                output = self._output(rehearsal, torch.empty(1, 3, *size, device="meta"))
        except Exception as error:  # of any of a thousand models
            raise ModelError(
                f"Expected timm/{name} to take images of {size[0]}x{size[1]} pixels, but it fails "
                f"({weights.first_line(error)}). Choose another model, or another data.size."
            ) from error
        if not isinstance(output, torch.Tensor) or output.ndim not in (3, 4):
            found = tuple(output.shape) if isinstance(output, torch.Tensor) else type(output)
            raise ModelError(
                f"Expected timm/{name} to give maps (N, D, h, w) or tokens (N, L, D), found "
                f"{found}. Choose a model without a pooling of its own."
            )
        return output

    def _prefix(self, output: torch.Tensor) -> int:
        """How many tokens come before those of patches. VOLO does not say that it has a class
        token, nor PiT, which gives nothing else."""
        said = getattr(self.network, "num_prefix_tokens", None)
        if said is not None:
            return int(said)
        return int(self._has_class() and output.ndim == 3 and output.shape[1] > 1)

    def _has_class(self) -> bool:
        return getattr(self.network, "cls_token", None) is not None

    def _grid(self, tokens: int, size: tuple[int, int]) -> tuple[int, int]:
        """Rows and columns of patches. Of a network that does not say, patches are taken for
        squares in rows; a single column where none fit."""
        grid = getattr(getattr(self.network, "patch_embed", None), "grid_size", None)
        if grid is not None and grid[0] * grid[1] == tokens:
            return int(grid[0]), int(grid[1])
        side = max(math.isqrt(size[0] * size[1] // max(tokens, 1)), 1)
        rows, columns = size[0] // side, size[1] // side
        return (rows, columns) if rows * columns == tokens else (tokens, 1)


def timm_backbone(
    name: str, size: tuple[int, int], pretrained: str | Path = "none", *, token: bool = False
) -> TimmBackbone:
    """timm's model ``name``, such as ``convnext_tiny.fb_in22k``, for images of ``size``.

    Position embeddings are made for (and published ones resampled to) ``size``, height and width in
    pixels. ``pretrained`` is "none", "imagenet" (timm's cache, an installed package's weights, or
    timm's download; a name's tag says which weights) or a file: timm's, or a checkpoint of this
    toolkit. With ``token`` the class token is what it gives (`TimmBackbone`). Raises ModelError.
    """

    def backbone(network: nn.Module) -> TimmBackbone:
        return TimmBackbone(network, name, size, token)

    if pretrained == "none":
        return backbone(_create(name, size, token))
    if pretrained == "imagenet":
        packaged = None if _cached(name) else packaged_weights.find(f"timm/{name}")
        if packaged is not None:
            network = _create(name, size, token)
            weights.fill_in_order(network, packaged)
            return backbone(network)
        try:
            network = _create(name, size, token, pretrained=True)
        except (OSError, RuntimeError, *weights.DAMAGED) as error:
            raise weights.unobtainable(
                f"timm/{name}", "in timm's cache or online", error
            ) from error
        return backbone(network)
    built = backbone(_create(name, size, token))
    state = weights.read(Path(pretrained))
    if any(key.startswith("network.") for key in state):
        weights.fill(built, state, str(pretrained))
    else:
        weights.fill(built.network, _as_timm_has_it(state, built.network), str(pretrained))
    return built


def _as_timm_has_it(
    state: dict[str, torch.Tensor], network: nn.Module
) -> Mapping[str, torch.Tensor]:
    """A published state dict in timm's names of today, its positions resampled to the network's.

    timm's own loading would do, but it only warns of tensors that are missing.
    """
    convert = getattr(inspect.getmodule(type(network)), "checkpoint_filter_fn", None)
    try:
        return convert(state, network) if convert else state
    except (KeyError, RuntimeError, TypeError, ValueError):
        return state  # of another model: what is missing is said when it is filled in


def _cached(name: str) -> bool:
    """Whether the weights are in a cache that timm reads: the Hugging Face hub's, or torch's."""
    import timm
    from huggingface_hub import try_to_load_from_cache

    settings = timm.get_pretrained_cfg(name)
    if settings is None:
        return False
    files = ("model.safetensors", "pytorch_model.bin")
    of_hub = settings.hf_hub_id and any(
        isinstance(try_to_load_from_cache(settings.hf_hub_id, file), str) for file in files
    )
    return bool(of_hub or (settings.url and weights.cached(str(settings.url))))


def _create(name: str, size: tuple[int, int], token: bool, **options: Any) -> nn.Module:
    """The network without classifier and pooling. ModelError: timm has no such model.

    Its own pooling stays where published weights need it: a norm after it (EVA-02, BEiT), or, for a
    ``token``, an attention (SigLIP).
    """
    import timm

    base, _, tag = name.partition(".")
    if not timm.is_model(base):
        near = difflib.get_close_matches(base, timm.list_models(), 3)
        hint = f"Did you mean {' or '.join(f'timm/{n}' for n in near)}?" if near else ""
        raise ModelError(
            f"Expected a model of timm {timm.__version__} after `timm/`, found {name!r}. "
            f"{hint} `timm.list_models('*part*')` lists them.".replace("  ", " ")
        )
    tags = [known.partition(".")[2] for known in timm.list_pretrained(f"{base}.*")]
    if tag and tag not in tags:
        raise ModelError(
            f"Expected one of the weights timm has for {base} ({', '.join(tags) or 'none'}), found "
            f"{tag!r}. Write timm/{base} for its default."
        )
    plain: dict[str, Any] = {"num_classes": 0, "global_pool": ""}
    if _pools_in_its_own_way(name, size, token):
        del plain["global_pool"]
    return _at_size(name, size, **plain, **options)


def _pools_in_its_own_way(name: str, size: tuple[int, int], token: bool) -> bool:
    try:
        with torch.device("meta"):
            network = _at_size(name, size, num_classes=0)
    except (NotImplementedError, RuntimeError):  # some convolutional networks look at their weights
        return False
    return isinstance(getattr(network, "fc_norm", None), nn.LayerNorm) or (
        token and getattr(network, "attn_pool", None) is not None
    )


def _at_size(name: str, size: tuple[int, int], **options: Any) -> nn.Module:
    import timm

    try:
        return timm.create_model(name, img_size=size, **options)
    except TypeError as error:  # a convolutional network takes images of any size, and says so
        if "img_size" not in str(error):
            raise
        return timm.create_model(name, **options)
