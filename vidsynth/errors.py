"""Failures a person can do something about; the command line prints them and exits with 2."""

from __future__ import annotations


class VidsynthError(Exception):
    """Says what was expected, what was found and what to do, in one paragraph."""


class ConfigError(VidsynthError):
    """A setting that is unknown, of the wrong type or out of range."""


class OutputError(VidsynthError):
    """The output folder cannot take this run: another config's data, another run, a full disk."""


class RenderError(VidsynthError):
    """Shots that failed, or a renderer that cannot start."""


class MotionError(VidsynthError):
    """A motion-capture file, or a folder of them, that cannot be played."""


class CameraError(VidsynthError):
    """A camera that cannot be, or a file of cameras that cannot be read; names the camera."""


class AssetError(VidsynthError):
    """A MakeHuman asset, or a folder of them, that cannot be worn."""


class PictureError(VidsynthError):
    """A picture, or a folder of them, that cannot be used."""


class TargetError(VidsynthError):
    """A target, or a file about one, that cannot be read, measured or fitted to."""
