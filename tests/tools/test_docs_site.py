"""Guides on the site: links lead where they lead on a code host, and every guide is found."""

from __future__ import annotations

from types import SimpleNamespace

from tools.docs_site import DOCS, ROOT, as_markdown, on_page_markdown, relinked, targets, uri_of


def test_links_of_the_readme_lead_to_pages() -> None:
    text = (
        '[a](docs/people.md#hair), [b](CHANGELOG.md) <img src="docs/images/overview.jpg"> [c](x.md)'
    )
    assert relinked(text, ROOT / "README.md") == (
        '[a](people.md#hair), [b](changelog.md) <img src="images/overview.jpg"> [c](x.md)'
    )


def test_code_that_a_guide_links_to_is_a_page() -> None:
    text = "[s](../uda/config/sections.py) [d](../configs/uda/synthetic_to_real) [p](people.md)"
    assert relinked(text, DOCS / "training.md") == (
        "[s](source/uda/config/sections.py.md) [d](source/configs/uda/synthetic_to_real.md) "
        "[p](people.md)"
    )
    page = "\n".join(as_markdown(ROOT / "configs/uda/synthetic_to_real"))
    assert "## full.yaml" in page
    assert (ROOT / "configs/uda/synthetic_to_real/full.yaml").read_text() in page


def test_a_notebook_is_a_page_of_text_and_code() -> None:
    path = DOCS / "notebooks/first_steps.py"
    assert relinked("[n](docs/notebooks/first_steps.py)", ROOT / "README.md") == (
        "[n](notebooks/first_steps.md)"
    )
    cells = list(as_markdown(path))
    assert cells[0].startswith("# First steps\nRender people")
    assert cells[1].startswith("```python\nPEOPLE")
    assert relinked(cells[-1], path).count("(../") == 3


def test_addresses_and_anchors_stay() -> None:
    text = "[w](https://example.org/a.md) [h](#here) [n](../nowhere.py)"
    assert relinked(text, DOCS / "people.md") == text


def test_pages_of_the_site_are_found_by_their_own_names() -> None:
    page = SimpleNamespace(file=SimpleNamespace(src_uri="index.md"))
    assert on_page_markdown("[a](docs/people.md)", page) == "[a](people.md)"
    page.file.src_uri = "source/NOTICE.md"
    assert on_page_markdown("[a](docs/people.md)", page) == "[a](docs/people.md)"


def test_every_guide_is_in_the_navigation_and_in_the_readme() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    readme = ROOT / "README.md"
    linked = {target for _, target in targets(readme.read_text(encoding="utf-8"), readme)}
    for guide in DOCS.glob("*.md"):
        assert f": {uri_of(guide)}\n" in navigation, guide
        assert guide in linked, guide
