"""Models for other people: a card of what is recorded, and a parcel for the Hugging Face Hub."""
