#!/usr/bin/env python3
"""Has everybody who judges packages look at ours, and prints a table of what they say.

    checkers.py    `make packages-check` calls it once everything is built

What asks a database of advisories is left out: it needs the network, and the release does it.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from installed import HERE, ROOT, TARGET

PYTHON = (sys.executable, "-B")
#: Test cases of this folder by name: one that is gone is a failure.
TESTS = ("env", f"PYTHONPATH={HERE}", *PYTHON, "-m", "unittest")
#: The environment that bindings-python has made for its checkers.
PACKAGES = ROOT / "target/venv-packages/bin/python"
LIBRARY = ("test_files.Files", "test_files.Libraries", "test_files.PkgConfigFiles")
#: The checkers by what the table calls them. First those of crates and of the C library, which
#: `make test` and `make lint` have, too.
TESTED = {
    "cargo package, its tests": (*TESTS, "test_crate"),
    "files, modes, symbols (C)": (*TESTS, *LIBRARY),
    "a Rust library beside ours": (*TESTS, "test_consumers.InOneProgram"),
    "-Weffc++, clang-tidy": (*TESTS, "test_consumers.Headers"),
    "licence texts": (*PYTHON, "tests/packaging/third_party.py"),
    "SBOMs say what is linked": (*PYTHON, "tests/packaging/sboms.py"),
}
#: The packages of npm are built already.
NPM = ("make", "--assume-old=npm")
#: Then those of npm, and of all that the others have built.
CHECKERS = {
    "publint": (*NPM, "npm-publint"),
    "attw": (*NPM, "npm-attw"),
    "exactOptionalPropertyTypes": (*NPM, "npm-types"),
    "npm's page": (*NPM, "npm-readme"),
    "a release on verdaccio": (*NPM, "npm-release"),
    "used where no compiler is": (*PYTHON, "tests/packaging/dist_used.py", TARGET / "dist"),
    "C, built by somebody else": (*PYTHON, "tests/packaging/reproduced.py", "c"),
    "no builder's folder in them": (*PYTHON, "tests/packaging/shipped.py", "paths"),
    "stripped, hardened, exports": (*PYTHON, "tests/packaging/shipped.py", "binaries"),
    "SBOMs, CycloneDX's schema": (PACKAGES, "-B", "tests/packaging/shipped.py", "sboms"),
}


def passes(*command):
    print("+", *command, flush=True)
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def python_packages():
    """What bindings-python has its checkers say: a table of its own."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.json"
        ended = passes(*PYTHON, "bindings-python/driver.py", "packages", str(table))
        if not table.exists():
            return {"PyPI's packages": "FAILED"}
        results = json.loads(table.read_text(encoding="utf-8"))
        return results if ended else {**results, "PyPI's packages": "FAILED"}


def main():
    results = python_packages()
    # .ci/run says so: what has passed a few minutes ago is not run once more.
    tested = bool(os.environ.get("GRANTMINT_TESTED"))
    checkers = CHECKERS if tested else {**TESTED, **CHECKERS}
    results |= dict.fromkeys(TESTED, "ok, in make test and lint") if tested else {}
    for name, command in checkers.items():
        results[name] = "ok" if passes(*command) else "FAILED"
    width = max(map(len, results))
    print(f"\n{'checker':{width}}  result")
    for name, result in results.items():
        print(f"{name:{width}}  {result}")
    return 1 if "FAILED" in results.values() else 0


if __name__ == "__main__":
    sys.exit(main())
