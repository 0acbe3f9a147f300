"""The one error a reader raises."""


class DatasetError(Exception):
    """Data that is missing, incomplete or damaged.

    The message is one paragraph: what was expected, what was found, what to do. It can be printed
    whatever the names in it are.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(printable(message))


class MissingFrame(DatasetError):
    """The file a frame should be in does not exist."""


def from_worker(error: DatasetError) -> DatasetError:
    """The error as it was raised: a DataLoader's worker process puts its traceback before it."""
    kind = type(error)
    return kind(str(error).rpartition(f"{kind.__name__}: ")[2].strip())


def printable(text: object) -> str:
    """``text`` with escapes for what is no character, such as bytes of file names in an old code
    page: ``caf\\udce9`` of Latin-1."""
    return str(text).encode("utf-8", "backslashreplace").decode()
