"""Parts of cards: front matter that the Hub's library reads, values that break no table."""

from __future__ import annotations

from huggingface_hub import ModelCard

from hub_publishing.cards import cell, front_matter, number, shares
from hub_publishing.sizes import size


def test_front_matter_is_read_by_the_hubs_own_library() -> None:
    tags = ["a: b", "größer"]
    text = front_matter({"license": "cc0-1.0", "tags": tags, "left": None}) + "\n# Title\n"
    card = ModelCard(text)
    assert card.data.to_dict() == {"license": "cc0-1.0", "tags": tags}
    assert card.text.strip() == "# Title"


def test_a_value_stays_in_its_cell() -> None:
    assert cell("a|b\n<script> *c*") == "a\\|b &lt;script> \\*c\\*"
    assert [cell(None), cell(""), cell(0), number(None)] == ["unknown", "unknown", "0", "unknown"]


def test_shares_name_the_largest_and_count_the_rest() -> None:
    counts = [("b", 1), ("a", 1), ("c", 6)]
    assert shares(counts, 2) == "c 75% (6), a 12% (1), 1 more 12% (1)"
    assert shares([], 2) == "unknown"


def test_sizes() -> None:
    assert [size(n) for n in (0, 999, 1000, 25_400_000)] == ["0 B", "999 B", "1.0 kB", "25.4 MB"]
