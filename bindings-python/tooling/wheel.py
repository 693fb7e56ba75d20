"""Builds the wheel, and checks that it runs where it should."""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from tooling.environments import path_to, tools
from tooling.places import HERE, RELEASE, REPOSITORY, TARGET, WHEELS
from tooling.programs import environment, run, stage

WHEEL_MAX_BYTES = 3_600_000
ON_LINUX = sys.platform == "linux"
SYSTEM = {"linux": "linux", "darwin": "macos", "win32": "windows"}[sys.platform]
ARCHITECTURE = {"amd64": "x86_64", "arm64": "aarch64"}.get(
    platform.machine().lower(), platform.machine()
)
#: Which crates are in the native half. There is one for what is released.
SBOM = REPOSITORY / "packaging" / "sboms" / f"{SYSTEM}-{ARCHITECTURE}" / "grantmint-python.cdx.json"
#: Where the crates are built. On Linux apart from the addon's: zig links both, started by maturin
#: here and by cargo-zigbuild there. In one folder cargo would build all crates anew for each.
CRATES = TARGET / "wheel-crates" if ON_LINUX else TARGET
#: The oldest C library that the wheel runs with, as manylinux2014 has it.
GLIBC = (2, 17)


def wheel() -> Path:
    """Builds the wheel that all versions of Python share, and checks it."""
    python = tools()
    with stage("wheel"):
        shutil.rmtree(WHEELS, ignore_errors=True)
        command = [python, "-m", "maturin", "build", "--release", "--locked", "--out", WHEELS]
        sbom = ("--sbom-include", SBOM) if SBOM.exists() else ()
        options = ["--interpreter", python, *sbom, *for_any_linux()]
        env = environment(CARGO_TARGET_DIR=str(CRATES), PATH=path_to(python))
        run("sh", RELEASE, *command, *options, cwd=HERE, env=env)
        (built,) = WHEELS.glob("*.whl")
        check(built, python)
    return built


def for_any_linux() -> list[str]:
    """The options that make zig link the wheel for old C libraries.

    They also link the C compiler's own unwinder. By itself zig links the unwinder of LLVM. Then two
    unwinders that do not know each other unwind a thread that the interpreter ends by pthread_exit,
    which crashes.
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
    """Checks the size of the wheel and the files in it."""
    size = built.stat().st_size
    assert size < WHEEL_MAX_BYTES, f"the wheel has {size} bytes"
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
        for needed in ("__init__.py", "_native.pyi", "py.typed", "_native.abi3.so"):
            assert f"grantmint/{needed}" in names, needed
        licences = {Path(name).name for name in names if "/licenses/" in name}
        assert licences == {"LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY-LICENSES"}, licences
        sboms = {name: archive.read(name) for name in names if ".dist-info/sboms/" in name}
        expected = [SBOM.read_bytes()] if SBOM.exists() else []
        assert [*sboms.values()] == expected, f"other SBOMs: {[*sboms]}"
        library = archive.read("grantmint/_native.abi3.so")
    print(f"{built.name}: {size / 1e6:.2f} MB")
    if ON_LINUX:
        check_linux(built, python, library)


def check_linux(built: Path, python: Path, library: bytes) -> None:
    """Checks that the wheel runs with the C library that it is for."""
    needs = max(tuple(map(int, found)) for found in re.findall(rb"GLIBC_(\d+)\.(\d+)", library))
    assert needs <= GLIBC, f"the wheel needs glibc {needs}"
    assert b"libgcc_s.so.1" in library, "the wheel has an unwinder of its own"
    command = [python, "-m", "auditwheel", "show", "--json", built]
    shown = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    print(f"needs glibc {needs[0]}.{needs[1]}; auditwheel: {shown['overall_tag']}")
    assert shown["overall_tag"].startswith(f"manylinux_{GLIBC[0]}_{GLIBC[1]}_"), shown
