"""Photographs behind people: which part a camera sees, and the light that goes with them."""
