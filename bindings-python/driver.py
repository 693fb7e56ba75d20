"""Builds the wheel once, installs it where nothing else is, and tests it there.

    python driver.py wheel            a wheel and an sdist in target/wheels, checked
    python driver.py test [3.13 …]    tests on each version; the servers and tools on the newest
    python driver.py bench            measures beside the peers

Interpreters are looked for as python3.X on the PATH, then among pyenv's.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")).resolve()
WHEELS = REPOSITORY / "target" / "wheels"
VERSIONS = ("3.13", "3.10")

WHEEL_MAX_BYTES = 2_500_000
#: The newest C library that the wheel may need, as the tag of its name says.
GLIBC = (2, 34)


def run(*command: object, **options: object) -> None:
    """Runs a program and shows it; ends this one if it fails."""
    words = [str(word) for word in command]
    print("+", *words, flush=True)
    subprocess.run(words, check=True, **options)  # type: ignore[call-overload]


def interpreter(version: str) -> str:
    """The interpreter of a version."""
    candidates = [shutil.which(f"python{version}")]
    pyenv = shutil.which("pyenv")
    if pyenv:
        listed = subprocess.run([pyenv, "versions", "--bare"], capture_output=True, text=True)  # noqa: PLW1510
        for name in sorted(listed.stdout.split(), reverse=True):
            if name == version or name.startswith(f"{version}."):
                prefix = subprocess.run(  # noqa: PLW1510
                    [pyenv, "prefix", name], capture_output=True, text=True
                ).stdout.strip()
                candidates.append(str(Path(prefix) / "bin" / f"python{version}"))
    for candidate in filter(None, candidates):
        asked = subprocess.run([candidate, "-c", "import venv"], capture_output=True)  # noqa: PLW1510
        if asked.returncode == 0:
            return candidate
    sys.exit(f"no Python {version} was found")


def venv(version: str) -> Path:
    """A virtual environment of its own, with what the tests need; returns its interpreter."""
    home = REPOSITORY / "target" / f"venv-{version}"
    python = home / "bin" / "python"
    requirements = HERE / "requirements-test.txt"
    stamp = home / "requirements-test.txt"
    if not stamp.exists() or stamp.read_text() != requirements.read_text():
        run(interpreter(version), "-m", "venv", "--clear", home)
        run(python, "-m", "pip", "install", "--quiet", "--requirement", requirements)
        stamp.write_text(requirements.read_text())
    return python


def wheel() -> Path:
    """Builds the wheel that all versions share."""
    python = venv(VERSIONS[0])
    shutil.rmtree(WHEELS, ignore_errors=True)
    build = [python, "-m", "maturin", "build", "--release", "--locked", "--out", WHEELS]
    run(*build, "--interpreter", python, cwd=HERE, env={**os.environ, "CARGO_TARGET_DIR": TARGET})
    (built,) = WHEELS.glob("*.whl")
    return built


def check(built: Path) -> None:
    """Holds the wheel against what it promises."""
    size = built.stat().st_size
    assert size < WHEEL_MAX_BYTES, f"the wheel has {size} bytes"
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
        for needed in ("__init__.py", "_native.pyi", "py.typed", "_native.abi3.so"):
            assert f"grantmint/{needed}" in names, needed
        library = archive.read("grantmint/_native.abi3.so")
    needs = {tuple(map(int, found)) for found in re.findall(rb"GLIBC_(\d+)\.(\d+)", library)}
    assert max(needs) <= GLIBC, f"the wheel needs glibc {max(needs)}"
    assert f"manylinux_{GLIBC[0]}_{GLIBC[1]}" in built.name, built.name
    need = ".".join(map(str, max(needs)))
    print(f"{built.name}: {size / 1e6:.2f} MB, needs glibc {need}")


def install(python: Path, built: Path) -> None:
    """Installs the wheel, and nothing that it would need: it needs nothing."""
    options = ("--quiet", "--no-deps", "--no-index", "--force-reinstall")
    run(python, "-m", "pip", "install", *options, built)


def test(versions: tuple[str, ...]) -> None:
    """Tests the installed wheel on each version."""
    built = wheel()
    check(built)
    run("cargo", "build", "--locked", "--package", "grantmint-emulator", cwd=REPOSITORY)
    emulator = TARGET / "debug" / "grantmint-emulator"
    away = REPOSITORY / "target" / "away"
    away.mkdir(exist_ok=True)
    for version in versions:
        python = venv(version)
        install(python, built)
        env = {**os.environ, "GRANTMINT_EMULATOR": str(emulator), "PYTHONDONTWRITEBYTECODE": "1"}
        config = ("-c", HERE / "pyproject.toml", "--rootdir", HERE, "-p", "no:cacheprovider")
        run(python, "-m", "pytest", "-q", *config, HERE / "tests", cwd=away, env=env)
    python = venv(versions[0])
    run(python, "-m", "mypy.stubtest", "grantmint", cwd=away)
    run(python, "-m", "mypy", "--strict", "--package", "grantmint", cwd=away)
    run(python, "-m", "mypy", "--strict", HERE / "tests" / "typing_check.py", cwd=away)
    lint(python)


def lint(python: Path) -> None:
    """Checks the style of everything that is Python here."""
    run(python, "-m", "ruff", "check", "--no-cache", HERE)
    run(python, "-m", "ruff", "format", "--no-cache", "--check", HERE)


def bench() -> None:
    """Measures the installed wheel beside the peers."""
    python = venv(VERSIONS[0])
    run(python, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements-bench.txt")
    install(python, wheel())
    run(python, HERE / "bench" / "peers.py", cwd=REPOSITORY / "target")


def main() -> None:
    """Does what the command line says."""
    match sys.argv[1:]:
        case ["wheel"]:
            check(wheel())
            sdist = ("maturin", "sdist", "--out", WHEELS)
            run(venv(VERSIONS[0]), "-m", *sdist, cwd=HERE)
        case ["test", *versions]:
            test(tuple(versions) or VERSIONS)
        case ["lint"]:
            lint(venv(VERSIONS[0]))
        case ["bench"]:
            bench()
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
