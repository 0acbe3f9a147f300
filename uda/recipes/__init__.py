"""Configurations of runs: from recipes, options and overrides."""

from uda.recipes.reading import load

__all__ = ["load"]
