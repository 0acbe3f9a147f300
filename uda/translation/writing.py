"""A translated benchmark tree, written batch by batch: whole, or continued where it stopped.

Pictures go to ``translated.part``, which becomes ``translated`` when all of them are there. A
journal says how many batches are on disk for good; what a killed run began beyond them is written
again, to the same bytes.
"""

from __future__ import annotations

import io
import json
import math
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from reid_datasets.errors import DatasetError, from_worker
from reid_datasets.frames import ImageFiles
from reid_datasets.transforms import resize
from reid_models.translation.generator import Generator
from reid_models.translation.instance_norm import Style, one_style, style_of, with_style
from torch.utils.data import DataLoader, Dataset

from uda.batches.feed import leave_signals_to_parent
from uda.errors import RunError
from uda.files import write_json
from uda.translation.flicker import Flicker
from uda.translation.pictures import as_batch, as_pixels, workers_for
from uda.translation.settings import Settings
from uda.translation.tree import Tree, copy_lists

JOURNAL = ".journal.json"
KEPT_EVERY = 50
"""Batches between entries in the journal."""
_FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".tif": "TIFF", ".ppm": "PPM"}


@dataclass(frozen=True)
class Written:
    """A finished tree, how many pictures it has, and how much it flickers."""

    root: Path
    pictures: int
    flicker: dict[str, float | None] | None


def write_tree(
    tree: Tree,
    generator: Generator,
    settings: Settings,
    to: Path,
    translation: dict[str, Any],
    *,
    device: torch.device,
    progress: Callable[[int, int], None],
    stopped: Callable[[], bool],
) -> Written | None:
    """Translates every picture of ``tree`` and copies its lists.

    Args:
        tree: what there is to translate.
        generator: to the target, on the device.
        settings: ``pictures`` and ``output`` are used.
        to: where the tree appears when it is complete.
        translation: what translation.json says of it.
        device: where the generator is.
        progress: told the number of pictures done and in all.
        stopped: asked after each batch.

    Returns:
        What was written, or None when asked to stop; then the same call continues.

    Raises:
        RunError: ``to`` or its unfinished beginning hold something else.
        DatasetError: a picture is damaged.
    """
    if to.exists():
        return _finished(to, translation)
    part = to.with_name(f"{to.name}.part")
    batches = list(batches_of(tree.tracklets, settings.output.batch))
    done, flicker = _begun(part, translation)
    counts = [sum(map(len, batch)) for batch in batches]
    generator.eval()
    loader: DataLoader[Any] = DataLoader(
        _Originals([frames for batch in batches[done:] for frames in batch], settings),
        batch_size=None,
        num_workers=workers_for(settings.pictures),
        worker_init_fn=leave_signals_to_parent,
        generator=torch.Generator().manual_seed(0),
    )
    originals = iter(loader)
    for number, batch in enumerate(batches[done:], done + 1):
        pixels, *whole = zip(*(_next(originals, loader) for _ in batch), strict=True)
        found = translated(generator, pixels, settings, device)
        for frames, before, after, values, shapes in zip(batch, pixels, found, *whole, strict=True):
            flicker.see(before, after)
            change = after.float() - before if generator.change else None
            own = values.split([math.prod(shape) for shape in shapes])
            for place, (path, flat, shape) in enumerate(zip(frames, own, shapes, strict=True)):
                original = flat.view(shape)
                if change is None:
                    picture = at_size_of(original, after[place])
                else:
                    picture = changed(original, change[place])
                _store(part / tree.place(path), picture, settings.output.quality)
        progress(sum(counts[:number]), tree.pictures)
        last = number == len(batches)
        if number % KEPT_EVERY == 0 or last or stopped():
            _keep(part, number, flicker, translation)
            if stopped() and not last:
                return None
    means = flicker.means()
    copy_lists(tree, part, translation | {"pictures": tree.pictures, "flicker": means})
    os.sync()
    part.replace(to)
    # Afterwards: without it a run that is killed here could not go on.
    (to / JOURNAL).unlink()
    return Written(to, tree.pictures, means)


def batches_of(tracklets: Sequence[ImageFiles], size: int) -> Iterator[list[ImageFiles]]:
    """Whole tracklets, in order, of together at most ``size`` pictures; one that has more is a
    batch by itself."""
    batch: list[ImageFiles] = []
    for frames in tracklets:
        if batch and sum(map(len, batch)) + len(frames) > size:
            yield batch
            batch = []
        batch.append(frames)
    if batch:
        yield batch


@torch.no_grad()
def translated(
    generator: Generator,
    tracklets: Sequence[torch.Tensor],
    settings: Settings,
    device: torch.device,
) -> list[torch.Tensor]:
    """Tracklets uint8 (T, 3, H, W) each as the target would look, of the same shapes.

    With ``output.style`` tracklet, all frames of one are normalised by the same statistics: of its
    frames, or of ``output.measured_on`` evenly spread ones where it has more than a batch.
    """
    how, lengths = settings.output, [len(pixels) for pixels in tracklets]
    if len(tracklets) == 1 and lengths[0] > how.batch:
        return [_long(generator, tracklets[0], settings, device)]
    pictures = as_batch(torch.cat(list(tracklets)), device).pictures
    numbers = torch.arange(len(lengths)).repeat_interleave(torch.tensor(lengths))
    if how.style == "frame":
        numbers = torch.arange(len(pictures))
    with one_style(generator, numbers.to(device)):
        return list(as_pixels(generator(pictures)).split(lengths))


def _long(
    generator: Generator, pixels: torch.Tensor, settings: Settings, device: torch.device
) -> torch.Tensor:
    """A tracklet of more frames than a batch."""
    how = settings.output
    style: Style | None = None
    if how.style == "tracklet":
        chosen = np.linspace(0, len(pixels) - 1, min(how.measured_on, len(pixels)))
        style = style_of(generator, as_batch(pixels[chosen.round().astype(int)], device).pictures)
    found = []
    for some in pixels.split(how.batch):
        pictures = as_batch(some, device).pictures
        if style is None:
            found.append(as_pixels(generator(pictures)))
        else:
            with with_style(generator, style, len(pictures)):
                found.append(as_pixels(generator(pictures)))
    return torch.cat(found)


def at_size_of(original: torch.Tensor, translated: torch.Tensor) -> torch.Tensor:
    """A translated picture uint8 (3, H, W) at the height and width of the original one."""
    (pixels,) = resize([translated], _size(original), "bicubic")
    return torch.from_numpy(pixels)


def changed(original: torch.Tensor, change: torch.Tensor) -> torch.Tensor:
    """An original uint8 (3, h, w) with a change (3, H, W) in levels added, at its own size: nothing
    that is finer than the translation's size is lost."""
    (levels,) = resize([change], _size(original), "bicubic")
    return (original + torch.from_numpy(levels)).round().clamp(0, 255).to(torch.uint8)


def _size(picture: torch.Tensor) -> tuple[int, int]:
    return picture.shape[1], picture.shape[2]


class _Originals(Dataset):
    """Tracklets at the translated size, uint8 (T, 3, H, W), and their frames as they are: the
    values of all, one after another, and shapes. Each tensor that a process hands over is a file
    that it keeps open."""

    def __init__(self, tracklets: Sequence[ImageFiles], settings: Settings) -> None:
        self.tracklets, self.how = tracklets, settings.pictures

    def __len__(self) -> int:
        return len(self.tracklets)

    def __getitem__(self, number: int) -> tuple[torch.Tensor, torch.Tensor, list[tuple[int, ...]]]:
        frames = self.tracklets[number]
        whole = frames.read(range(len(frames)))
        pixels = np.stack(resize(whole, self.how.size, self.how.resize))
        values = torch.cat([frame.flatten() for frame in whole])
        return torch.from_numpy(pixels), values, [tuple(frame.shape) for frame in whole]


def _next(originals: Iterator[Any], loader: DataLoader[Any]) -> Any:
    try:
        return next(originals)
    except DatasetError as error:
        raise (from_worker(error) if loader.num_workers else error) from None


def _store(path: Path, picture: torch.Tensor, quality: int) -> None:
    """Writes a picture uint8 (3, H, W), whole or not at all."""
    image = Image.fromarray(np.ascontiguousarray(picture.permute(1, 2, 0).numpy()))
    kind = _FORMATS.get(path.suffix.lower(), path.suffix[1:].upper())
    encoded = io.BytesIO()
    more: dict[str, Any] = {"quality": quality, "subsampling": 0} if kind == "JPEG" else {}
    image.save(encoded, kind, **more)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(encoded.getvalue())
    part.replace(path)


def _keep(part: Path, done: int, flicker: Flicker, translation: dict[str, Any]) -> None:
    os.sync()  # the pictures, before anything says that they are there
    write_json(
        part / JOURNAL, {"batches": done, "flicker": asdict(flicker), "translation": translation}
    )


def _begun(part: Path, translation: dict[str, Any]) -> tuple[int, Flicker]:
    """How many batches are written, and how much they flicker."""
    if not part.exists() or all(path.name.startswith(".") for path in part.iterdir()):
        part.mkdir(parents=True, exist_ok=True)
        _keep(part, 0, Flicker(), translation)
        return 0, Flicker()
    try:
        found = json.loads((part / JOURNAL).read_text(encoding="utf-8"))
        same = found["translation"] == translation
        done, flicker = int(found["batches"]), Flicker(**found["flicker"])
    except (OSError, ValueError, KeyError, TypeError):
        raise RunError(
            f"Expected a translated tree that was begun here in {part}, with its {JOURNAL}; found "
            "none that can be read. Delete that folder, and it is written again."
        ) from None
    if not same:
        raise RunError(
            f"{part} was begun by other networks or settings than these. Delete that folder, and "
            "it is written again."
        )
    return done, flicker


def _finished(to: Path, translation: dict[str, Any]) -> Written:
    try:
        found = json.loads((to / "translation.json").read_text(encoding="utf-8"))
        pictures, flicker = found.pop("pictures"), found.pop("flicker")
    except (OSError, ValueError, KeyError):
        raise RunError(
            f"Expected a translated tree in {to}, with its translation.json; found none that can "
            "be read. Nothing was overwritten: delete that folder, and it is written again."
        ) from None
    if found != translation:
        raise RunError(
            f"{to} was translated by other networks or settings than these. Nothing was "
            "overwritten: choose another --output."
        )
    (to / JOURNAL).unlink(missing_ok=True)  # of a run that was killed right after it was renamed
    return Written(to, pictures, flicker)
