#!/usr/bin/env python3
"""Writes THIRD-PARTY-LICENSES: whose code is in the libraries that are released, and under which terms.

    third_party.py          fails if the file is not what it should be
    third_party.py write    writes it

What a library has in it is what cargo links for any of the released targets. The texts are those that
the crates bring. Those of the Rust standard library, which brings none, are in licences/.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from dependencies import cargo, is_allowed
from linked import LIBRARIES, TARGETS, graph

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUT = ROOT / "THIRD-PARTY-LICENSES"
NOTICE = re.compile(r"(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)
STANDARD = HERE / "licences/standard_library"
# What the compiler's folder holds beside these is for tests and for macros, or has no code in it.
NOT_LINKED = {
    *("getopts", "proc_macro", "profiler_builtins", "rustc_literal_escaper", "sysroot", "test"),
    *("rustc_std_workspace_alloc", "rustc_std_workspace_core", "rustc_std_workspace_std"),
}
# Parts of it that are under the terms of `std`.
OF_STD = {"alloc", "core", "panic_abort", "panic_unwind", "std_detect", "unwind"}
HEAD = """\
THIRD-PARTY LICENSES

The libraries of grantmint have code of others in them: these crates, and the Rust standard library.
Where their licences leave a choice, MIT is chosen. The texts follow the table.
"""


def linked():
    """The crates of others, as name and version, with the languages whose library has them in it."""
    found = {}
    for package, language in LIBRARIES.items():
        for crate in {crate for target in TARGETS for crate in graph(package, target)}:
            if not crate[0].startswith("grantmint-"):
                found.setdefault(crate, set()).add(language)
    return found


def notices(package):
    """The texts that have to go with a crate."""
    folder = Path(package["manifest_path"]).parent
    files = sorted(path for path in folder.rglob("*") if path.is_file() and NOTICE.match(path.name))
    top = [path for path in files if path.parent == folder and path.suffix != ".rs"]
    # Below are the terms of what it has taken from others.
    below = [path for path in files if path.parent != folder and path.suffix in ("", ".md", ".txt")]
    if not top:
        return [of_authors(package)]
    return [path.read_text(encoding="utf-8") for path in chosen(top, package["license"])] + [
        path.read_text(encoding="utf-8") for path in chosen(below, "MIT OR Apache-2.0")
    ]


def chosen(files, expression):
    """Of several licences that a crate leaves to choose from, MIT; else all that it has."""
    alternatives = re.split(r" OR |/", expression)
    by_mit = [path for path in files if "mit" in path.stem.lower()]
    return by_mit if "MIT" in alternatives and by_mit else files


def of_authors(package):
    """The text of a crate under MIT that forgot to bring it."""
    if package["license"] != "MIT" or not package["authors"]:
        sys.exit(f"{package['name']} brings no text of its licence, {package['license']}")
    names = ", ".join(re.sub(r" <.*>", "", author) for author in package["authors"])
    text = (HERE / "licences/MIT").read_text(encoding="utf-8")
    return text.replace("<year> <copyright holders>", names)


def of_the_standard_library():
    """Each part of it that is linked, with its text."""
    where = ["rustc", "--print", "target-libdir"]
    folder = subprocess.run(where, check=True, capture_output=True, text=True).stdout.strip()
    parts = {path.name[3:].rpartition("-")[0] for path in Path(folder).glob("lib*.rlib")}
    known = {path.name: path.read_text(encoding="utf-8") for path in STANDARD.iterdir()}
    if unknown := sorted(parts - known.keys() - NOT_LINKED - OF_STD):
        sys.exit(f"{STANDARD} has no text for {', '.join(unknown)}")
    return known


def written():
    """What the file should say."""
    metadata = json.loads(cargo("metadata", "--format-version", "1"))
    packages = {(p["name"], p["version"]): p for p in metadata["packages"]}
    rows, texts = [], {}
    for crate, languages in sorted(linked().items()):
        name, licence = " ".join(crate), packages[crate]["license"]
        if not is_allowed(licence):
            sys.exit(f"{name}: licence {licence}")
        rows.append((name, licence, ", ".join(sorted(languages))))
        for text in notices(packages[crate]):
            texts.setdefault(tidy(text), []).append(name)
    for part, text in sorted(of_the_standard_library().items()):
        texts.setdefault(tidy(text), []).append(f"the Rust standard library ({part})")
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    table = "".join(
        f"{name:{widths[0]}}  {terms:{widths[1]}}  {into}\n" for name, terms, into in rows
    )
    return f"{HEAD}\n{table}" + "".join(
        f"\n{'-' * 80}\n{', '.join(dict.fromkeys(names))}:\n\n{text}"
        for text, names in texts.items()
    )


def tidy(text):
    """A text without what only its file has: the ends of lines, empty lines around it."""
    lines = [line.rstrip() for line in text.replace("\f", "").strip("\ufeff").splitlines()]
    return "\n".join(lines).strip("\n") + "\n"


def main():
    match sys.argv[1:]:
        case ["write"]:
            OUT.write_text(written(), encoding="utf-8")
        case []:
            if OUT.read_text(encoding="utf-8") != written():
                sys.exit(f"{OUT.name} is not what the libraries have in them: make third-party")
            print(f"{OUT.name}: as it should be")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
