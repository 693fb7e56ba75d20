"""Builds the wheel once, installs it where nothing else is, and tests it there.

    python driver.py test [3.13 …]    all tests on each version; servers on the newest only
    python driver.py lint             formatting, lints, and circles of imports
    python driver.py install          the wheel in target/venv-test-3.13, for programs that use it
    python driver.py bench [FILE]     measures beside the peers; as JSON into the file, too
    python driver.py wheel            the wheel and the sdist in target/wheels, each tried out

Interpreters are looked for as python3.X on the PATH, then among pyenv's. On Linux the wheel is
linked by zig, for every C library since glibc 2.17.
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path

from tooling.environments import VERSIONS, install, tools, venv
from tooling.places import BUILT, HERE, REPOSITORY, TARGET, away
from tooling.programs import environment, report, run, stage
from tooling.sdist import sdist
from tooling.wheel import wheel


def main() -> None:
    """Does what the command line says."""
    match sys.argv[1:]:
        case ["test", *versions]:
            test(tuple(versions) or VERSIONS)
        case ["lint"]:
            lint()
        case ["install"]:
            install(venv("test", VERSIONS[0]), wheel())
        case ["bench", *files]:
            bench([Path(file).resolve() for file in files])
        case ["wheel"]:
            try_out(wheel())
            sdist()
        case _:
            sys.exit(__doc__)
    report()


def test(versions: tuple[str, ...]) -> None:
    """Tests the installed wheel on each version."""
    built = wheel()
    for version in versions:
        run_tests(version, built)
    check_types(built)


def lint() -> None:
    """Checks the style of all Python here, and that no modules import each other in a circle."""
    python = tools()
    with stage("lint"):
        run(python, "-m", "ruff", "check", "--no-cache", HERE)
        run(python, "-m", "ruff", "format", "--no-cache", "--check", HERE)
        contracts = HERE / "pyproject.toml"
        imports = python.parent / "lint-imports"
        run(imports, "--no-cache", "--no-logo", contracts, cwd=HERE / "python")


def bench(files: list[Path]) -> None:
    """Measures the installed wheel beside the peers."""
    built = wheel()
    python = venv("bench", VERSIONS[0])
    install(python, built)
    with stage("bench"):
        into = [part for file in files for part in ("--json", file)]
        run(python, HERE / "bench" / "peers.py", *into, cwd=BUILT)
        beside = [file.with_stem(f"{file.stem}-drop-in") for file in files]
        into = [part for file in beside for part in ("--json", file)]
        run(python, HERE / "bench" / "drop_in.py", *into, cwd=BUILT)
        beside = [file.with_stem(f"{file.stem}-servers") for file in files]
        into = [part for file in beside for part in ("--json", file)]
        run(python, HERE / "bench" / "servers.py", *into, cwd=BUILT)


def try_out(built: Path) -> None:
    """Runs the tests of shared data and of processes that end badly, on each version."""
    names = "vectors or scenario or official or interpreter_ends or child"
    for version in VERSIONS:
        run_tests(version, built, "-k", names)


def run_tests(version: str, built: Path, *options: object) -> None:
    """Runs the tests on one version, away from the source tree."""
    python = venv("test", version)
    install(python, built)
    env = environment(GRANTMINT_EMULATOR=str(emulator()), PYTHONDONTWRITEBYTECODE="1")
    if version != VERSIONS[0]:
        print(f"the servers and uvloop are tested on {VERSIONS[0]} only")
        options = ("-m", "not newest", *options)
    config = ("-c", HERE / "pyproject.toml", "--rootdir", HERE, "-p", "no:cacheprovider")
    with stage(f"tests on {version}"):
        run(python, "-m", "pytest", "-q", *config, *options, HERE / "tests", cwd=away(), env=env)


def check_types(built: Path) -> None:
    """Checks the stubs against the module, and the types of both by strict rules."""
    python = tools()
    install(python, built)
    with stage("types"):
        allowed = ("--allowlist", HERE / "tests" / "drop_in_absent.txt")
        run(python, "-m", "mypy.stubtest", "grantmint", *allowed, cwd=away())
        strict = ("-m", "mypy", "--strict", "--cache-dir", BUILT / "mypy")
        run(python, *strict, "--package", "grantmint", cwd=away())
        run(python, *strict, HERE / "tests" / "typing_check.py", cwd=away())
        run(python, *strict, HERE / "tests" / "drop_in_typing.py", cwd=away())


@functools.cache
def emulator() -> Path:
    """Builds the emulated upstream, once."""
    with stage("emulator"):
        command = ("cargo", "build", "--locked", "--package", "grantmint-emulator")
        run(*command, cwd=REPOSITORY, env=environment())
    return TARGET / "debug" / "grantmint-emulator"


if __name__ == "__main__":
    main()
