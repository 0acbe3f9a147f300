"""Cards and uploads to the Hugging Face Hub, for models and for data sets.

What a card says and which files belong to it is known to the packages that wrote them; here is
what both need: the text's parts (`cards`), what is to be sent (`parcel`), sending it (`sending`),
and the options of both commands (`command`). huggingface_hub is imported when something is sent,
not before.
"""

from hub_publishing.cards import WRITTEN
from hub_publishing.errors import PublishingError
from hub_publishing.parcel import Parcel, check_repository
from hub_publishing.sending import send

__all__ = ["WRITTEN", "Parcel", "PublishingError", "check_repository", "send"]
