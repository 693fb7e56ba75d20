"""Makes the virtual environments, each with its own requirements, and installs wheels in them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tooling.places import BUILT, HERE
from tooling.programs import run, stage

#: The versions of Python that are tested, the newest first.
VERSIONS = ("3.13", "3.10")


def tools() -> Path:
    """The interpreter of the environment with the tools that build and check."""
    return venv("tools", VERSIONS[0])


def venv(kind: str, version: str) -> Path:
    """The interpreter of an environment with what requirements-KIND.txt lists; made if needed."""
    home = BUILT / f"venv-{kind}-{version}"
    python = home / "bin" / "python"
    requirements = HERE / f"requirements-{kind}.txt"
    wanted = requirements.read_text(encoding="utf-8")
    stamp = home / requirements.name
    if not (python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted):
        with stage(f"environment {kind}-{version}"):
            run(interpreter(version), "-m", "venv", "--clear", home)
            run(python, "-m", "pip", "install", "--quiet", "--requirement", requirements)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def interpreter(version: str) -> str:
    """The path of the interpreter of a version."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [shutil.which(f"python{version}")]
    candidates += sorted(map(str, pyenv.glob(f"versions/{version}.*/bin/python{version}")))
    for candidate in filter(None, candidates):
        works = [candidate, "-c", "import ensurepip, venv"]
        if subprocess.run(works, capture_output=True, check=False).returncode == 0:
            return candidate
    sys.exit(f"no Python {version} with venv was found on the PATH or in {pyenv}")


def install(python: Path, built: Path) -> None:
    """Installs the wheel alone: it has no dependencies."""
    options = ("--quiet", "--no-deps", "--no-index", "--force-reinstall")
    run(python, "-m", "pip", "install", *options, built)


def path_to(python: Path) -> str:
    """A PATH on which the programs of an environment come first."""
    return os.pathsep.join([str(python.parent), os.environ["PATH"]])
