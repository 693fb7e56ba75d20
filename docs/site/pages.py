"""Writes the pages as the site's tool reads them.

The pages are plain Markdown, which reads well in the repository. Four things differ on the site: links to files of
the repository, the tabs of languages, the marks of code that only the tests read, and the words by which search finds a
page first: `<!-- search: stampede, thundering herd -->`.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from contents import CONTENTS, FRONT, ROOT, STANDS_FOR, contents, place, resolved

FENCE = re.compile(r"^( *)(`{3,})(.*)$")
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
IMAGES = {".png", ".svg"}
TABS = re.compile(r"^<!-- tabs:begin -->\n(.*?)^<!-- tabs:end -->$", re.DOTALL | re.MULTILINE)
SEARCH = re.compile(r"^<!-- search: (.+) -->$", re.MULTILINE)
TAB = re.compile(r"^\*\*([^*\n]+)\*\*\n", re.MULTILINE)
LEXERS = {".rs": "rust", ".h": "c", ".hpp": "cpp", ".cpp": "cpp", ".py": "python", ".mjs": "js", ".json": "json"}


class Sources:
    """The folder that the site is made from."""

    def __init__(self, folder: Path) -> None:
        """Empties the folder."""
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        #: Pages that are yet to be written, and all that were.
        self.open: list[str] = []
        self.known: set[str] = set()
        self.listed = {file for part in contents() for _, file in part.pages}

    def write_all(self) -> None:
        """Writes the pages of the contents, and whatever they link to."""
        self.want(FRONT)
        for file in sorted(self.listed):
            if (ROOT / file).exists():
                self.want(file)
        while self.open:
            self.page(self.open.pop())

    def want(self, file: str) -> None:
        """Sees to it that a page is written."""
        if file not in self.known:
            self.known.add(file)
            self.open.append(file)

    def put(self, path: str, text: str) -> None:
        """Writes a file of the sources."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def page(self, file: str) -> None:
        """Writes a page."""
        text = (ROOT / file).read_text(encoding="utf-8")
        text = outside_code(text, lambda part: LINK.sub(lambda link: self.link(file, link), part))
        text = TABS.sub(tabs, text)
        text = SEARCH.sub(entries, text)
        if file == FRONT:
            text += "".join(toctrees())
        elif file not in self.listed:
            text = f"---\norphan: true\n---\n\n{text}"
        self.put(place(file), text)

    def link(self, page: str, link: re.Match[str]) -> str:
        """A link as the site has it."""
        bang, text, target = link.groups()
        path, mark, anchor = target.partition("#")
        if not path or ":" in path:
            return link[0]
        file = resolved(page, path)
        if not (ROOT / file).exists() and file not in self.listed:
            raise SystemExit(f"{page}: there is no {file}")
        there = self.there(file)
        return f"{bang}[{text}]({relative(place(page), there)}{mark}{anchor})"

    def there(self, file: str) -> str:
        """Where a file of the repository is on the site; brings it there if need be."""
        path = ROOT / file
        if file == CONTENTS:
            return place(FRONT)
        if file in STANDS_FOR:
            return place(STANDS_FOR[file])
        if path.is_dir():
            return self.pictures(file)
        if path.suffix == ".md":
            self.want(file)
            return place(file)
        if path.suffix in IMAGES:
            there = place(file)
            (self.folder / there).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, self.folder / there)
            return there
        return self.listing(file)

    def listing(self, file: str) -> str:
        """A page with the text of a file that is no page."""
        there = f"files/{file}.md"
        if file not in self.known:
            self.known.add(file)
            text = (ROOT / file).read_text(encoding="utf-8").rstrip("\n")
            lexer = LEXERS.get(Path(file).suffix, "text")
            self.put(there, f"---\norphan: true\n---\n\n# {file}\n\n`````{lexer}\n{text}\n`````\n")
        return there

    def pictures(self, folder: str) -> str:
        """A page with the pictures of a folder."""
        there = f"files/{folder}.md"
        if folder not in self.known:
            self.known.add(folder)
            names = sorted(path.name for path in (ROOT / folder).iterdir() if path.suffix in IMAGES)
            shown = [
                f"![{name}]({relative(there, self.there(f'{folder}/{name}'))})\n" for name in names
            ]
            self.put(there, f"---\norphan: true\n---\n\n# {folder}\n\n" + "\n".join(shown))
        return there


def relative(page: str, target: str) -> str:
    return os.path.relpath(target, Path(page).parent)


def toctrees() -> Iterator[str]:
    """The navigation, which stands on the front page."""
    for part in contents():
        entries = "".join(
            f"{title} <{place(file).removesuffix('.md')}>\n"
            for title, file in part.pages
            if file != FRONT
        )
        yield f"\n```{{toctree}}\n:hidden:\n:caption: {part.title}\n\n{entries}```\n"


def tabs(found: re.Match[str]) -> str:
    """A tab for each language, where the page has its name in bold before its code."""
    _, *parts = TAB.split(found[1])
    items = [
        f":::{{tab-item}} {name}\n:sync: {name}\n\n{body.strip()}\n:::\n"
        for name, body in zip(parts[::2], parts[1::2], strict=True)
    ]
    return "::::{tab-set}\n:sync-group: language\n\n" + "\n".join(items) + "::::\n"


def entries(found: re.Match[str]) -> str:
    """Entries of the index: what the search shows first. The mark says that this is their main place."""
    marked = ", ".join(f"! {word.strip()}" for word in found[1].split(","))
    return f"```{{index}} {marked}\n```"


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """Changes all that is no code, and writes the first line of a block as the tool reads it."""
    done: list[str] = []
    plain: list[str] = []
    fence: str | None = None
    language = ""
    for line in text.splitlines(keepends=True):
        mark = FENCE.match(line.rstrip("\n"))
        if fence is None and mark:
            done.append(change("".join(plain)))
            plain = []
            fence, language = mark[2], re.split(r"[, ]", mark[3].strip())[0]
            done.append(f"{mark[1]}{fence}{language or 'text'}\n")
        elif fence is not None:
            if mark and mark[2] == fence and not mark[3].strip():
                fence = None
            # What rustdoc compiles and does not show.
            elif language == "rust" and re.match(r"\s*#( |$)", line):
                continue
            done.append(line)
        else:
            plain.append(line)
    return "".join(done) + change("".join(plain))
