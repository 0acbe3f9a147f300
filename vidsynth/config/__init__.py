"""Every knob of the generator: its unit, its range, its default. Loading is in settings.py."""

from vidsynth.config.accessories import AccessoryConfig
from vidsynth.config.backgrounds import BackgroundConfig
from vidsynth.config.bodies import BodiesConfig
from vidsynth.config.cameras import BoxConfig, CameraConfig
from vidsynth.config.clock import ClockConfig
from vidsynth.config.clothes import ClothesConfig, TextureConfig
from vidsynth.config.crowd import CrowdConfig
from vidsynth.config.makehuman import MakeHumanConfig
from vidsynth.config.motion import MotionConfig
from vidsynth.config.output import OutputConfig, RenderConfig
from vidsynth.config.people import PeopleConfig
from vidsynth.config.places import SkyConfig
from vidsynth.config.tracklets import TrackletConfig

__all__ = [
    "AccessoryConfig",
    "BackgroundConfig",
    "BodiesConfig",
    "BoxConfig",
    "CameraConfig",
    "ClockConfig",
    "ClothesConfig",
    "CrowdConfig",
    "MakeHumanConfig",
    "MotionConfig",
    "OutputConfig",
    "PeopleConfig",
    "RenderConfig",
    "SkyConfig",
    "TextureConfig",
    "TrackletConfig",
]
