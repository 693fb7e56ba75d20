#!/usr/bin/env python3
"""Installs what `make dist` has put into a folder, where nothing else is, and uses each of it.

    dist_used.py FOLDER

No compiler can be found meanwhile: PATH is a folder with links to the few programs that installing takes. Only the
program in C is compiled before that, by a C compiler alone, as whoever uses the tarball does. The crate is looked at
here, and built in test_crate.py.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile
from pathlib import Path

from installed import CONSUMERS, ROOT, WARNINGS, header_version

VERSION = header_version()
#: What installing and running takes.
PROGRAMS = ("env", "gzip", "node", "sh", "tar", "uname")
COMPILERS = ("c++", "cargo", "cc", "clang", "gcc", "ld", "rustc", "zig")
#: A made-up key.
KEY = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 31 + "1",
    "TWILIO_API_KEY": "SK" + "0" * 31 + "2",
    "TWILIO_API_SECRET": "made up for this trial alone",
}


def content(package):
    """The files in a package, as their names and bytes."""
    if zipfile.is_zipfile(package):
        with zipfile.ZipFile(package) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    with tarfile.open(package) as archive:
        return {file.name: archive.extractfile(file).read() for file in archive if file.isfile()}


class Dist(unittest.TestCase):
    folder: Path

    @classmethod
    def setUpClass(cls):
        rows = json.loads((cls.folder / "packages.json").read_text(encoding="utf-8"))
        cls.rows = {row["name"]: row for row in rows}
        home = tempfile.TemporaryDirectory(prefix="grantmint-dist-")
        cls.addClassCleanup(home.cleanup)
        cls.home = Path(home.name).resolve()
        tools = cls.home / "tools"
        tools.mkdir()
        for program in PROGRAMS:
            (tools / program).symlink_to(shutil.which(program))
        cls.environment = {"PATH": str(tools), "HOME": str(cls.home), "LANG": "C.UTF-8"}

    def run_alone(self, *command, cwd=None, **more):
        """Runs a program that finds no compiler; returns what it prints."""
        done = subprocess.run(
            [str(word) for word in command],
            cwd=cwd or self.home,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            timeout=300,
        )
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def named(self, kind, part=""):
        """The one package of a kind whose name has that part."""
        (name,) = (n for n, row in self.rows.items() if row["kind"] == kind and part in n)
        return self.folder / name

    def unpacked(self, package):
        into = self.home / package.name.removesuffix(".tar.gz")
        with tarfile.open(package) as archive:
            archive.extractall(self.home, filter="data")
        return into

    def test_no_compiler_is_found(self):
        found = [name for name in COMPILERS if shutil.which(name, path=self.environment["PATH"])]
        self.assertEqual(found, [])

    def test_the_list_says_what_is_there(self):
        files = {p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if p.is_file()}
        self.assertEqual(files - {"packages.json", "SHA256SUMS"}, {*self.rows})
        for name, row in self.rows.items():
            data = (self.folder / name).read_bytes()
            self.assertEqual(row["bytes"], len(data), name)
            self.assertEqual(row["sha256"], hashlib.sha256(data).hexdigest(), name)
        sums = (self.folder / "SHA256SUMS").read_text().splitlines()
        self.assertEqual(sums, [f"{row['sha256']}  {name}" for name, row in self.rows.items()])
        kinds = sorted(row["kind"] for row in self.rows.values())
        packages = ["Python sdist", "Python wheel", "Rust crate", "npm package", "npm package"]
        self.assertEqual(kinds, sorted(["SBOM"] * 4 + packages + ["tarball"] * 2))

    def test_each_library_has_its_sbom_with_it(self):
        packages = {
            "grantmint-python": self.named("Python wheel"),
            "grantmint-node": self.named("npm package", "linux"),
            "grantmint-c": self.named("tarball", "grantmint-c-"),
            "grantmint-cli": self.named("tarball", "grantmint-cli-"),
        }
        described = set()
        for name, package in packages.items():
            sbom = (self.folder / f"sboms/{name}.cdx.json").read_bytes()
            found = [data for file, data in content(package).items() if file.endswith(".cdx.json")]
            self.assertTrue(found and all(data == sbom for data in found), package.name)
            described.add(json.loads(sbom)["metadata"]["component"]["purl"])
        # By this they are told apart where SBOMs are collected.
        self.assertEqual(len(described), len(packages), described)

    def test_the_wheel(self):
        python = self.home / "venv/bin/python"
        subprocess.run([sys.executable, "-m", "venv", self.home / "venv"], check=True)
        pip = (python, "-I", "-m", "pip", "install", "--quiet", "--no-index", "--no-cache-dir")
        self.run_alone(*pip, self.named("Python wheel"))
        told = self.run_alone(python, "-I", ROOT / ".github/scripts/try.py")
        self.assertRegex(told, r"a token of \d+ characters")
        version = self.run_alone(self.home / "venv/bin/grantmint", "--version")
        self.assertIn(VERSION, version)

    def test_the_npm_packages(self):
        app = self.home / "app"
        app.mkdir()
        npm = Path(shutil.which("npm")).resolve()
        install = ("node", npm, "install", "--offline", "--no-audit", "--no-fund", "--silent")
        tarballs = (self.folder / n for n, row in self.rows.items() if row["kind"] == "npm package")
        self.run_alone(*install, *tarballs, cwd=app)
        shutil.copy(ROOT / ".github/scripts/try.mjs", app)
        told = self.run_alone("node", "try.mjs", cwd=app)
        self.assertRegex(told, r"a token of \d+ characters")

    def test_the_c_library(self):
        prefix = self.unpacked(self.named("tarball", "grantmint-c-"))
        flags = [f"-I{prefix}/include", f"-L{prefix}/lib", f"-Wl,-rpath,{prefix}/lib"]
        statically = [prefix / "lib/libgrantmint.a", "-lpthread", "-ldl", "-lm"]
        for name, libraries in (("shared", ["-lgrantmint"]), ("static", statically)):
            program = self.home / f"mint-{name}"
            command = ["cc", "-std=c11", *WARNINGS, CONSUMERS / "mint.c", *flags, *libraries]
            subprocess.run([*command, "-o", program], check=True)
            self.assertEqual(self.run_alone(program), f"header {VERSION} library {VERSION}\n")

    def test_the_command_line(self):
        program = self.unpacked(self.named("tarball", "grantmint-cli-")) / "bin/grantmint"
        self.assertIn(VERSION, self.run_alone(program, "--version"))
        asked = ("token", "video", "--identity", "alice", "--room-name", "DailyStandup")
        token = self.run_alone(program, *asked, **KEY).strip()
        self.assertRegex(token, r"^eyJ[\w-]+\.[\w-]+\.[\w-]+$")

    def test_the_crate(self):
        files = content(self.named("Rust crate"))
        for needed in ("Cargo.toml", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "src/lib.rs"):
            self.assertIn(f"grantmint-core-{VERSION}/{needed}", files)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    Dist.folder = Path(sys.argv.pop()).resolve()
    unittest.main(verbosity=2)
