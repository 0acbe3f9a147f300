"""Statistics of a target's crops, and settings that render crops like them."""
