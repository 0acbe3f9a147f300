from __future__ import annotations

import pytest

from tests.vidsynth.wardrobe.makehuman.made_up_assets import make_assets


@pytest.fixture(scope="session")
def folder(anatomy, tmp_path_factory):
    """A folder of made-up assets."""
    return make_assets(tmp_path_factory.mktemp("assets"))
