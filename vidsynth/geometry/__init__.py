"""Plain geometry: what cameras, people and places are computed with."""
