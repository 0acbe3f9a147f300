"""A run's configuration as a value: compared, copied, sent to other processes."""

from __future__ import annotations

import pickle

import pytest

from uda.config import Config, MethodSettings, of_method
from uda.errors import ConfigError
from uda.methods.registry import METHODS
from uda.recipes import load


@pytest.mark.parametrize("method", METHODS)
def test_it_reaches_other_processes_as_it_is(method: str) -> None:
    settings = load("laptop-scratch", method=method)
    again = pickle.loads(pickle.dumps(settings))
    assert again == settings
    assert type(again) is type(settings)
    assert type(again.method) is METHODS[method].Settings


def test_one_without_settings_of_a_method_does_so_too() -> None:
    for settings in (Config(), of_method(MethodSettings, "mine")()):
        again = pickle.loads(pickle.dumps(settings))
        assert again == settings
        assert type(again) is type(settings)


def test_a_rate_does_not_fall_before_the_training_begins() -> None:
    with pytest.raises(ConfigError, match=r"schedule\.milestones"):
        load("laptop-scratch", ["schedule.milestones=[-1,20]"])
