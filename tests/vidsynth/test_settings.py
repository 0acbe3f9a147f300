import pytest

from vidsynth.config import TrackletConfig
from vidsynth.drawing.distributions import of
from vidsynth.errors import ConfigError
from vidsynth.settings import describe_settings, fingerprint, load_config, load_image_config


def test_words_override_options_and_options_override_the_file(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("identities: 10\nframes: 9\ncamera: {noise: [1, 2], blur: [0, 0]}\n")
    config = load_config(file, ["camera.noise=[3,4]"], identities=20, cameras=None)
    assert (config.identities, config.frames) == (20, 9)
    assert config.camera.noise == of([3, 4])
    assert config.camera.blur.support == (0, 0)


def test_one_file_serves_both_commands(tmp_path):
    file = tmp_path / "both.yaml"
    file.write_text(
        "identities: 10\nclothes: {patterned: 0.1}\nhours: [noon]\n"
        "render-images: {view: {depression: 5}, clothes: {open_share: 0.2}}\n"
        "render-tracklets: {camera: {depression: 5}, hours: {choice: [noon, dusk]}}\n"
    )
    tracklets, images = load_config(file, ["frames=4"]), load_image_config(file)
    assert (tracklets.identities, images.identities) == (10, 10)
    assert tracklets.hours.names == ("noon", "dusk")
    assert images.hours.names == ("noon",)
    assert (images.clothes.patterned, images.clothes.open_share) == (0.1, 0.2)
    assert images.view.depression == of(5) == tracklets.camera.depression
    assert (tracklets.clothes.patterned, tracklets.clothes.open_share) == (0.1, 0.4)


def test_what_a_file_says_for_a_command_is_checked(tmp_path):
    file = tmp_path / "both.yaml"
    file.write_text("render-images: {camera: {gamma: 1}}\n")
    with pytest.raises(ConfigError, match="These settings are for vidsynth render-tracklets"):
        load_image_config(file)
    file.write_text("render-images: 3\n")
    with pytest.raises(ConfigError, match="lines under render-images"):
        load_image_config(file)


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("identites=3", "did you mean identities?"),
        ("camera.gama=[1,1]", "did you mean camera.gamma?"),
        ("gamma=[1,1]", "did you mean camera.gamma?"),
        ("boxes.jiter=0", "did you mean boxes.jitter?"),
    ],
)
def test_a_misspelt_key_is_answered_with_the_nearest_one(word, advice):
    with pytest.raises(ConfigError, match="Unknown config key") as error:
        load_config(None, [word])
    assert advice in str(error.value)


@pytest.mark.parametrize(
    "word",
    [
        "frames=no",
        "identities=0",
        "cameras=41",
        "camera.gamma=[2,1]",
        "sites=[atlantis]",
        "sites=[]",
        "x",
        "=3",
        "frames=[",
        "weathers=[rainbow]",
        "boxes.min_frames=17",
        "seed=-1",
        "sites=[plaza,plaza]",
        "textures.width=[0.7,0.35]",
        "bodies.ages=[8,30]",
    ],
)
def test_bad_values_are_refused(word):
    with pytest.raises(ConfigError):
        load_config(None, [word])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["people.lookalike_share=1.5"], "people.lookalike_share: .* less than or equal to 1"),
        (["people.lookalike_share=-1"], "people.lookalike_share: .* greater than or equal to 0"),
        (["people.lookalike_size=1"], "people.lookalike_size: .* or equal to 2, found 1"),
        (
            ["people.lookalike_share=0.5", "identities=6"],
            "of 4 training and 2 test identities that is not one group of 5",
        ),
        (["people.outfits=0"], "people.outfits: expected values from 1 to 50, found 0"),
        (["people.outfits=4"], "people.outfits is 4 but sightings only 3"),
        (["people.lookalike_shares=1"], "did you mean people.lookalike_share?"),
    ],
)
def test_people_who_cannot_be_are_refused(words, said):
    with pytest.raises(ConfigError, match=said):
        load_config(None, words)


def test_one_number_is_always_that():
    config = load_config(None, ["textures.width=0.5", "bodies.ages=30", "camera.gamma=1e-0"])
    assert (config.textures.width, config.bodies.ages) == (of(0.5), of(30))
    assert config.camera.gamma.constant == 1


def test_a_key_of_the_other_command_is_told():
    with pytest.raises(ConfigError, match="for vidsynth render-images: light, view"):
        load_config(None, ["light.intensity=2", "view.azimuth=3"])


@pytest.mark.parametrize("text", ["- a list", "{", "identities: {a: 1}"])
def test_a_bad_file_is_refused(tmp_path, text):
    file = tmp_path / "config.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError):
        load_config(file)
    with pytest.raises(ConfigError, match="no such file"):
        load_config(tmp_path / "absent.yaml")


def test_at_least_two_identities_are_held_out_unless_none_are():
    assert TrackletConfig(identities=5, test_share=0.01).test_identities == 2
    assert TrackletConfig(identities=100, test_share=0.25).test_identities == 25
    assert TrackletConfig(identities=5, test_share=0).test_identities == 0


def test_the_fingerprint_follows_every_setting():
    same = fingerprint(load_config(None, ["frames=12"]))
    assert same == fingerprint(load_config(None, [], frames=12))
    assert same != fingerprint(load_config(None, ["frames=12", "camera.noise=[1,1]"]))


def test_every_setting_is_described():
    for line in describe_settings():
        key, _, meaning = line.partition("  ")
        assert meaning, key
