"""Builds the sdist, and from it alone a wheel, without a network."""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from tooling.environments import install, interpreter, newest, path_to, tools
from tooling.places import BUILT, HERE, WHEELS, away
from tooling.programs import environment, run, stage


def sdist() -> Path:
    """Builds the sdist."""
    with stage("sdist"):
        run(tools(), "-m", "maturin", "sdist", "--out", WHEELS, cwd=HERE)
    (built,) = WHEELS.glob("*.tar.gz")
    return built


def try_out_sdist(built: Path) -> None:
    """Builds a wheel from nothing but the sdist and its vendored crates, and uses it."""
    python = tools()
    with stage("wheel of the sdist"):
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
    """Unpacks the sdist. Checks that it holds the package, core, and the licences of both."""
    home = BUILT / "sdist"
    shutil.rmtree(home, ignore_errors=True)
    with tarfile.open(built) as archive:
        archive.extractall(home, filter="data")
    root = home / built.name.removesuffix(".tar.gz")
    licences = ("LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY-LICENSES")
    for needed in ("Cargo.lock", *licences, "core/src/lib.rs"):
        assert (root / needed).exists(), f"the sdist lacks {needed}"
    return root


def vendor(root: Path) -> None:
    """Puts the crates of others into the unpacked sdist, as a builder without a network does."""
    before = locked(root)
    command = ["cargo", "vendor", "vendor"]
    config = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    # The lock file was that of the whole workspace. It now lacks the crates of other packages.
    assert locked(root) < before, "the sdist is built with other crates than the wheel"
    (root / ".cargo").mkdir()
    (root / ".cargo" / "config.toml").write_text(config, encoding="utf-8")


def locked(root: Path) -> set[tuple[str, str]]:
    """The crates of a lock file, with their versions."""
    text = (root / "Cargo.lock").read_text(encoding="utf-8")
    return set(re.findall(r'^name = "(.+)"\nversion = "(.+)"$', text, re.MULTILINE))


def without_network() -> tuple[str, ...]:
    """The command that runs a program without a network, if that is allowed here."""
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
    run(interpreter(newest()), "-m", "venv", "--clear", home)
    python = home / "bin" / "python"
    install(python, built)
    mint = """
from grantmint import ApiKey, TokenMinter, verify
key = ApiKey("AC" + "0" * 32, "SK" + "0" * 32, "secret")
print(verify(TokenMinter(key).mint("alice"), key).identity, "is let in by a wheel of the sdist")
"""
    run(python, "-I", "-c", mint, cwd=away())
