"""Where and under which sky: sites, hours and weathers, photographs as backdrops."""
