"""What the packaging tests share: an installed library, and programs that use it."""

import functools
import os
import re
import shlex
import subprocess
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CONSUMERS = HERE / "consumers"
#: What cargo builds for release through.
RELEASE = ROOT / "packaging/release.sh"
#: Cargo as it is by itself, whatever the builder of this library tells it.
PLAIN_CARGO = ["env", "-u", "CARGO_BUILD_TARGET", "-u", "RUSTFLAGS", "cargo"]
#: Where cargo builds, and these tests.
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def run(*command, env=None, timeout=300, **options):
    """Runs a program to its end; returns what it prints. A failure shows everything."""
    words = [str(word) for word in command]
    options.update(capture_output=True, text=True, env={**os.environ, **(env or {})})
    done = subprocess.run(words, timeout=timeout, **options)
    if done.returncode != 0:
        text = f"{' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        raise AssertionError(text)
    return done.stdout


def is_there(thing, what):
    """Whether a program is here, or could be installed. If not, it is noted that this was not tried."""
    command = [ROOT / "tests/machine/try.sh", thing, what, "echo", "there"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout == "there\n"


@functools.cache
def built():
    """The folder of the release build: install.sh takes the libraries from there."""
    return Path(run(ROOT / "ffi/packaging/build.sh").rstrip("\n"))


def install(prefix, **settings):
    """Installs the library as `make install` does once it is built."""
    script = ROOT / "ffi/packaging/install.sh"
    run(script, built(), env={"DESTDIR": "", "LIBDIR": "lib", "PREFIX": str(prefix), **settings})


def header_version():
    for line in (ROOT / "include/grantmint.h").read_text().splitlines():
        if line.startswith("#define GRANTMINT_VERSION "):
            return line.split('"')[1]
    raise AssertionError("the header has no version")


def series(version):
    """What a version is compatible with: its major version, and before 1.0 its minor version."""
    major, minor, _ = version.split(".")
    return f"0.{minor}" if major == "0" else major


def pkg_config(folder, *arguments):
    return shlex.split(run("pkg-config", *arguments, env={"PKG_CONFIG_PATH": str(folder)}))


def libraries_of(program):
    """The shared libraries that a program asks for."""
    lines = run("readelf", "-d", program).splitlines()
    return [line.split("[")[1].rstrip("]") for line in lines if "(NEEDED)" in line]


def stays_loaded(library):
    """Whether a shared library says that it must not be unloaded."""
    return re.search(r"FLAGS_1.*\bNODELETE\b", run("readelf", "-d", library)) is not None


class Installed(unittest.TestCase):
    """Tests with a folder of their own outside of the tree, and a library installed in it: under
    another name first, so that what finds it finds it where it was moved to."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="grantmint-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name).resolve()
        install(cls.folder / "before")
        cls.prefix = cls.folder / "moved here"
        (cls.folder / "before").rename(cls.prefix)

    def fresh(self):
        """An empty folder for one test."""
        return Path(tempfile.mkdtemp(dir=self.folder))

    def library(self, kind):
        return self.prefix / "lib" / f"libgrantmint.{kind}"
