"""Finds the interpreters, makes their virtual environments, and installs wheels in them."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path

from tooling.places import BUILT, HERE, REPOSITORY
from tooling.programs import run, stage


@functools.cache
def interpreters() -> dict[str, str]:
    """The interpreters of this machine that the package is for, the newest first, by version."""
    finder = REPOSITORY / "tests" / "machine" / "pythons.sh"
    ended = subprocess.run([finder], stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode:
        sys.exit(f"{finder} ended with {ended.returncode}")
    return dict(line.split(" ", 1) for line in ended.stdout.splitlines())


def newest() -> str:
    """The newest version of Python here. It builds the package, and runs the servers."""
    return next(iter(interpreters()))


def tools() -> Path:
    """The interpreter of the environment with the tools that build and check."""
    return venv("tools", newest(), "tools")


def tested(version: str) -> Path:
    """The interpreter of the environment that a version's tests run in."""
    if version == newest():
        return venv("newest", version, "test", "newest")
    return venv(f"test-{version}", version, "test")


def venv(name: str, version: str, *kinds: str) -> Path:
    """The interpreter of an environment with what requirements-KIND.txt lists; made if needed."""
    home = BUILT / f"venv-{name}"
    python = home / "bin" / "python"
    files = [HERE / f"requirements-{kind}.txt" for kind in kinds]
    wanted = "\n".join([version, *(file.read_text(encoding="utf-8") for file in files)])
    stamp = home / "made-of.txt"
    if not (python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted):
        with stage(f"environment {name}"):
            run(interpreter(version), "-m", "venv", "--clear", home)
            listed = [word for file in files for word in ("--requirement", file)]
            run(python, "-m", "pip", "install", "--quiet", *listed)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def interpreter(version: str) -> str:
    """The path of the interpreter of a version."""
    found = interpreters()
    if version not in found:
        sys.exit(f"there is no Python {version} here, only {', '.join(found)}")
    return found[version]


def install(python: Path, built: Path) -> None:
    """Installs the wheel alone: it has no dependencies."""
    options = ("--quiet", "--no-deps", "--no-index", "--force-reinstall")
    run(python, "-m", "pip", "install", *options, built)


def path_to(python: Path) -> str:
    """A PATH on which the programs of an environment come first."""
    return os.pathsep.join([str(python.parent), os.environ["PATH"]])
