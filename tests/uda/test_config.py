"""A recipe says what a run does; a slip in it is named at once."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from uda.config import LAPTOP, METHOD_CONFIGS, Config, SourceOnly, SyntheticToReal
from uda.errors import ConfigError
from uda.recipes import differences, load

RECIPES = Path(__file__).resolve().parents[2] / "configs" / "uda"


@pytest.mark.parametrize("recipe", sorted(RECIPES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_recipe_is_valid(recipe: Path) -> None:
    load(recipe)


def test_the_laptop_recipe_is_the_default_without_a_gpu() -> None:
    assert yaml.safe_load((RECIPES / "laptop.yaml").read_text()) == LAPTOP
    assert load(gpu=False) == load(RECIPES / "laptop.yaml")
    assert load(gpu=True).model.name == "resnet50"


def test_overrides_win_over_the_recipe_and_the_method_option() -> None:
    config = load(
        RECIPES / "laptop.yaml", ["optimiser.lr=1e-4", "data.size=64x32"], method="source_only"
    )
    assert config.optimiser.lr == 1e-4
    assert config.data.size == (64, 32)
    assert isinstance(config.method, SourceOnly)
    assert config.method.smoothing == 0.1  # shared by all methods, kept from the recipe
    assert isinstance(load(overrides=["method.clusters=8"]).method, SyntheticToReal)


@pytest.mark.parametrize(
    ("override", "phrase"),
    [
        ("training.epocs=3", "Did you mean training.epochs?"),
        ("optimizer.lr=1", "Did you mean optimiser?"),
        ("lr=1", "Did you mean optimiser.lr?"),
        ("method.clustrs=3", "Did you mean method.clusters?"),
        ("method.name=dann", "Known: source_only, adabn, synthetic_to_real"),
        ("training.epochs=0", "training.epochs: Input should be greater than or equal to 1"),
        ("data.size=8x8", "between 16 and 1024 pixels"),
        ("evaluation.select_on=target_test", "needs evaluation.target_every > 0"),
        ("training.epochs", "Write section.key=value"),
    ],
)
def test_a_slip_is_named(override: str, phrase: str) -> None:
    with pytest.raises(ConfigError, match=phrase.replace("?", r"\?")):
        load(overrides=[override])


def test_an_unreadable_recipe_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Cannot read the recipe"):
        load(tmp_path / "none.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_text("training: [")
    with pytest.raises(ConfigError, match="not valid YAML"):
        load(broken)


def test_weights_are_kept_from_the_last_epoch_unless_asked() -> None:
    assert Config().evaluation.select_on == "last"
    assert Config().evaluation.target_every == 0


def test_differences_name_the_dotted_key() -> None:
    old, new = load(gpu=False), load(gpu=False, overrides=["method.margin=1"])
    assert differences(old.model_dump(), new.model_dump()) == ["method.margin: 0.3 -> 1.0"]


def test_every_method_can_be_configured_by_name() -> None:
    for name, settings in METHOD_CONFIGS.items():
        assert issubclass(settings, BaseModel)
        assert load(method=name).method.name == name
