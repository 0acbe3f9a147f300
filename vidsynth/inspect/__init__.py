"""Looking at rendered data sets, and at the machine that renders them."""
