#!/usr/bin/env python3
"""Builds what ships as somebody else would, and compares the bytes with what is built here.

    reproduced.py [c] [npm] [python]    `make check-reproducible` calls it for all three

Somebody else has another checkout, another home and another CARGO_HOME, and no build of before. The crates and
the compiler are the same: the registry's folder is this one's, through a link.
"""

import filecmp
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

from installed import ROOT, TARGET
from shipped import CARGO_HOME

ELSEWHERE = TARGET / "somebody else"
C_TARGET = f"{platform.machine()}-unknown-linux-gnu"
WHEEL = "from tooling.wheel import wheel; from tooling.sdist import sdist; wheel(); sdist()"
#: How each kind is built in a checkout, in which folder of it, and where it is then.
BUILDS = {
    "c": ((".github/scripts/c_tarball.sh", C_TARGET, "target"), ".", "target/*.tar.gz"),
    "npm": (("node", "bindings-node/scripts/npm.mjs", "target/npm"), ".", "target/npm/*.tgz"),
    "python": ((sys.executable, "-B", "-c", WHEEL), "bindings-python", "target/wheels/*"),
}


def check_out(checkout):
    """Copies what lies here, committed or not."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for file in filter(None, files.split("\0")):
        (checkout / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, checkout / file, follow_symlinks=False)


def somebody_else():
    """The environment of another builder, who has the same crates and compiler."""
    shutil.rmtree(ELSEWHERE, ignore_errors=True)
    check_out(ELSEWHERE / "checkout")
    (ELSEWHERE / "cargo").mkdir()
    # Also the configuration: it may say where crates come from.
    for name in ("registry", "config.toml"):
        if (CARGO_HOME / name).exists():
            (ELSEWHERE / "cargo" / name).symlink_to(CARGO_HOME / name)
    kept = {name: value for name, value in os.environ.items() if name != "CARGO_TARGET_DIR"}
    return {
        "RUSTUP_HOME": str(Path.home() / ".rustup"),
        "PYENV_ROOT": str(Path.home() / ".pyenv"),
        **kept,
        "HOME": str(ELSEWHERE),
        "CARGO_HOME": str(ELSEWHERE / "cargo"),
        "CARGO_NET_OFFLINE": "true",
    }


def build(kind, checkout, environment):
    """Builds one kind of package in a checkout; returns the files by their names."""
    command, folder, made = BUILDS[kind]
    started = time.monotonic()
    (checkout / "target").mkdir(exist_ok=True)
    subprocess.run(command, cwd=checkout / folder, env=environment, check=True)
    print(f"{kind} in {checkout}: {time.monotonic() - started:.0f} s", flush=True)
    return {path.name: path for path in checkout.glob(made)}


def differences(kind, other):
    """A line for each package that is not the same."""
    ours = build(kind, ROOT, os.environ)
    theirs = build(kind, ELSEWHERE / "checkout", other)
    if not ours or ours.keys() != theirs.keys():
        yield f"{kind}: {sorted(ours)} and {sorted(theirs)}"
    for name in ours.keys() & theirs.keys():
        if not filecmp.cmp(ours[name], theirs[name], shallow=False):
            yield f"{ours[name]} and {theirs[name]} differ"


def main():
    kinds = sys.argv[1:] or [*BUILDS]
    if not set(kinds) <= set(BUILDS):
        sys.exit(__doc__)
    other = somebody_else()
    faults = [fault for kind in kinds for fault in differences(kind, other)]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{', '.join(kinds)}: {len(faults)} differences")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
