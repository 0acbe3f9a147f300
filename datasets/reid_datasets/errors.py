"""The one error a reader raises."""


class DatasetError(Exception):
    """Data that is missing, incomplete or damaged.

    The message is one paragraph: what was expected, what was found, what to do.
    """


def from_worker(error: DatasetError) -> DatasetError:
    """The error as it was raised: a DataLoader's worker process puts its traceback before it."""
    return DatasetError(str(error).rpartition("DatasetError: ")[2].strip())
