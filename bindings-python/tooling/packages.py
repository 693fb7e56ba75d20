"""What the checkers of the ecosystem say of the wheel and the sdist, as a table."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from email import message_from_string
from email.message import Message
from pathlib import Path

from tooling.environments import install, newest, path_to, tested, venv
from tooling.not_tried import note
from tooling.places import HERE, REPOSITORY, away
from tooling.programs import environment, stage


def check_packages(wheel: Path, sdist: Path, files: list[Path]) -> None:
    """Has each checker look at the packages; ends this program if one finds a fault.

    The table goes into the files too, as JSON.
    """
    with stage("checkers"):
        python, tests = venv("packages", newest(), "packages"), tested(newest())
        install(python, wheel)
        install(tests, wheel)
        results = {
            name: passes(*command) for name, command in commands(python, tests, wheel, sdist)
        }
    if repository() is None and results["pyroma"] == "ok":
        results["pyroma"] = "10 of 10 only once there is an address"
    results["page is the README"] = described(wheel)
    results["repository's address"] = addressed(wheel)
    for file in files:
        file.write_text(json.dumps(results), encoding="utf-8")
    print(f"\n{'checker':24} result")
    for name, result in results.items():
        print(f"{name:24} {result}")
    if "FAILED" in results.values():
        sys.exit("a checker found a fault in the packages")


def commands(
    python: Path, tests: Path, wheel: Path, sdist: Path
) -> list[tuple[str, tuple[object, ...]]]:
    """The checkers by name, and how each is called."""
    programs = python.parent
    absent = ("--allowlist", HERE / "tests" / "drop_in_absent.txt")
    apart = ("-c", HERE / "pyproject.toml", "--rootdir", HERE, "-p", "no:cacheprovider")
    rating = HERE / "tooling" / "rating.py"
    no_address = () if repository() else ("--no-address",)
    return [
        ("twine check", (programs / "twine", "check", "--strict", wheel, sdist)),
        ("check-wheel-contents", (programs / "check-wheel-contents", wheel)),
        ("abi3audit", (programs / "abi3audit", "--strict", "--verbose", wheel)),
        ("pyroma", (python, rating, wheel, *no_address)),
        ("pyright --verifytypes", (programs / "pyright", *COMPLETE)),
        ("stubtest", (python, "-m", "mypy.stubtest", "grantmint", *absent)),
        ("hints of all callables", (tests, "-m", "pytest", "-q", *apart, HINTS)),
    ]


#: Every public name has a type, those of what it refers to included.
COMPLETE = ("--verifytypes", "grantmint", "--ignoreexternal")
HINTS = HERE / "tests" / "test_hints.py"


def passes(*command: object) -> str:
    """Runs a checker; returns what the table says of it."""
    words = [str(word) for word in command]
    print("+", *words, flush=True)
    # pyright asks the Python that is first on the PATH where packages are.
    env = environment(PATH=path_to(Path(words[0])), PYTHONDONTWRITEBYTECODE="1")
    return "FAILED" if subprocess.run(words, cwd=away(), env=env, check=False).returncode else "ok"


def described(wheel: Path) -> str:
    """Whether PyPI's page will be the README."""
    page = str(metadata(wheel).get_payload()).rstrip()
    readme = (HERE / "README.md").read_text(encoding="utf-8").rstrip()
    return "ok" if page == readme else "FAILED"


def addressed(wheel: Path) -> str:
    """Whether PyPI's page will link to the repository.

    maturin takes the address from Cargo.toml. There is none yet, and none is made up.
    """
    address = repository()
    if address is None:
        note("extra", "the links of PyPI's page", "Cargo.toml names no repository yet")
        return "there is none yet"
    links = metadata(wheel).get_all("Project-URL", [])
    if any(address in link for link in links):
        return "ok"
    print("bindings-python/Cargo.toml needs `repository.workspace = true`")
    return "FAILED"


def repository() -> str | None:
    """The address of the repository, if the workspace names one: it is set there alone."""
    workspace = (REPOSITORY / "Cargo.toml").read_text(encoding="utf-8")
    found = re.search(r'^repository = "(.+)"$', workspace, re.MULTILINE)
    return None if found is None else found[1]


def metadata(wheel: Path) -> Message:
    """What the wheel says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_string(archive.read(name).decode("utf-8"))
