#!/usr/bin/env python3
"""Makes the documentation's site: `make docs`.

    build.py            the site in target/docs/html, with the Rust and TypeScript references if cargo and npm are there
    build.py --pages    the pages alone, which takes seconds

The site needs no network and no server: open index.html. Any warning and any dead link is an error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import links  # noqa: E402
from contents import CONTENTS, ROOT, unlisted  # noqa: E402
from pages import Sources  # noqa: E402
from references import write_references  # noqa: E402

BUILT = ROOT / "target" / "docs"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
HTML = BUILT / "html"
RUST = HTML / "api" / "rust"
TYPESCRIPT = HTML / "api" / "typescript"


def main() -> None:
    """Does what the command line says."""
    started = time.monotonic()
    if forgotten := unlisted():
        sys.exit(f"{CONTENTS} does not name {', '.join(forgotten)}")
    python = environment()
    sources = Sources(BUILT / "source")
    sources.write_all()
    write_references(sources)
    sphinx(python)
    if "--pages" not in sys.argv:
        rust()
        typescript()
    faults = links.faults(HTML)
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        sys.exit(f"{len(faults)} dead links")
    report(time.monotonic() - started)


def environment() -> Path:
    """The interpreter with what requirements.txt lists; made if needed."""
    home = BUILT / "venv"
    python = home / "bin" / "python"
    requirements = HERE / "requirements.txt"
    stamp = home / "made-of.txt"
    wanted = requirements.read_text(encoding="utf-8")
    if not (python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted):
        run(sys.executable, "-m", "venv", "--clear", home)
        run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", requirements)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def sphinx(python: Path) -> None:
    """Makes the pages. A warning, such as one of a link to a heading that is not there, is an error."""
    shutil.rmtree(HTML, ignore_errors=True)
    strict = ("--fail-on-warning", "--keep-going", "--quiet")
    folders = ("--conf-dir", HERE, "--doctree-dir", BUILT / "doctrees", BUILT / "source", HTML)
    run(python, "-m", "sphinx", "--builder", "html", "--jobs", "auto", *strict, *folders)


def rust() -> None:
    """The reference of the Rust crate, by rustdoc."""
    command = ("cargo", "doc", "--locked", "--no-deps", "--quiet", "--package", "grantmint-core")
    run(*command, env={"CARGO_TARGET_DIR": str(BUILT / "cargo")})
    shutil.copytree(BUILT / "cargo" / "doc", RUST, dirs_exist_ok=True)


def typescript() -> None:
    """The reference of the Node.js package, by typedoc, from its declarations."""
    folder = HERE / "typescript"
    modules = folder / "node_modules"
    lock = folder / "package-lock.json"
    done = modules / ".package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        run("npm", "ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
        done.touch()
    run("node", modules / "typedoc" / "bin" / "typedoc", "--out", TYPESCRIPT, cwd=folder)


def run(*command: object, env: dict[str, str] | None = None, cwd: Path | None = None) -> None:
    """Runs a program, and ends with it if it fails."""
    told = [str(word) for word in command]
    ended = subprocess.run(told, check=False, env={**os.environ, **(env or {})}, cwd=cwd or ROOT)
    if ended.returncode:
        sys.exit(f"{told[0]} ended with {ended.returncode}")


def report(seconds: float) -> None:
    """Says how large the site is, and how long it took."""
    files = [path for path in HTML.rglob("*") if path.is_file()]
    pages = [path for path in files if path.suffix == ".html"]
    size = sum(path.stat().st_size for path in files)
    print(f"{HTML}/index.html: {len(pages)} pages, {size / 1e6:.1f} MB, in {seconds:.0f} s")


if __name__ == "__main__":
    main()
