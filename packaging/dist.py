#!/usr/bin/env python3
"""Puts everything that is released for this platform into one folder, with one list of it: dist.py FOLDER

What it runs is what the release runs; on Linux on x86-64 and arm64 alone so far. A folder that is there already is
emptied first: one in target is, any other has to be empty. The list is packages.json: of each
file its name, what it is, its size and its SHA-256. SHA256SUMS says the same to `sha256sum --check`. In sboms lies what
each library is made of, as it also lies in its package.
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
MACHINE = platform.machine()
#: Cargo builds for it, or the tarballs are refused.
TRIPLE = f"{MACHINE}-unknown-linux-gnu"


def run(*command):
    words = [str(word) for word in command]
    print("+", *words, flush=True)
    subprocess.run(words, cwd=ROOT, check=True)


def emptied(folder):
    """The folder, with nothing in it. What somebody has elsewhere than in target is not deleted."""
    if TARGET in folder.parents and folder.is_dir():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        sys.exit(f"{folder} is not empty: name another folder, or one in {TARGET}")
    return folder


def python_packages(folder):
    run(sys.executable, "-B", "bindings-python/driver.py", "build")
    for built in (ROOT / "target/wheels").iterdir():
        shutil.copy2(built, folder)


def npm_packages(folder):
    run("node", "bindings-node/scripts/npm.mjs", TARGET / "npm")
    for built in (TARGET / "npm").glob("*.tgz"):
        shutil.copy2(built, folder)


def tarballs(folder):
    for kind in ("c", "cli"):
        run(f".github/scripts/{kind}_tarball.sh", TRIPLE, folder)


def crate(folder):
    for packed in (TARGET / "package").glob("*.crate"):
        packed.unlink()
    # What is released is what is committed; what is tried out is what lies here.
    run("cargo", "package", "--locked", "--no-verify", "--allow-dirty", "--package", "grantmint-core")
    for packed in (TARGET / "package").glob("grantmint-core-*.crate"):
        shutil.copy2(packed, folder)


def sboms(folder):
    (folder / "sboms").mkdir()
    for sbom in (ROOT / f"packaging/sboms/linux-{MACHINE}").iterdir():
        shutil.copy2(sbom, folder / "sboms")


#: What each file is, by the end of its name; of two that fit, the first.
KINDS = {
    ".whl": "Python wheel",
    ".tgz": "npm package",
    ".crate": "Rust crate",
    ".cdx.json": "SBOM",
    f"{TRIPLE}.tar.gz": "tarball",
    ".tar.gz": "Python sdist",
}


def listed(folder):
    """A row for each file, by name."""
    rows = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data, name = path.read_bytes(), path.relative_to(folder).as_posix()
        (kind, *_) = (kind for end, kind in KINDS.items() if name.endswith(end))
        digest = hashlib.sha256(data).hexdigest()
        rows.append({"name": name, "kind": kind, "bytes": len(data), "sha256": digest})
    return rows


def write_list(folder, rows):
    (folder / "packages.json").write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    sums = "".join(f"{row['sha256']}  {row['name']}\n" for row in rows)
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        print(f"{row['name']:{width}}  {row['bytes']:>9}  {row['sha256']}")


def main():
    if len(sys.argv) != 2 or sys.platform != "linux":
        sys.exit(__doc__)
    folder = emptied(Path(sys.argv[1]).resolve())
    for build in (python_packages, npm_packages, tarballs, crate, sboms):
        build(folder)
    write_list(folder, listed(folder))


if __name__ == "__main__":
    main()
