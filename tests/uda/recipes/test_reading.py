"""A recipe says what a run does; a slip in it is named at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from reid_models.building import find

from uda.config import Config
from uda.errors import ConfigError
from uda.methods.pseudo_label import PseudoLabel
from uda.methods.registry import METHODS
from uda.methods.source_only import SourceOnly
from uda.methods.synthetic_to_real import SyntheticToReal
from uda.recipes import load
from uda.recipes.listing import differences
from uda.recipes.published import folder, names

RECIPES = Path(__file__).resolve().parents[3] / "configs" / "uda"


@pytest.mark.parametrize("recipe", sorted(RECIPES.rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_recipe_is_valid_and_changes_something(recipe: Path) -> None:
    assert load(recipe) != Config()


def test_shipped_recipes_are_found_by_name() -> None:
    assert folder() == RECIPES
    assert set(names()) == {
        path.relative_to(RECIPES).with_suffix("").as_posix() for path in RECIPES.rglob("*.yaml")
    }
    for given in ("laptop", "laptop.yaml", "configs/uda/laptop.yaml"):
        assert load(given) == load(RECIPES / "laptop.yaml")
    with pytest.raises(ConfigError, match="no recipe lapto: expected a YAML file, or one of"):
        load("lapto")


def test_without_a_gpu_a_method_is_trained_by_the_laptop_recipe() -> None:
    assert load(gpu=False) == load("laptop")
    assert load(gpu=False, method="dann") == load("laptop", method="dann")
    assert load(gpu=True) == load("pseudo_label") != load(gpu=False)


@pytest.mark.parametrize("method", METHODS)
def test_a_named_method_is_trained_by_the_recipe_it_publishes(method: str) -> None:
    published = METHODS[method].recipe
    assert published in names()
    assert load(method=method) == load(published)
    assert load(overrides=[f"method.name={method}"]) == load(published)
    assert load(method=method).method.name == method


def test_a_named_recipe_is_taken_whatever_the_machine_has() -> None:
    for gpu in (True, False):
        assert load("laptop", gpu=gpu) == load(RECIPES / "laptop.yaml")
        assert load("dann", gpu=gpu).method.name == "dann"
        other = load("laptop", method="dann", gpu=gpu)
        assert (other.method.name, other.model) == ("dann", load("laptop").model)


def test_where_nothing_names_a_method_the_domains_do() -> None:
    assert load().method.name == "pseudo_label"
    assert load(supervised=True).method.name == "source_only"
    assert load(supervised=True) == load(method="source_only")
    assert load(supervised=True, method="adabn").method.name == "adabn"
    assert load("laptop", supervised=True).method.name == "pseudo_label"  # it names one


def test_options_win_over_the_recipe_and_overrides_over_options() -> None:
    assert load("laptop", pretrained="none").model.pretrained == "none"
    found = load(
        "laptop", ["model.pretrained=a.pt", "method.name=dann"], pretrained="none", method="adabn"
    )
    assert (found.model.pretrained, found.method.name) == ("a.pt", "dann")


def test_clustering_decays_its_rate_after_it_has_begun() -> None:
    """SpCL: 50 epochs of 400 steps, a tenth of the rate every 20; ten on the source before."""
    settings = load("pseudo_label")
    begins = settings.method.start * settings.training.epochs
    assert settings.training.steps == 400
    assert settings.training.epochs - begins == pytest.approx(50, abs=0.01)
    assert [m - round(begins) for m in settings.schedule.milestones] == [20, 40]


def test_the_recipe_of_cal_is_its_authors() -> None:
    settings = load("cal")
    assert settings.model.name == "c2d"
    assert settings.data.source_clips == 32
    assert settings.method.start * settings.training.epochs == pytest.approx(50)


def test_pstas_recipe_has_the_length_psta_merges() -> None:
    assert load("psta").data.clip_length == find("psta").clip_length == 8


def test_overrides_win_over_the_recipe_and_the_method_option() -> None:
    config = load(
        RECIPES / "laptop.yaml", ["optimiser.lr=1e-4", "data.size=64x32"], method="source_only"
    )
    assert config.optimiser.lr == 1e-4
    assert config.data.size == (64, 32)
    assert type(config.method) is SourceOnly.Settings
    assert config.method.smoothing == 0.1  # shared by all methods, kept from the recipe
    assert isinstance(load(overrides=["method.eps=0.5"]).method, PseudoLabel.Settings)


@pytest.mark.parametrize(
    ("override", "phrase"),
    [
        ("training.epocs=3", "Did you mean training.epochs?"),
        ("optimizer.lr=1", "Did you mean optimiser?"),
        ("lr=1", "Did you mean optimiser.lr?"),
        ("method.min_sample=3", "Did you mean method.min_samples?"),
        ("method.name=dan", "Known: source_only, adabn, dann, mean_teacher, synthetic_to_real"),
        ("training.epochs=0", "training.epochs: Input should be greater than or equal to 1"),
        ("data.size=8x8", "between 16 and 1024 pixels"),
        ("evaluation.select_on=target_test", "needs evaluation.target_every > 0"),
        ("training.epochs", "Expected settings as section.key=value, found 'training.epochs'"),
        ("training.epochs=010", "value for training.epochs, found '010': line 1: 010 is octal"),
        ("training.deterministic=yes", "yes is a boolean in YAML: write true"),
    ],
)
def test_a_slip_is_named(override: str, phrase: str) -> None:
    with pytest.raises(ConfigError, match=phrase.replace("?", r"\?")):
        load(overrides=[override])


def test_the_ablation_switches_off_what_the_recipes_are_named_after() -> None:
    """Rows of the paper's Table 2; everything else is the full method's."""
    parts = (
        "frame_domain",
        "video_domain",
        "mixture_domain",
        "cluster_agreement",
        "cluster_distance",
    )
    off = {
        "full": set(),
        "l1s": {*parts[1:]},
        "l1s_l2s": {*parts[2:]},
        "no_lc": {*parts[3:]},
        "no_ls": {*parts[:3]},
        "no_l3s": {"mixture_domain"},
        "no_l1c": {"cluster_agreement"},
        "no_l2c": {"cluster_distance"},
    }
    folder = RECIPES / "synthetic_to_real"
    full = load(folder / "full.yaml").model_dump()
    assert {path.stem for path in folder.glob("*.yaml")} == off.keys()
    for name, parts_off in off.items():
        changes = {f"method.{part}: True -> False" for part in parts_off}
        found = load(folder / f"{name}.yaml").model_dump()
        assert set(differences(full, found)) == changes, name


def test_a_base_gives_what_a_recipe_does_not_change(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        "method: {name: synthetic_to_real, clusters: 8, margin: 0.4}\ntraining: {epochs: 7}\n"
    )
    (tmp_path / "same.yaml").write_text("base: base.yaml\nmethod: {memory: 9}\n")
    (tmp_path / "other.yaml").write_text("base: base.yaml\nmethod: {name: source_only}\n")
    same, other = load(tmp_path / "same.yaml"), load(tmp_path / "other.yaml")
    assert same.training.epochs == other.training.epochs == 7
    assert isinstance(same.method, SyntheticToReal.Settings)
    assert (same.method.clusters, same.method.memory) == (8, 9)
    assert other.method == SourceOnly.Settings(name="source_only", margin=0.4)


def test_a_circle_of_bases_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("base: b.yaml\n")
    (tmp_path / "b.yaml").write_text("base: a.yaml\n")
    with pytest.raises(ConfigError, match="its own base"):
        load(tmp_path / "a.yaml")


def test_an_unreadable_recipe_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"There is no recipe .*none\.yaml: expected a YAML file"):
        load(tmp_path / "none.yaml")
    (tmp_path / "on_none.yaml").write_text("base: none.yaml\n")
    with pytest.raises(ConfigError, match=r"Cannot read the recipe .*none\.yaml"):
        load(tmp_path / "on_none.yaml")
    broken = tmp_path / "broken.yaml"
    for text, said in (
        ("training: [", "not valid YAML: line 1"),
        ("training: {epochs: 1}\ntraining: {}", "line 2: the key training is there twice"),
        ("training: {epochs: 1:30}", "sixtieths"),
        ("a: " + "[" * 3000, "nested too deeply"),
        ("a: \0", "special characters"),
    ):
        broken.write_text(text)
        with pytest.raises(ConfigError, match=said):
            load(broken)


def test_weights_are_kept_from_the_last_epoch_unless_asked() -> None:
    assert Config().evaluation.select_on == "last"
    assert Config().evaluation.target_every == 0


def test_differences_name_the_dotted_key() -> None:
    old, new = load("laptop"), load("laptop", ["method.margin=1"])
    assert differences(old.model_dump(), new.model_dump()) == ["method.margin: 0.3 -> 1.0"]


@pytest.mark.parametrize("recipe", ["jvtc", "jvtc_cbn"])
def test_jvtc_plus_is_trained_as_jvtc_is(recipe: str) -> None:
    plain, plus = load(recipe), load(recipe.replace("jvtc", "jvtc_plus"))
    assert plus.method.model_dump() == plain.method.model_dump() | {"name": "jvtc_plus"}
    sections = {name for name in Config.model_fields if name != "method"}
    assert plus.model_dump(include=sections) == plain.model_dump(include=sections)


@pytest.mark.parametrize("recipe", ["mmt", "spcl", "strong_baseline", "glt"])
def test_clustering_methods_have_their_authors_batches(recipe: str) -> None:
    """Of either domain 16 people or groups x 4, padded by 10 pixels, erased, at 3.5e-4."""
    settings = load(recipe)
    data = settings.data
    assert (data.identities, data.instances, data.target_clips) == (16, 4, 64)
    assert (data.flip, data.pad, data.erase, data.resize) == (0.5, 10, 0.5, "bicubic")
    assert settings.optimiser.lr == 3.5e-4
    if recipe != "spcl":
        assert (settings.method.triplet, settings.method.smoothing) == ("softmax", 0.1)


def test_unrealpersons_recipes_are_what_it_states() -> None:
    """Batches of 8 cameras x ids x 4 images: 64 for direct transfer, 128 for adaptation."""
    direct, supervised = load("unrealperson_cbn"), load("unrealperson_cbn_supervised")
    jvtc = load("jvtc_cbn")
    assert {settings.model.norm for settings in (direct, supervised, jvtc)} == {"cbn"}
    for settings, clips in ((direct, 64), (jvtc, 128)):
        assert settings.data.source_clips == clips
        assert settings.data.source_sampling == "camera_balanced"
        assert settings.data.cameras == 8
    assert (direct.training.epochs, direct.schedule.milestones) == (15, (10,))
    assert (supervised.training.epochs, supervised.schedule.milestones) == (60, (40,))
    assert direct.method.triplet_weight == supervised.method.triplet_weight == 0
    assert (jvtc.training.epochs, jvtc.training.steps) == (60, 300)
    assert jvtc.method.global_start * 60 == pytest.approx(10, abs=0.01)


def test_the_control_for_generalisation_has_tagpersons_augmentation() -> None:
    names = ("augmix", "jitter", "hue", "jitter_probability")
    ours, theirs = load("source_only_augmix"), load("tagperson")
    assert [getattr(ours.data, n) for n in names] == [getattr(theirs.data, n) for n in names]
    plain = {name: getattr(load("source_only").data, name) for name in names}
    assert ours.data.model_copy(update=plain) == load("source_only").data


@pytest.mark.parametrize("value", ["inf", ".nan", "-.inf"])
@pytest.mark.parametrize(
    "key",
    ["optimiser.weight_decay", "schedule.warmup", "training.clip_gradient", "method.hidden"],
)
def test_numbers_are_finite(key: str, value: str) -> None:
    with pytest.raises(ConfigError, match=key):
        load(overrides=[f"{key}={value}"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("method: {name: [mmt]}", r"name of a method .* found \['mmt'\]"),
        ("method: {name: 5}", "name of a method .* found 5"),
        ('base: "a\\0b"', r"Cannot read the recipe .*a\\x00b: embedded null byte"),
        ("base: circle.yaml", "Cannot read the recipe .*circle.yaml: Symlink loop"),
        ('method: {name: "a\\0b.py:Mine"}', r"the file a\\x00b.py cannot be read"),
    ],
)
def test_recipes_that_nobody_means_are_refused_by_name(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "circle.yaml").symlink_to("circle.yaml")
    (tmp_path / "recipe.yaml").write_text(text)
    with pytest.raises(ConfigError, match=said):
        load(tmp_path / "recipe.yaml")


@pytest.mark.parametrize(
    "word",
    ["optimiser.lr=true", "training.epochs=false", "data.size=[true,128]", "data.dense=true"],
)
def test_true_is_no_number(word: str) -> None:
    with pytest.raises(ConfigError, match=r"is a number, found .*(True|False)"):
        load(None, [word])


def test_a_wrong_value_is_quoted_in_a_line() -> None:
    with pytest.raises(ConfigError, match=r"training\.epochs") as error:
        load(None, [f"training.epochs={'x' * 9000}"])
    assert len(str(error.value)) < 300
