"""The one error a reader raises."""


class DatasetError(Exception):
    """Data that is missing, incomplete or damaged.

    The message is one paragraph: what was expected, what was found, what to do.
    """
