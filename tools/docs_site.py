"""Hook of MkDocs (mkdocs.yml): lets links of the guides work on the site as on a code host.

README, changelog and notebooks are pages, and so is every file outside docs/ that a page links to:
where a code host shows ``../uda/config/sections.py``, the site has a page with that file's text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
FRONT = {"README.md": "index.md", "CHANGELOG.md": "changelog.md"}
"""Pages that lie beside docs/, and what the site calls them."""
LINK = re.compile(r'(\]\(|src=")([^)"#\s]+)')


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are not files in docs/."""
    from mkdocs.structure.files import File

    pages = [*(ROOT / name for name in FRONT), *DOCS.rglob("*.md")]
    linked = {target for page in pages for _, target in targets(page.read_text("utf-8"), page)}
    for path in sorted({*pages[: len(FRONT)], *DOCS.glob("notebooks/*.py"), *linked}):
        uri = uri_of(path)
        if files.get_file_from_path(uri) is None:
            files.append(File.generated(config, uri, content="\n\n".join(as_markdown(path))))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Leads links to where their files are on the site."""
    names = {uri: name for name, uri in FRONT.items()}
    uri = page.file.src_uri
    path = ROOT / names[uri] if uri in names else DOCS / uri
    return markdown if uri.startswith("source/") else relinked(markdown, path)


def relinked(markdown: str, path: Path) -> str:
    """The text of ``path`` with links to files of the repository as the site has them."""
    folder = Path(uri_of(path)).parent
    for written, target in targets(markdown, path):
        new = os.path.relpath(uri_of(target), folder)
        markdown = re.sub(rf'(\]\(|src="){re.escape(written)}(?=[)"#])', rf"\g<1>{new}", markdown)
    return markdown


def targets(markdown: str, path: Path) -> Iterator[tuple[str, Path]]:
    """Links of a page to files and folders of the repository, as written and where they lead."""
    for written in sorted({match[2] for match in LINK.finditer(markdown)}):
        target = (path.parent / written).resolve()
        if ":" not in written and target.is_relative_to(ROOT) and target.exists():
            yield written, target


def uri_of(path: Path) -> str:
    """Where a file of the repository is among the site's sources."""
    name = path.relative_to(ROOT).as_posix()
    if is_notebook(path):
        return path.relative_to(DOCS).with_suffix(".md").as_posix()
    if path.is_relative_to(DOCS):
        return path.relative_to(DOCS).as_posix()
    return FRONT.get(name, f"source/{name}.md")


def is_notebook(path: Path) -> bool:
    return path.parent == DOCS / "notebooks" and path.suffix == ".py"


def as_markdown(path: Path) -> Iterator[str]:
    """A page of Markdown, the cells of a notebook in jupytext's percent format, or the text of a
    file or of all files in a folder, with their names."""
    if path.suffix == ".md":
        yield path.read_text("utf-8")
        return
    if is_notebook(path):
        for cell in re.split(r"^# %%", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            mark, _, body = cell.partition("\n")
            if mark.strip() == "[markdown]":
                yield re.sub("^# ?", "", body, flags=re.MULTILINE).strip()
            else:
                yield f"```python\n{body.strip()}\n```"
        return
    yield f"# {path.relative_to(ROOT).as_posix()}"
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        if path.is_dir():
            yield f"## {file.name}"
        yield f"``````{file.suffix.removeprefix('.')}\n{file.read_text('utf-8')}\n``````"
