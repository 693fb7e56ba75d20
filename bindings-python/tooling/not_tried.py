"""Notes what cannot be tested on this machine, in the list that `make test` shows last."""

from __future__ import annotations

import os
import re
import subprocess

from tooling.environments import interpreters
from tooling.places import HERE, REPOSITORY
from tooling.programs import run

#: Versions that few machines have yet. A test run need not have them.
NEW = {"3.14"}


#: What only some tests need, and what these try.
PROGRAMS = {
    "redis-server": "Python processes that share through a server of Redis",
    "turnserver": "a relay of a coturn server for Python",
}


def note_what_is_missing() -> None:
    """Notes Pythons and programs that are not here, and tests that are not of this project."""
    for program, what in PROGRAMS.items():
        note_unless_installed(program, what)
    for version in sorted(promised() - interpreters().keys()):
        kind = "extra" if version in NEW else "note"
        note(kind, f"Python {version}", "it is neither on the PATH nor among pyenv's versions")
    if not os.environ.get("GRANTMINT_TWILIO_PYTHON"):
        why = "GRANTMINT_TWILIO_PYTHON names no checkout of it"
        note("extra", "twilio-python's own tests on grantmint.twilio", why)


def note_unless_installed(program: str, what: str) -> None:
    """Installs a program if it is missing, or notes what is not tried without it."""
    installer = REPOSITORY / "tests" / "machine" / "install.sh"
    ended = subprocess.run([installer, program], stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode:
        note("note", what, ended.stdout.strip())


def promised() -> set[str]:
    """The versions that the package says it is for."""
    text = (HERE / "pyproject.toml").read_text(encoding="utf-8")
    return set(re.findall(r"Programming Language :: Python :: (3\.\d+)", text))


def note(kind: str, what: str, why: str) -> None:
    """Adds a line to the list."""
    run(REPOSITORY / "tests" / "machine" / "not_tried.sh", kind, what, why)
