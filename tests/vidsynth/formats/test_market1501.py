"""Market-1501's names are not bound by MARS's four digits."""

from vidsynth.formats.market1501 import FOLDERS, Market1501, image_name
from vidsynth.formats.writer import Contents, ImageId, ShotRoom
from vidsynth.run.production import produce
from vidsynth.settings import load_config, load_image_config


def image(label_id, **changes):
    values = {"split": "train", "query": False, "camera_id": 3, "place": 2, "number": 7}
    return ImageId(**{**values, **changes}, label_id=label_id)


def test_names_widen_where_there_are_more_people():
    assert image_name(image(12)) == "0012_c3s2_000007_01.jpg"
    assert image_name(image(123_456)) == "123456_c3s2_000007_01.jpg"
    assert load_image_config(None, ["identities=20000"]).identities == 20_000


def test_people_beyond_mars_names_are_refused_by_mars_alone():
    many = load_image_config(None, ["identities=10050", "cameras_per_identity=1"])
    plan = produce(many).plan
    assert plan.population.label_id(10_050) == 10_050
    assert load_config(None, ["identities=10050", "output.format=webdataset"]).identities == 10_050


def test_a_shot_goes_where_readers_look(tmp_path):
    writer = Market1501()
    writer.begin(ShotRoom(tmp_path))
    files = [
        writer.add(image(1, **changes), b"jpeg")
        for changes in ({}, {"split": "test", "query": True}, {"split": "distractor", "number": 8})
    ]
    assert [file.partition("/")[0] for file in files] == list(FOLDERS)
    assert writer.finish(Contents(crops=[[{"file": file} for file in files[:2]]])) == files[:2]
    (tmp_path / "set").mkdir()
    for _ in range(2):
        Market1501.index(tmp_path / "set", [])
    assert {folder.name for folder in (tmp_path / "set").iterdir()} == set(FOLDERS)
