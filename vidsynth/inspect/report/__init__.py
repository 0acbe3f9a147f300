"""A rendered data set as one HTML page that needs nothing else, not even a network."""
