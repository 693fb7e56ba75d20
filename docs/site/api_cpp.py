"""The reference of the C++ classes, from their header."""

from __future__ import annotations

import re

from contents import ROOT

HEADER = "include/grantmint.hpp"
RULE = re.compile(r"^// -{20,}$")
CLASS = re.compile(r"^(?:template <.*>\s+)?(?:class|struct|enum class) (?:\[\[nodiscard\]\] |[A-Z_]+ )?(\w+)")
ALIAS = re.compile(r"^(?:template <.*>\s+)?using (\w+)")
NAME = re.compile(r"(~?\w+|operator\W+)\s*\(")


def page() -> str:
    """Each class and function that has a comment, in the order of the header."""
    text = (ROOT / HEADER).read_text(encoding="utf-8")
    first = re.match(r"/\*\*\n(.*?)\n \*/", text, re.DOTALL)
    said = "\n".join(line.removeprefix(" *").removeprefix(" ") for line in first[1].splitlines()) if first else ""
    said = re.sub(r"^@(file|brief).*\n", "", said, flags=re.MULTILINE)
    # The list of the header's parts is the list of this page's.
    said = re.sub(r"^The parts of this file.*?(?=^The namespace)", "", said, flags=re.MULTILINE | re.DOTALL)
    parts = [f"# C++\n\nWhat `{HEADER}` says. [C and C++](../c-and-cpp.md) is the guide.\n\n{markdown(said)}\n"]
    return "\n".join(parts + Reader(text.splitlines()).entries())


class Reader:
    """Reads the header line by line."""

    def __init__(self, lines: list[str]) -> None:
        """Knows of no class yet."""
        self.lines = lines
        self.around = ""
        self.is_private = False
        self.seen: set[str] = set()

    def entries(self) -> list[str]:
        """A heading for each part of the header, an entry for each declaration with a comment."""
        made: list[str] = []
        at = 0
        inside_detail = False
        while at < len(self.lines):
            line = self.lines[at]
            if line.startswith("namespace detail"):
                inside_detail = True
            elif line.startswith("}  // namespace detail"):
                inside_detail = False
            elif RULE.match(line) and self.lines[at + 1].startswith("// "):
                made.append(f"## {self.lines[at + 1][3:]}\n")
                at += 1
            elif line.strip() in ("private:", "protected:"):
                self.is_private = True
            elif line.strip() == "public:":
                self.is_private = False
            elif line.startswith("};"):
                self.around, self.is_private = "", False
            elif line.lstrip().startswith("///") and not inside_detail and not self.is_private:
                at, entry = self.entry(at)
                made.append(entry)
                continue
            at += 1
        return made

    def entry(self, at: int) -> tuple[int, str]:
        """A comment and what it is about."""
        comment = []
        while self.lines[at].lstrip().startswith("///"):
            comment.append(self.lines[at].lstrip().removeprefix("///").removeprefix(" "))
            at += 1
        declared = []
        while True:
            line = self.lines[at]
            at += 1
            if line.startswith("#"):
                continue
            declared.append(line)
            if declared[0].startswith("enum"):
                if line.startswith("};"):
                    return at, self.enumeration(declared, comment)
            elif re.search(r"[{;]\s*(?://.*)?$|[{;]", line):
                break
        text = re.split(r"\s*\{|\n\s+: (?!:)", "\n".join(declared))[0].rstrip(" ;")
        indent = len(text) - len(text.lstrip())
        text = "\n".join(part[indent:] if part[:indent].isspace() else part for part in text.splitlines())
        if found := CLASS.match(text):
            if "{" in declared[-1]:
                self.around, self.is_private = found[1], text.startswith("class")
            title = found[1]
        else:
            found = ALIAS.match(text) or NAME.search(re.sub(r"\[\[nodiscard\]\]|template <[^>]*>|explicit\(.*?\)", "", text))
            name = found[1] if found else text.split()[-1]
            title = f"{self.around}::{name}" if self.around else name
        heading = f"### {title}\n\n" if title not in self.seen else ""
        self.seen.add(title)
        return at, f"{heading}```cpp\n{text};\n```\n\n{markdown(chr(10).join(comment))}\n"


    def enumeration(self, declared: list[str], comment: list[str]) -> str:
        """An enum with all its values."""
        title = CLASS.match(declared[0])[1]
        code = "\n".join(declared)
        return f"### {title}\n\n```cpp\n{code}\n```\n\n{markdown(chr(10).join(comment))}\n"


def markdown(comment: str) -> str:
    """Doxygen's commands as Markdown."""
    comment = re.sub(r"^@code\b.*$", "```cpp", comment, flags=re.MULTILINE)
    comment = re.sub(r"^@endcode$", "```", comment, flags=re.MULTILINE)
    comment = re.sub(r"^@throws error (.*)$", r"*Throws* error: \1", comment, flags=re.MULTILINE)
    return re.sub(r"^@(throws|param|return|returns|note|tparam)\b", r"*\1*", comment, flags=re.MULTILINE)
