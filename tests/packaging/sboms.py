#!/usr/bin/env python3
"""Writes packaging/sboms: the crates in each library that is released, as CycloneDX.

    sboms.py          fails if a file is not what it should be
    sboms.py write    writes them

There is a file for each library on each system and architecture: its crates differ. It has neither a
time, nor a number of its own, nor a path: whoever writes it for the same Cargo.lock writes the same bytes.
Crates that only build something, or only test it, are not in the libraries, and so not in the files.
cargo-cyclonedx, which maturin uses too, writes all of that.
"""

import functools
import json
import re
import sys
import tomllib
from typing import NamedTuple

from dependencies import cargo
from linked import LIBRARIES, ROOT, TARGETS, graph

FOLDER = ROOT / "packaging/sboms"


class Published(NamedTuple):
    """How people come by what is made of a crate."""

    registry: str
    #: There. No two of a registry have one name: to those who collect SBOMs they would be one package.
    name: str
    file: str
    description: str
    type: str = "library"


#: What each crate is published as.
PUBLISHED = {
    "grantmint-cli": Published(
        "generic", "grantmint-cli", "grantmint-cli", "The command line", "application"
    ),
    "grantmint-ffi": Published("generic", "grantmint-c", "grantmint-c", "The C and C++ library"),
    "grantmint-node": Published(
        "npm", "grantmint", "grantmint-node", "The native half of the Node.js package"
    ),
    "grantmint-python": Published(
        "pypi", "grantmint", "grantmint-python", "The native half of the Python package"
    ),
}
STANDARD = "rust-std"
#: What a target's name says of its system, and what its folder is called.
SYSTEMS = {"apple": "macos", "linux": "linux", "windows": "windows"}


def system_of(target):
    """What a target runs on. The C library makes no difference to which crates are linked."""
    architecture, *names = target.split("-")
    (system,) = SYSTEMS.keys() & {*names}
    return f"{SYSTEMS[system]}-{architecture}"


def written():
    """What the files should say, by their paths."""
    found = {}
    for package in LIBRARIES:
        for target in TARGETS:
            path = FOLDER / system_of(target) / f"{PUBLISHED[package].file}.cdx.json"
            text = document(package, target)
            if found.setdefault(path, text) != text:
                sys.exit(f"{path}: {target} links other crates")
    return found


def document(package, target):
    """The text of one file, a line for each component."""
    needs = graph(package, target)
    (library,) = (crate for crate in needs if crate[0] == package)
    others = sorted(needs.keys() - {library})
    references = {crate: f"pkg:cargo/{'@'.join(crate)}" for crate in others}
    references[library] = purl_of(library)
    dependencies = [
        {
            "ref": references[crate],
            # Every crate uses the standard library: it stands where it is linked.
            "dependsOn": [
                *sorted(references[other] for other in needs[crate]),
                *([STANDARD] if crate == library else []),
            ],
        }
        for crate in (library, *others)
    ]
    return laid_out(
        {
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {"component": of_library(library)},
        },
        {
            "components": [*(component(crate) for crate in others), of_the_standard_library()],
            "dependencies": [*dependencies, {"ref": STANDARD, "dependsOn": []}],
        },
    )


def laid_out(head, lists):
    """The head as usual, then each list with one line for each of its members."""
    parts = [json.dumps(head, indent=2).removesuffix("\n}")]
    for name, members in lists.items():
        lines = ",\n".join(f"    {json.dumps(member)}" for member in members)
        parts.append(f"  {json.dumps(name)}: [\n{lines}\n  ]")
    return ",\n".join(parts) + "\n}\n"


def of_library(library):
    """The library, or the program, itself."""
    package, version = library
    published = PUBLISHED[package]
    purl = purl_of(library)
    return {
        "type": published.type,
        "bom-ref": purl,
        "name": published.name,
        "version": version,
        "description": published.description,
        "licenses": licences(packages()[library]),
        "purl": purl,
    }


def purl_of(library):
    """The package that people install to get a library."""
    package, version = library
    registry, name, *_ = PUBLISHED[package]
    if registry == "pypi":
        # Python writes 1.0.0-rc.1 as 1.0.0rc1.
        version = re.sub(r"-([a-z]+)\.", r"\1", version)
    return f"pkg:{registry}/{name}@{version}"


def component(crate):
    name, version = crate
    purl = f"pkg:cargo/{name}@{version}"
    checksum = checksums().get(crate)
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        # Ours is of this checkout, and has none.
        **({"hashes": [{"alg": "SHA-256", "content": checksum}]} if checksum else {}),
        "licenses": licences(packages()[crate]),
        "purl": purl,
    }


def of_the_standard_library():
    """Its version is that of the compiler, which is the builder's choice."""
    return {
        "type": "library",
        "bom-ref": STANDARD,
        "name": "std",
        "description": "The Rust standard library of the compiler that built this",
        "licenses": [{"expression": "MIT OR Apache-2.0"}],
    }


def licences(package):
    # `/` is an old spelling of OR.
    return [{"expression": re.sub(" ?/ ?", " OR ", package["license"])}]


@functools.cache
def packages():
    """What cargo knows of each crate, by name and version."""
    metadata = json.loads(cargo("metadata", "--format-version", "1"))
    return {(p["name"], p["version"]): p for p in metadata["packages"]}


@functools.cache
def checksums():
    """What the registry's file of each crate hashes to."""
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text(encoding="utf-8"))
    return {(p["name"], p["version"]): p.get("checksum") for p in lock["package"]}


def main():
    match sys.argv[1:]:
        case ["write"]:
            for path, text in written().items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        case []:
            there = {path: path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.json")}
            if there != written():
                sys.exit(f"{FOLDER} does not say what the libraries have in them: make sboms")
            print(f"{len(there)} SBOMs: as they should be")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
