#!/usr/bin/env python3
"""Checks that all parts of the project say the same version, that of the workspace in Cargo.toml.

    versions.py               what each part says
    versions.py release TAG   also that the tag is that version, that it is in the changelog, that the
                              repository has an address, without which npm refuses the packages, and
                              that no page says that the packages are not on the registry yet
    versions.py set VERSION   writes it everywhere; `make header sboms` and a look at the changelog remain
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERSION = r"\d+\.\d+\.\d+(?:-[0-9a-z.]+)?"
NUMBERS = ("MAJOR", "MINOR", "PATCH")
# What Rust projects that depend on the published crate ask for: the same version.
CRATE = rf'(?m)^grantmint-core = {{ path = "core", version = "({VERSION})" }}$'
# Where the version is written out: a file, and a pattern with the version as its one group. The
# numbers of the header follow from it.
WRITTEN = [
    ("Cargo.toml", rf'(?m)^version = "({VERSION})"$'),
    ("Cargo.toml", CRATE),
    ("ffi/cbindgen.toml", rf'#define GRANTMINT_VERSION "({VERSION})"'),
    ("bindings-node/package.json", rf'(?m)^  "version": "({VERSION})",$'),
]
# Written from ffi/cbindgen.toml.
HEADER = "include/grantmint.h"


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def says(path, pattern):
    found = re.findall(pattern, read(path))
    return found[0] if len(found) == 1 else f"{len(found)} versions"


def written():
    """What each place says."""
    places = {path: says(path, pattern) for path, pattern in WRITTEN if pattern != CRATE}
    places["Cargo.toml, the dependency"] = says("Cargo.toml", CRATE)
    places[HEADER] = says(HEADER, rf'#define GRANTMINT_VERSION "({VERSION})"')
    for path in ("ffi/cbindgen.toml", HEADER):
        numbers = [says(path, rf"#define GRANTMINT_VERSION_{name} (\d+)\b") for name in NUMBERS]
        # A pre-release has the numbers of the version that it comes before.
        tail = places[path].partition("-")[1:]
        places[f"{path}, as numbers"] = ".".join(numbers) + "".join(tail)
    return places


def crates():
    """What cargo says of each crate of the workspace; the lock file is looked at on the way."""
    command = ["cargo", "metadata", "--locked", "--no-deps", "--offline", "--format-version", "1"]
    metadata = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return {f"crate {p['name']}": p["version"] for p in json.loads(metadata)["packages"]}


def locked():
    packages = tomllib.loads(read("Cargo.lock"))["package"]
    ours = [p for p in packages if p["name"].startswith("grantmint-") and "source" not in p]
    return {f"Cargo.lock, {p['name']}": p["version"] for p in ours}


def faults_of_the_python_package(version):
    project = tomllib.loads(read("bindings-python/pyproject.toml"))["project"]
    # maturin takes it from the crate, and writes 1.0.0-rc.1 as 1.0.0rc1.
    if "version" in project or "version" not in project.get("dynamic", []):
        yield f"bindings-python/pyproject.toml: the version must be dynamic, no second {version}"


def faults_of_the_changelog(version, releasing):
    headings = re.findall(r"(?m)^## \[(.+?)\](?: - (\d{4}-\d{2}-\d{2}))?$", read("CHANGELOG.md"))
    names = [name for name, _ in headings]
    if not names or names[0] not in ("Unreleased", version):
        yield f"CHANGELOG.md: it must begin with [Unreleased] or [{version}]"
    for name, date in headings:
        if name != "Unreleased" and not (re.fullmatch(VERSION, name) and date):
            yield f"CHANGELOG.md: [{name}] is no version with a date"
    if len(set(names)) != len(names):
        yield "CHANGELOG.md: a version has two headings"
    if releasing and names[:1] != [version]:
        yield f"CHANGELOG.md: the release must be its first heading: ## [{version}] - YYYY-MM-DD"


def faults_of_the_address():
    package = tomllib.loads(read("Cargo.toml"))["workspace"]["package"]
    if not package.get("repository", "").startswith("https://"):
        yield 'Cargo.toml: no repository = "https://…" below [workspace.package]'


def faults_of_the_pages():
    """What is no longer so once it is released."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("*/README.md"), *(ROOT / "docs").rglob("*.md")]
    for page in sorted(pages):
        if re.search(r"not\s+(?:>\s+)?on (?:the registry|registries) yet", page.read_text(encoding="utf-8")):
            yield f"{page.relative_to(ROOT)}: it says that something is not on the registry yet"


def check(tag=None):
    version = says(*WRITTEN[0])
    places = {**written(), **crates(), **locked()}
    faults = [f"{place}: {said}" for place, said in places.items() if said != version]
    faults += faults_of_the_python_package(version)
    faults += faults_of_the_changelog(version, releasing=tag is not None)
    if tag is not None:
        faults += faults_of_the_address()
        faults += faults_of_the_pages()
    if tag is not None and tag != f"v{version}":
        faults.append(f"the tag is {tag}, not v{version}")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"version {version}: {len(places)} places looked at, {len(faults)} faults")
    return 1 if faults else 0


def set_version(version):
    if not re.fullmatch(VERSION, version):
        sys.exit(f"not a version: {version}")
    for path, pattern in WRITTEN:
        text = read(path)
        match = re.search(pattern, text)
        text = text[: match.start(1)] + version + text[match.end(1) :]
        if path == "ffi/cbindgen.toml":
            for name, number in zip(NUMBERS, version.split("-")[0].split("."), strict=True):
                text = re.sub(rf"(GRANTMINT_VERSION_{name}) \d+\b", rf"\1 {number}", text)
        (ROOT / path).write_text(text, encoding="utf-8")
    # The lock file has the workspace's own crates too.
    subprocess.run(["cargo", "update", "--workspace", "--offline"], cwd=ROOT, check=True)
    print("now `make header sboms`, then the heading in CHANGELOG.md")


def main():
    match sys.argv[1:]:
        case []:
            return check()
        case ["release", tag]:
            return check(tag)
        case ["set", version]:
            return set_version(version)
    sys.exit(__doc__)


if __name__ == "__main__":
    sys.exit(main())
