"""Reports on a rendered data set: one HTML page without outside files."""
