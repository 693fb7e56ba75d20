"""Writes the references of the languages as pages: what their own files say."""

from __future__ import annotations

import re

import api_c
import api_cpp
import api_python
from contents import ROOT
from pages import Sources, outside_code

CODE = re.compile(r"`(?:errc::)?([a-z0-9_]+)`(?!\])")
PAGES = {
    "reference/api-python.md": api_python.page,
    "reference/api-c.md": api_c.page,
    "reference/api-cpp.md": api_cpp.page,
}
#: Those that tools of their own make; they are no pages of ours.
OTHERS = """# Rust and Node.js

| language | reference |
|---|---|
| Rust | <a href="../api/rust/grantmint_core/index.html">the crate `grantmint_core`</a>, by rustdoc |
| Node.js, TypeScript | <a href="../api/typescript/index.html">the package `grantmint`</a>, by typedoc from its declarations |

Both are whole sites of their own, with a search. What is the same in all languages is on this site: [errors](../errors.md),
[limits](limits.md), [times](times.md).
"""


def write_references(sources: Sources) -> None:
    """Writes a page for each language."""
    errors = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    codes = set(re.findall(r"^### (\w+)$", errors, re.MULTILINE))

    def linked(found: re.Match[str]) -> str:
        return f"[`{found[1]}`](../errors.md#{found[1]})" if found[1] in codes else found[0]

    for path, page in PAGES.items():
        sources.put(path, outside_code(page(), lambda text: CODE.sub(linked, text)))
    sources.put("reference/api.md", OTHERS)
