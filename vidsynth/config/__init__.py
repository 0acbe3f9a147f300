"""Every knob of the generator: its unit, its range, its default. Loading is in settings.py."""

from vidsynth.config.accessories import AccessoryConfig
from vidsynth.config.cameras import BoxConfig, CameraConfig
from vidsynth.config.motion import MotionConfig
from vidsynth.config.output import OutputConfig, RenderConfig
from vidsynth.config.people import PeopleConfig
from vidsynth.config.places import Hour, Weather
from vidsynth.config.tracklets import TrackletConfig

__all__ = [
    "AccessoryConfig",
    "BoxConfig",
    "CameraConfig",
    "Hour",
    "MotionConfig",
    "OutputConfig",
    "PeopleConfig",
    "RenderConfig",
    "TrackletConfig",
    "Weather",
]
