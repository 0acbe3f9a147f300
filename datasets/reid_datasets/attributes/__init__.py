"""What people look like, in words: attributes of a benchmark's tracklets.

`describe` is the way from a benchmark to a table of labels.
"""

from reid_datasets.attributes.describing import describe
from reid_datasets.attributes.table import NO_YES, PREFIX, AttributeTable, Values

__all__ = ["NO_YES", "PREFIX", "AttributeTable", "Values", "describe"]
