"""Looking at a rendered data set."""
