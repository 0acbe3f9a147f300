"""Hour and weather as plain data: sun, sky, lamps, air, and what lies on the ground."""
