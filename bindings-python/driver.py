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

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
BUILT = REPOSITORY / "target"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", BUILT)).resolve()
WHEELS = BUILT / "wheels"
VERSIONS = ("3.13", "3.10")

WHEEL_MAX_BYTES = 2_500_000
ON_LINUX = sys.platform == "linux"
#: The oldest C library that the wheel runs with, as manylinux2014 has it.
GLIBC = (2, 17)

#: What stages took, in seconds.
_took: dict[str, float] = {}


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
    for name, seconds in _took.items():
        print(f"{seconds:6.1f} s  {name}")
    print(f"{sum(_took.values()):6.1f} s  in all")


def test(versions: tuple[str, ...]) -> None:
    """Tests the installed wheel on each version."""
    built = wheel()
    for version in versions:
        run_tests(version, built)
    check_types(built)


def lint() -> None:
    """Checks the style of everything that is Python here."""
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


def try_out(built: Path) -> None:
    """Runs the data that all languages share, and the processes that end badly, on each version."""
    names = "vectors or scenario or official or interpreter_ends or child"
    for version in VERSIONS:
        run_tests(version, built, "-k", names)


def wheel() -> Path:
    """The wheel that all versions share, built and held against what it promises."""
    python = tools()
    with stage("wheel"):
        shutil.rmtree(WHEELS, ignore_errors=True)
        command = [python, "-m", "maturin", "build", "--release", "--locked", "--out", WHEELS]
        options = ["--interpreter", python, *for_any_linux()]
        run(*command, *options, cwd=HERE, env=environment(PATH=path_to(python)))
        (built,) = WHEELS.glob("*.whl")
        check(built, python)
    return built


def for_any_linux() -> list[str]:
    """What has zig link the wheel for old C libraries.

    With it goes the compiler's own unwinder. zig would link in another, of LLVM, and a thread that
    the interpreter ends by pthread_exit would be unwound by two that do not know each other: a
    crash.
    """
    if not ON_LINUX:
        return []
    asked = ["cc", "-print-file-name=libgcc_s.so.1"]
    unwinder = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    if not Path(unwinder).is_absolute():
        sys.exit("the C compiler has no libgcc_s.so.1")
    options = ["--zig", "--compatibility", f"manylinux_{GLIBC[0]}_{GLIBC[1]}"]
    return [*options, "--", "-C", f"link-arg={Path(unwinder).resolve()}"]


def check(built: Path, python: Path) -> None:
    """Holds the wheel against what it promises."""
    size = built.stat().st_size
    assert size < WHEEL_MAX_BYTES, f"the wheel has {size} bytes"
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
        for needed in ("__init__.py", "_native.pyi", "py.typed", "_native.abi3.so"):
            assert f"grantmint/{needed}" in names, needed
        assert sum("/licenses/LICENSE-" in name for name in names) == 2, "licences are missing"
        library = archive.read("grantmint/_native.abi3.so")
    print(f"{built.name}: {size / 1e6:.2f} MB")
    if ON_LINUX:
        check_linux(built, python, library)


def check_linux(built: Path, python: Path, library: bytes) -> None:
    """Holds the wheel against the C library that it is for."""
    needs = max(tuple(map(int, found)) for found in re.findall(rb"GLIBC_(\d+)\.(\d+)", library))
    assert needs <= GLIBC, f"the wheel needs glibc {needs}"
    assert b"libgcc_s.so.1" in library, "the wheel has an unwinder of its own"
    command = [python, "-m", "auditwheel", "show", "--json", built]
    shown = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    print(f"needs glibc {needs[0]}.{needs[1]}; auditwheel: {shown['overall_tag']}")
    assert shown["overall_tag"].startswith(f"manylinux_{GLIBC[0]}_{GLIBC[1]}_"), shown


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
    """Holds the stubs against the module, and both against strict rules."""
    python = tools()
    install(python, built)
    with stage("types"):
        allowed = ("--allowlist", HERE / "tests" / "drop_in_absent.txt")
        run(python, "-m", "mypy.stubtest", "grantmint", *allowed, cwd=away())
        strict = ("-m", "mypy", "--strict", "--cache-dir", BUILT / "mypy")
        run(python, *strict, "--package", "grantmint", cwd=away())
        run(python, *strict, HERE / "tests" / "typing_check.py", cwd=away())
        run(python, *strict, HERE / "tests" / "drop_in_typing.py", cwd=away())


def sdist() -> None:
    """Builds the sdist, and from it a wheel: with nothing but it and its vendored crates."""
    python = tools()
    with stage("sdist"):
        run(python, "-m", "maturin", "sdist", "--out", WHEELS, cwd=HERE)
        (built,) = WHEELS.glob("*.tar.gz")
        root = unpacked(built)
        vendor(root)
        out = root.parent / "wheels"
        alone = ("--no-build-isolation", "--no-cache-dir", "--no-deps", "--no-index")
        env = environment(
            CARGO_HOME=str(root.parent / "cargo-home"),
            CARGO_NET_OFFLINE="true",
            CARGO_TARGET_DIR=str(BUILT / "sdist-target"),
            MATURIN_PEP517_ARGS="--locked",
            PATH=path_to(python),
        )
        command = (python, "-m", "pip", "wheel", *alone, "--wheel-dir", out, root)
        run(*without_network(), *command, env=env)
        (from_sdist,) = out.glob("*.whl")
        use(from_sdist)


def unpacked(built: Path) -> Path:
    """What the sdist holds, on disk: the package, core, and the licences of both."""
    home = BUILT / "sdist"
    shutil.rmtree(home, ignore_errors=True)
    with tarfile.open(built) as archive:
        archive.extractall(home, filter="data")
    root = home / built.name.removesuffix(".tar.gz")
    for needed in ("Cargo.lock", "LICENSE-APACHE", "LICENSE-MIT", "core/src/lib.rs"):
        assert (root / needed).exists(), f"the sdist lacks {needed}"
    return root


def vendor(root: Path) -> None:
    """Puts the crates of others beside the sdist, as a builder without a network does."""
    before = locked(root)
    command = ["cargo", "vendor", "vendor"]
    config = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    # The lock file is that of the whole workspace: what is not in the sdist has gone from it now.
    assert locked(root) < before, "the sdist is built with other crates than the wheel"
    (root / ".cargo").mkdir()
    (root / ".cargo" / "config.toml").write_text(config, encoding="utf-8")


def locked(root: Path) -> set[tuple[str, str]]:
    """The crates of a lock file, with their versions."""
    text = (root / "Cargo.lock").read_text(encoding="utf-8")
    return set(re.findall(r'^name = "(.+)"\nversion = "(.+)"$', text, re.MULTILINE))


def without_network() -> tuple[str, ...]:
    """What runs a program without a network, where that may be done."""
    command = ("unshare", "--net", "--map-root-user")
    if not shutil.which("unshare"):
        print("no unshare here: only cargo and pip are told to stay offline")
        return ()
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        print("unshare is not allowed here: only cargo and pip are told to stay offline")
        return ()
    return command


def use(built: Path) -> None:
    """Mints a token with a wheel, in an environment with nothing else."""
    home = BUILT / "venv-sdist"
    run(interpreter(VERSIONS[0]), "-m", "venv", "--clear", home)
    python = home / "bin" / "python"
    install(python, built)
    mint = """
from grantmint import ApiKey, TokenMinter, verify
key = ApiKey("AC" + "0" * 32, "SK" + "0" * 32, "secret")
print(verify(TokenMinter(key).mint("alice"), key).identity, "is let in by a wheel of the sdist")
"""
    run(python, "-I", "-c", mint, cwd=away())


def emulator() -> Path:
    """The emulated upstream."""
    if "emulator" not in _took:
        with stage("emulator"):
            command = ("cargo", "build", "--locked", "--package", "grantmint-emulator")
            run(*command, cwd=REPOSITORY, env=environment())
    return TARGET / "debug" / "grantmint-emulator"


def tools() -> Path:
    """The interpreter of the environment with what builds and checks."""
    return venv("tools", VERSIONS[0])


def venv(kind: str, version: str) -> Path:
    """The interpreter of an environment of its own, with what requirements-KIND.txt says."""
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
    """The interpreter of a version."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [shutil.which(f"python{version}")]
    candidates += sorted(map(str, pyenv.glob(f"versions/{version}.*/bin/python{version}")))
    for candidate in filter(None, candidates):
        works = [candidate, "-c", "import ensurepip, venv"]
        if subprocess.run(works, capture_output=True, check=False).returncode == 0:
            return candidate
    sys.exit(f"no Python {version} with venv was found on the PATH or in {pyenv}")


def install(python: Path, built: Path) -> None:
    """Installs the wheel, and nothing that it would need: it needs nothing."""
    options = ("--quiet", "--no-deps", "--no-index", "--force-reinstall")
    run(python, "-m", "pip", "install", *options, built)


def away() -> Path:
    """A directory from which no source tree is imported."""
    path = BUILT / "away"
    path.mkdir(parents=True, exist_ok=True)
    return path


def path_to(python: Path) -> str:
    """The PATH on which the programs of an environment come first."""
    return os.pathsep.join([str(python.parent), os.environ["PATH"]])


def environment(**more: str) -> dict[str, str]:
    """The environment of a program that is run."""
    return {**os.environ, "CARGO_TARGET_DIR": str(TARGET), **more}


def run(*command: object, **options: object) -> None:
    """Runs a program and shows it; ends this one if it fails."""
    words = [str(word) for word in command]
    print("+", *words, flush=True)
    ended = subprocess.run(words, check=False, **options)  # type: ignore[call-overload]
    if ended.returncode:
        sys.exit(f"{words[0]} ended with {ended.returncode}")


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Notes how long something took."""
    start = time.monotonic()
    yield
    _took[name] = _took.get(name, 0) + time.monotonic() - start


if __name__ == "__main__":
    main()
