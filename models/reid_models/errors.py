"""The one error a model raises."""


class ModelError(Exception):
    """A model or weights that cannot be had.

    The message is one paragraph: what was expected, what was found, what to do.
    """
