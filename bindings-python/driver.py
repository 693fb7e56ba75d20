"""Builds the wheel once, installs it where nothing else is, and tests it there.

    python driver.py test             all tests on the newest and the oldest Python here, and what
                                      all languages share on those between
    python driver.py test 3.12 …      all tests on these versions
    python driver.py lint             formatting, lints, and circles of imports
    python driver.py docstrings       writes the docstrings of the native module into its stub
    python driver.py install          the wheel in target/venv-newest, for programs that use it
    python driver.py bench [FILE]     measures beside the peers; as JSON into the file, too
    python driver.py wheel            the wheel and the sdist in target/wheels, each tried out
    python driver.py build            both, and nothing else
    python driver.py packages [FILE]  what twine, pyroma, pyright and others say of both, once they
                                      are built; as JSON into the file, too

Servers and uvloop are tested on the newest Python only. tests/machine/pythons.sh finds the Pythons.
On Linux the wheel is linked by zig, for every C library since glibc 2.17.
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
from pathlib import Path

from tooling.environments import install, interpreters, newest, tested, tools, venv
from tooling.not_tried import note_what_is_missing
from tooling.packages import check_packages
from tooling.places import BUILT, HERE, REPOSITORY, TARGET, WHEELS, away
from tooling.programs import environment, report, run, stage
from tooling.sdist import sdist, try_out_sdist
from tooling.wheel import wheel

#: What a version between the newest and the oldest is tested on: data that all languages share, the
#: surface of the package, and processes that end badly.
SHARED = ("-k", "vectors or scenario or official or surface or interpreter_ends or child")


def main() -> None:
    """Does what the command line says."""
    match sys.argv[1:]:
        case ["test", *versions]:
            test(versions)
        case ["lint"]:
            lint()
        case ["docstrings"]:
            docstrings()
        case ["install"]:
            install(tested(newest()), wheel())
        case ["bench", *files]:
            bench([Path(file).resolve() for file in files])
        case ["wheel"]:
            try_out(wheel())
            try_out_sdist(sdist())
        case ["build"]:
            wheel()
            sdist()
        case ["packages", *files]:
            check_packages(*built(), [Path(file).resolve() for file in files])
        case _:
            sys.exit(__doc__)
    report()


def test(versions: list[str]) -> None:
    """Tests the installed wheel on these versions, or as the first lines here say."""
    note_what_is_missing()
    built = wheel()
    found = list(interpreters())
    for version in versions or found:
        between = not versions and version not in (found[0], found[-1])
        run_tests(version, built, *(SHARED if between else ()))
    if not versions:
        test_relays(built)
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


def docstrings() -> None:
    """Writes the docstrings of the built module into its stub."""
    python = tools()
    install(python, wheel())
    with stage("docstrings"):
        stub = HERE / "python" / "grantmint" / "_native.pyi"
        run(python, HERE / "tooling" / "docstrings.py", stub, cwd=away())
        run(python, "-m", "ruff", "format", "--no-cache", stub)


#: The programs of the benchmark, each beside other peers.
BENCHES = ("peers", "drop_in", "services", "servers")


def bench(files: list[Path]) -> None:
    """Measures the installed wheel beside the peers."""
    built = wheel()
    python = venv("bench", newest(), "bench")
    install(python, built)
    with stage("bench"):
        missed = [name for name in BENCHES if not met(python, name, files)]
    if missed:
        sys.exit(f"missed what is required: {', '.join(missed)}")


def met(python: Path, name: str, files: list[Path]) -> bool:
    """Whether one program measured what is required. The others are to run in any case."""
    ending = "" if name == "peers" else f"-{name.replace('_', '-')}"
    beside = [file.with_stem(file.stem + ending) for file in files]
    into = [part for file in beside for part in ("--json", file)]
    try:
        run(python, HERE / "bench" / f"{name}.py", *into, cwd=BUILT)
    except SystemExit:
        return False
    return True


def built() -> tuple[Path, Path]:
    """The wheel and the sdist that were built last."""
    (whl,), (source,) = WHEELS.glob("*.whl"), WHEELS.glob("*.tar.gz")
    return whl, source


def try_out(built: Path) -> None:
    """Runs the tests of what all languages share, on each version."""
    for version in interpreters():
        run_tests(version, built, *SHARED)


def run_tests(version: str, built: Path, *options: object) -> None:
    """Runs the tests on one version, away from the source tree."""
    python = tested(version)
    install(python, built)
    env = environment(GRANTMINT_EMULATOR=str(emulator()), PYTHONDONTWRITEBYTECODE="1")
    if version != newest():
        options = ("-m", "not newest", *options)
    config = ("-c", HERE / "pyproject.toml", "--rootdir", HERE, "-p", "no:cacheprovider")
    with stage(f"tests on {version}"):
        run(python, "-m", "pytest", "-q", *config, *options, HERE / "tests", cwd=away(), env=env)


def test_relays(built: Path) -> None:
    """Has a real coturn server relay for what the package hands out, where it is installed."""
    if not shutil.which("turnserver"):
        return
    python = venv("turn", newest(), "turn")
    install(python, built)
    env = environment(GRANTMINT_EMULATOR=str(emulator()), PYTHONDONTWRITEBYTECODE="1")
    config = ("-c", HERE / "pyproject.toml", "--rootdir", HERE, "-p", "no:cacheprovider")
    with stage("tests with a relay"):
        tests = HERE / "tests" / "test_turn.py"
        run(python, "-m", "pytest", "-q", *config, tests, cwd=away(), env=env)


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
    """The emulated upstream; built, unless the environment says where it is."""
    if "GRANTMINT_EMULATOR" in os.environ:
        return Path(os.environ["GRANTMINT_EMULATOR"])
    with stage("emulator"):
        command = ("cargo", "build", "--locked", "--package", "grantmint-emulator")
        run(*command, cwd=REPOSITORY, env=environment())
    return TARGET / "debug" / "grantmint-emulator"


if __name__ == "__main__":
    main()
