"""The table of attributes in docs/people.md, written from what the generator says of people.

uv run tools/attribute_table.py            # writes the page anew
uv run tools/attribute_table.py --check    # exit code 1 where the page is out of date
"""

from __future__ import annotations

import sys
from pathlib import Path

from vidsynth.colour import TERMS
from vidsynth.people.attributes import ATTRIBUTES, FINEGPR, PREFIX, SYNTHETIC18K
from vidsynth.people.attributes.words import AGES, BUILDS, GENDERS

PAGE = Path(__file__).resolve().parents[1] / "docs/people.md"
BEGIN = "<!-- The table is written by tools/attribute_table.py. -->"
END = "<!-- End of the table. -->"
HEADS = ("column", "values", "of Synthetic18K", "what it says")


def main(arguments: list[str]) -> int:
    page = PAGE.read_text(encoding="utf-8")
    new = with_table(page)
    if "--check" in arguments:
        if new != page:
            print(f"{PAGE} is out of date. Run tools/attribute_table.py.", file=sys.stderr)
        return int(new != page)
    PAGE.write_text(new, encoding="utf-8")
    return 0


def with_table(page: str) -> str:
    """The page with the table as it should be. ValueError: the marks around it are gone."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"expected {BEGIN} and {END} in {PAGE}")
    return f"{before}{BEGIN}\n\n{table()}\n{finegpr()}\n{END}{after}"


def table() -> str:
    rows = [HEADS, ("---",) * len(HEADS)]
    for name, attribute in ATTRIBUTES.items():
        theirs = len(SYNTHETIC18K[name]) if name in SYNTHETIC18K else ""
        rows.append((f"`{PREFIX}{name}`", words(attribute.values), str(theirs), attribute.meaning))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def words(values: tuple[str, ...]) -> str:
    """Values in a cell; long lists by what they are made of."""
    if len(values) == len(GENDERS) * len(AGES) * len(BUILDS):
        return " - ".join(f"({', '.join(part)})" for part in (GENDERS, AGES, BUILDS))
    if values == ("none", *TERMS):
        return "none, or a colour"
    return "a colour" if values == TERMS else ", ".join(values)


def finegpr() -> str:
    counted = sum(len(values) for values in SYNTHETIC18K.values())
    return (
        f"A colour is one of {', '.join(TERMS)}. Together {counted} values of Synthetic18K. "
        f"The {len(FINEGPR)} of FineGPR: {', '.join(FINEGPR)}.\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
