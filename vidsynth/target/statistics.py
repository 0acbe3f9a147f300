"""The statistics file of a target: all that leaves its owner.

Distributions of quantities over tracklets, per camera and pooled, the mean of an embedding and two
moments of features. No names, paths, times, pictures or numbers of single images or people:
`privacy` says what is refused. The file is JSON and below `LARGEST` bytes.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from strict_reading import Unreadable, parse_json, read_text
from vidsynth.errors import TargetError
from vidsynth.files import write_whole
from vidsynth.target.attributes.words import VALUES
from vidsynth.target.privacy import Released
from vidsynth.target.quantities import BINS, QUANTITIES

SCHEMA = 1
KIND = "vidsynth-target"
LARGEST = 200_000
"""Bytes of a file."""

Share = Annotated[float, Field(ge=0, le=1)]


class Part(BaseModel):
    """A part of the file: unknown keys, numbers beyond their range and NaN are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def require_whole(counts: tuple[float, ...]) -> tuple[float, ...]:
    """The shares themselves. Raises ValueError unless they sum to 1."""
    if abs(sum(counts) - 1) > 0.05:
        raise ValueError(f"shares sum to 1, found {sum(counts):.3f}")
    return counts


class Distribution(Part):
    """How a quantity is distributed over tracklets that weigh 1 each.

    ``counts`` are shares of `BINS` equal bins between ``edges`` and sum to 1; ``floor`` among them
    stands for a bin of so few tracklets that the file does not say how many, and ``rest`` is what
    all of these have together (`privacy`). ``tracklets`` is how many had a value. ``sd`` is the
    error of each share by bootstrap. ``mean`` and ``within_sd`` are for what a camera has one value
    of: that value, and the scatter of images about it. ``mae``, ``slope`` and ``r2`` are the
    estimator's on held-out renders; ``verdict`` is what it is good for.
    """

    unit: str
    per: Literal["image", "camera", "tracklet"]
    how: Literal["read", "computed", "regressed", "regressed+unfolded"]
    edges: Annotated[tuple[float, ...], Field(min_length=BINS + 1, max_length=BINS + 1)]
    counts: Annotated[tuple[Share, ...], Field(min_length=BINS, max_length=BINS)]
    floor: Share = 0
    rest: Share = 0
    tracklets: int | None = None
    sd: tuple[Share, ...] | None = None
    mean: float | None = None
    within_sd: float | None = None
    mae: float | None = None
    slope: float | None = None
    r2: float | None = None
    verdict: Literal["unfold", "weak", "refuse"] | None = None

    _of_cameras: tuple[float, ...] | None = PrivateAttr(None)

    def shares(self) -> np.ndarray:
        """The likely distribution over the quantity's bins, float64 ``(BINS,)``, summing to 1."""
        if self._of_cameras is not None:
            return np.array(self._of_cameras)
        return Released(np.array(self.counts), self.floor, self.rest).shares()

    def take_shares_of(self, cameras: Sequence[tuple[float, Distribution]]) -> None:
        """From now on `shares` is the mean of the cameras', each with its weight.

        ``counts`` of cameras together do not say as much: a bin that is at the floor for some of
        them and full for others holds the floors of the former, and ``rest`` is not told by bin.
        """
        weights = np.array([weight for weight, _ in cameras], float)
        shares = weights @ np.array([found.shares() for _, found in cameras]) / weights.sum()
        self._of_cameras = tuple(shares.tolist())

    @field_validator("counts")
    @classmethod
    def _sum_to_one(cls, counts: tuple[float, ...]) -> tuple[float, ...]:
        return require_whole(counts)


class Correlation(Part):
    """Spearman's rank correlation of tracklets' means, ``(len(names), len(names))``."""

    names: tuple[str, ...]
    spearman: tuple[tuple[Annotated[float, Field(ge=-1, le=1)], ...], ...]

    @model_validator(mode="after")
    def _square(self) -> Correlation:
        if {len(row) for row in self.spearman} - {len(self.names)} or len(self.spearman) != len(
            self.names
        ):
            raise ValueError("spearman has a row and a column for each name")
        return self

    def matrix(self) -> np.ndarray:
        """float64 ``(N, N)``."""
        return np.array(self.spearman, float).reshape(len(self.names), len(self.names))


class Camera(Part):
    """The tracklets of one camera, or of all that have too few for numbers of their own."""

    name: str
    tracklets: int
    images: int
    quantities: dict[str, Distribution]
    correlation: Correlation | None = None


class Embedding(Part):
    """Mean over tracklets of random Fourier features of an RBF kernel on ``d`` features.

    The kernel is exp(-|x - y|^2 / (2 sigma^2)); features are sqrt(2 / features) cos(W x + b), W
    normal with sd 1 / sigma and b even in 0 to 2 pi, drawn from ``seed``. ``mean`` is base64 of
    float32, little endian. ``alike`` is how alike crops of a tracklet are on average, the kernel's
    mean over all pairs of them, itself included: 1 of single crops.
    """

    kernel: Literal["rbf"] = "rbf"
    d: Annotated[int, Field(gt=0, le=4096)]
    features: Annotated[int, Field(gt=0, le=65536)]
    seed: int
    sigma: Annotated[float, Field(gt=0)]
    mean: str
    alike: Annotated[float, Field(ge=0, le=2)] = 1.0

    def vector(self) -> np.ndarray:
        """float64 ``(features,)``."""
        return unpacked(self.mean, self.features)

    @model_validator(mode="after")
    def _whole(self) -> Embedding:
        self.vector()
        return self


class Moments(Part):
    """Mean ``(d,)`` and covariance of the features of tracklets, as base64 of float32.

    ``cov`` is the upper triangle with the diagonal, row by row: d (d + 1) / 2 numbers.
    """

    d: Annotated[int, Field(gt=0, le=4096)]
    mean: str
    cov: str

    def vector(self) -> np.ndarray:
        """The mean, float64 ``(d,)``."""
        return unpacked(self.mean, self.d)

    def matrix(self) -> np.ndarray:
        """The covariance, float64 ``(d, d)``."""
        found = np.zeros((self.d, self.d))
        upper = np.triu_indices(self.d)
        found[upper] = unpacked(self.cov, len(upper[0]))
        return found + np.triu(found, 1).T

    @model_validator(mode="after")
    def _whole(self) -> Moments:
        self.vector()
        self.matrix()
        return self


class Pooled(Part):
    """All cameras together."""

    quantities: dict[str, Distribution]
    correlation: Correlation | None = None
    embedding: Embedding | None = None
    moments: Moments | None = None


class Source(Part):
    """What was measured. ``resized_to`` is (width, height) where 9 of 10 files have that size, and
    ``jpeg_table`` luma's quantisation, 64 numbers row by row, where 9 of 10 files have it. ``grey``
    says that pictures have no colours."""

    tracklets: int
    images: int
    cameras: int
    layout: str
    resized_to: tuple[int, int] | None = None
    jpeg_table: Annotated[tuple[int, ...], Field(min_length=64, max_length=64)] | None = None
    fps: float | None = None
    video: bool = False
    grey: bool = False


class Clothes(Part):
    """Shares of tracklets by the basic colour term of what is worn above and below; terms that few
    wear are left out."""

    upper: dict[str, Share]
    lower: dict[str, Share]
    how: Literal["computed", "computed+unfolded"] = "computed"


class AttributeShares(Part):
    """How an attribute's values (`attributes.words.VALUES`) are shared out among a camera's
    tracklets, by the probabilities that a model gave to each.

    ``counts``, ``floor`` and ``rest`` are as in `Distribution`; ``confidence`` is the mean
    probability of a tracklet's likeliest value: how often the model expects that to be right.
    """

    counts: Annotated[tuple[Share, ...], Field(min_length=2)]
    floor: Share = 0
    rest: Share = 0
    tracklets: Annotated[int, Field(gt=0)]
    confidence: Share

    def shares(self) -> np.ndarray:
        """The likely shares of values, float64 ``(V,)``, summing to 1."""
        return Released(np.array(self.counts), self.floor, self.rest).shares(ordered=False)

    @field_validator("counts")
    @classmethod
    def _sum_to_one(cls, counts: tuple[float, ...]) -> tuple[float, ...]:
        return require_whole(counts)


class Noise(Part):
    """Differential privacy: ``epsilon`` of each histogram, and of all together."""

    epsilon: Annotated[float, Field(gt=0)]
    total_epsilon: Annotated[float, Field(gt=0)]
    total_delta: Annotated[float, Field(ge=0)]


class Privacy(Part):
    """The rules that the file keeps (`privacy`): shares are rounded to ``quantised`` decimals."""

    min_tracklets_per_bin: int
    min_tracklets_per_camera: int
    min_tracklets_for_embedding: int = 200
    quantised: int
    noise: Noise | None = None


class TargetStatistics(Part):
    """The whole file. ``attributes`` are by camera and name."""

    schema_version: Annotated[Literal[1], Field(alias="schema")] = 1
    kind: Literal["vidsynth-target"] = "vidsynth-target"
    created_with: str
    estimators: str | None = None
    features: str | None = None
    source: Source
    cameras: tuple[Camera, ...]
    pooled: Pooled
    clothes: Clothes | None = None
    attributes: dict[str, dict[str, AttributeShares]] = {}
    privacy: Privacy
    floors: dict[str, float] = {}

    model_config = ConfigDict(populate_by_name=True)

    @model_validator(mode="after")
    def _known_quantities(self) -> TargetStatistics:
        parts: list[Pooled | Camera] = [self.pooled, *self.cameras]
        for held in parts:
            for name, found in held.quantities.items():
                if name not in QUANTITIES:
                    raise ValueError(f"{name} is no quantity of this version")
                if not np.allclose(found.edges, QUANTITIES[name].edges, atol=1e-3):
                    raise ValueError(f"{name} has other bins than in this version")
        return self

    @model_validator(mode="after")
    def _together_as_cameras_are(self) -> TargetStatistics:
        for name, pooled in self.pooled.quantities.items():
            parts = [
                (camera.quantities[name].tracklets or camera.tracklets, camera.quantities[name])
                for camera in self.cameras
                if name in camera.quantities
            ]
            if len(parts) > 1:
                pooled.take_shares_of(parts)
        return self

    @model_validator(mode="after")
    def _known_attributes(self) -> TargetStatistics:
        for told in self.attributes.values():
            for name, found in told.items():
                if name not in VALUES:
                    raise ValueError(f"{name} is no attribute of this version")
                if len(found.counts) != len(VALUES[name]):
                    raise ValueError(f"{name} has other values than in this version")
        return self

    def camera(self, name: str) -> Camera:
        """The camera of this name. Raises KeyError."""
        return {camera.name: camera for camera in self.cameras}[name]


def write(path: Path, statistics: TargetStatistics) -> None:
    """Writes the file. Raises TargetError where it would be larger than `LARGEST`."""
    content = encoded(statistics)
    if len(content) > LARGEST:
        raise TargetError(
            f"Expected statistics of at most {LARGEST:,} bytes, found {len(content):,} of "
            f"{len(statistics.cameras)} cameras. Measure fewer cameras at a time."
        )
    write_whole(path, content)


def encoded(statistics: TargetStatistics) -> bytes:
    """The file's content."""
    text = statistics.model_dump_json(by_alias=True, exclude_none=True)
    return text.encode() + b"\n"


def read(path: Path) -> TargetStatistics:
    """The statistics in a file. Raises TargetError where it is damaged, foreign or of another
    version of the schema."""
    remade = "Make it anew with `vidsynth target measure`."
    expected = f"Expected statistics of a target (target.json) in {path}"
    try:
        text = read_text(path, LARGEST)
    except Unreadable as error:
        raise TargetError(f"{expected}, but it cannot be read ({error}).") from None
    try:
        found = parse_json(text)
    except Unreadable as error:
        raise TargetError(
            f"{expected}, found no whole JSON (cut or damaged: {error}). {remade}"
        ) from None
    if not isinstance(found, dict) or found.get("kind") != KIND:
        raise TargetError(f"{expected}, found JSON of another kind. {remade}")
    if found.get("schema") != SCHEMA:
        raise TargetError(
            f"{expected} with schema {SCHEMA}, found schema {found.get('schema')!r}: it comes "
            f"from another version of vidsynth. {remade}"
        )
    try:
        return TargetStatistics.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise TargetError(f"{expected}, but in {where}: {first['msg']}. {remade}") from None


def packed(numbers: np.ndarray) -> str:
    """Base64 of float32, little endian."""
    return base64.b64encode(np.ascontiguousarray(numbers, "<f4").tobytes()).decode()


def unpacked(text: str, count: int) -> np.ndarray:
    """The numbers, float64 ``(count,)``. Raises TargetError where they are not so many."""
    try:
        numbers = np.frombuffer(base64.b64decode(text, validate=True), "<f4")
    except ValueError:
        numbers = np.empty(0, "<f4")
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise TargetError(
            f"Expected base64 of {count} finite float32 numbers in the statistics of a target, "
            f"found {len(numbers)}. Make the file anew with `vidsynth target measure`."
        )
    return numbers.astype(np.float64)
