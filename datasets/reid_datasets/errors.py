"""The one error a reader raises."""


class DatasetError(Exception):
    """Data that is missing, incomplete or damaged.

    The message is one paragraph: what was expected, what was found, what to do.
    """


class MissingFrame(DatasetError):
    """The file a frame should be in does not exist."""


def from_worker(error: DatasetError) -> DatasetError:
    """The error as it was raised: a DataLoader's worker process puts its traceback before it."""
    kind = type(error)
    return kind(str(error).rpartition(f"{kind.__name__}: ")[2].strip())
