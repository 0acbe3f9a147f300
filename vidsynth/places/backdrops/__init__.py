"""Photographs behind people, and the light that they were taken in."""
