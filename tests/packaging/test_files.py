"""What `make install` puts where, and what is in it."""

import platform
import re
import shutil
import stat
import subprocess
import tarfile
import tempfile
import tomllib
import unittest
from pathlib import Path

from installed import (
    RELEASE,
    ROOT,
    TARGET,
    Installed,
    built,
    header_version,
    install,
    pkg_config,
    run,
    series,
    stays_loaded,
)

VERSION = header_version()
SONAME = f"libgrantmint.so.{series(VERSION)}"
SBOM = ROOT / f"packaging/sboms/linux-{platform.machine()}/grantmint-c.cdx.json"
FILES = {
    "include/grantmint.h": 0o644,
    "include/grantmint.hpp": 0o644,
    "share/doc/grantmint/LICENSE-MIT": 0o644,
    "share/doc/grantmint/LICENSE-APACHE": 0o644,
    "share/doc/grantmint/THIRD-PARTY-LICENSES": 0o644,
    f"share/doc/grantmint/{SBOM.name}": 0o644,
    "lib/libgrantmint.a": 0o644,
    "lib/libgrantmint.so": f"-> {SONAME}",
    f"lib/{SONAME}": f"-> libgrantmint.so.{VERSION}",
    f"lib/libgrantmint.so.{VERSION}": 0o755,
    "lib/pkgconfig/grantmint.pc": 0o644,
    "lib/pkgconfig/grantmint-static.pc": 0o644,
    "lib/cmake/grantmint/grantmint-config.cmake": 0o644,
    "lib/cmake/grantmint/grantmint-config-version.cmake": 0o644,
}
#: With fleets on a server, credentials, ICE servers and tokens of other services.
STATIC_MAX_BYTES = 11_500_000
SHARED_MAX_BYTES = 5_000_000
#: The newest C library that the shared library may need.
GLIBC = (2, 34)


def files(folder):
    """Every file below a folder, with its mode, or its target."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_symlink():
            found[str(path.relative_to(folder))] = f"-> {path.readlink()}"
        elif path.is_file():
            found[str(path.relative_to(folder))] = stat.S_IMODE(path.stat().st_mode)
    return found


def build_id(library):
    """What the linker has named a library by what is in it."""
    return re.search(r"Build ID: (\w+)", run("readelf", "--notes", library))[1]


def undefined(archive):
    """What the objects of an archive need of others, each with its binding: WEAK if all of them can do
    without."""
    table = run("readelf", "--syms", "--wide", archive).splitlines()
    rows = [line.split() for line in table if re.match(r" *\d+:.* UND +\w", line)]
    strong = {row[7]: "GLOBAL" for row in rows if row[4] == "GLOBAL"}
    return {**{row[7]: row[4] for row in rows}, **strong}


class Files(Installed):
    def test_exactly_these_are_installed(self):
        self.assertEqual(files(self.prefix), FILES)

    def test_an_installation_can_be_repeated_and_removed(self):
        prefix = self.fresh()
        (prefix / "lib").mkdir()
        (prefix / "share/doc/grantmint").mkdir(parents=True)
        others = {"lib/libother.so", "share/doc/grantmint/changelog.Debian.gz"}
        for name in others:
            (prefix / name).touch()
        for _ in range(2):
            install(prefix)
        self.assertEqual(files(prefix).keys(), FILES.keys() | others)
        run(ROOT / "ffi/packaging/uninstall.sh", env={"PREFIX": str(prefix), "DESTDIR": ""})
        self.assertEqual(files(prefix).keys(), others)
        self.assertFalse((prefix / "lib/cmake/grantmint").exists())

    def test_the_checkout_itself_is_no_place_for_it(self):
        checkout = self.fresh()
        for folder in ("ffi/packaging", "include"):
            shutil.copytree(ROOT / folder, checkout / folder)
        there = files(checkout)
        for script, *arguments in (("install.sh", built()), ("uninstall.sh",)):
            with self.assertRaisesRegex(AssertionError, "PREFIX is this checkout"):
                run(checkout / "ffi/packaging" / script, *arguments, env={"PREFIX": str(checkout), "DESTDIR": ""})
        self.assertEqual(files(checkout), there)

    def test_destdir_is_put_before_the_prefix_and_named_nowhere(self):
        stage = self.fresh()
        install("/opt/grant mint", DESTDIR=str(stage))
        self.assertEqual(files(stage / "opt/grant mint"), FILES)
        self.assertEqual(files(stage).keys(), {f"opt/grant mint/{name}" for name in FILES})
        for name in FILES:
            content = (stage / "opt/grant mint" / name).read_bytes()
            self.assertNotIn(str(stage).encode(), content, name)

    def test_libraries_can_lie_in_another_folder(self):
        prefix = self.fresh()
        install(prefix, LIBDIR="lib/x86_64-linux-gnu")
        moved = {name.replace("lib/", "lib/x86_64-linux-gnu/", 1) for name in FILES}
        self.assertEqual(files(prefix).keys(), moved)

    def test_senseless_places_are_refused(self):
        for prefix, libdir in (("relative", "lib"), ("/opt", "/lib"), ("/opt", "../lib")):
            with self.subTest(prefix=prefix, libdir=libdir):
                with self.assertRaisesRegex(AssertionError, "must be"):
                    install(prefix, LIBDIR=libdir, DESTDIR=str(self.fresh()))

    def test_the_terms_of_everybody_are_there(self):
        for path in (self.prefix / "share/doc/grantmint").iterdir():
            written = SBOM if path.name == SBOM.name else ROOT / path.name
            self.assertEqual(path.read_bytes(), written.read_bytes(), path.name)

    def test_nothing_is_left_to_fill_in(self):
        for path in (self.prefix / "lib").rglob("*.*"):
            if path.suffix in (".pc", ".cmake"):
                self.assertIsNone(re.search(r"@\w+@", path.read_text()), path)


class Tarball(unittest.TestCase):
    """What a release has for C and C++."""

    def test_it_is_what_is_installed_with_the_terms_of_everybody(self):
        target = f"{platform.machine()}-unknown-linux-gnu"
        with tempfile.TemporaryDirectory(prefix="grantmint-") as folder:
            run(ROOT / ".github/scripts/c_tarball.sh", target, folder, cwd=ROOT)
            name = f"grantmint-c-{VERSION}-{target}"
            with tarfile.open(f"{folder}/{name}.tar.gz") as tarball:
                members = {member.name for member in tarball if not member.isdir()}
        terms = {"LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY-LICENSES", "CHANGELOG.md", SBOM.name}
        self.assertEqual(members, {f"{name}/{each}" for each in FILES.keys() | terms})


class CommandLine(unittest.TestCase):
    """What a release has for those who want the program alone."""

    def test_it_lies_as_below_usr_and_runs(self):
        target = f"{platform.machine()}-unknown-linux-gnu"
        with tempfile.TemporaryDirectory(prefix="grantmint-") as folder:
            run(ROOT / ".github/scripts/cli_tarball.sh", target, folder, cwd=ROOT, timeout=900)
            name = f"grantmint-cli-{VERSION}-{target}"
            run("tar", "-xf", f"{folder}/{name}.tar.gz", "-C", folder)
            root = Path(folder, name)
            members = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
            printed = run(root / "bin/grantmint", "--version")
            sections = run("readelf", "--sections", "--wide", root / "bin/grantmint")
            manual = (root / "share/man/man1/grantmint.1").read_text(encoding="utf-8")
        self.assertEqual(printed, f"grantmint {VERSION}\n")
        self.assertNotRegex(sections, r"\.(symtab|debug_\w+)\b")
        self.assertIn(".SH NAME", manual)
        terms = ("LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY-LICENSES", "CHANGELOG.md")
        completions = (
            "share/bash-completion/completions/grantmint",
            "share/fish/vendor_completions.d/grantmint.fish",
            "share/zsh/site-functions/_grantmint",
        )
        documents = {f"share/doc/grantmint/{each}" for each in (*terms, "grantmint-cli.cdx.json")}
        programs = {"bin/grantmint", "share/man/man1/grantmint.1", *completions}
        self.assertEqual(members, programs | documents)


class OtherPlaces(unittest.TestCase):
    """Where cargo puts what it builds."""

    def test_what_is_installed_is_what_cargo_built_this_time(self):
        """With a target, cargo uses a folder of its own. What lies in the usual one is another build."""
        target = TARGET / "packaging/other-place"
        (target / "release").mkdir(parents=True, exist_ok=True)
        for kind in ("a", "so"):
            shutil.copy(built() / f"libgrantmint.{kind}", target / "release")
        host = re.search("host: (.*)", run("rustc", "-vV"))[1]
        settings = {
            "CARGO_BUILD_TARGET": host,
            "CARGO_TARGET_DIR": str(target),
            # It is to be another library than the usual one, and soon there.
            "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
        }
        with tempfile.TemporaryDirectory(prefix="grantmint-") as folder:
            for name, environment in (("other", settings), ("usual", {})):
                command = ["make", "install", f"PREFIX={folder}/{name}", "LIBDIR=lib", "DESTDIR="]
                run(*command, cwd=ROOT, env=environment, timeout=900)
            other, usual = (
                build_id(f"{folder}/{name}/lib/{SONAME}") for name in ("other", "usual")
            )
        self.assertNotEqual(other, usual)
        self.assertEqual(other, build_id(target / host / "release/libgrantmint.so"))


class Libraries(Installed):
    def test_the_shared_library_exports_our_functions_alone(self):
        listed = run("nm", "-D", "--defined-only", self.library("so")).splitlines()
        promised = (ROOT / "tests/c/symbols.txt").read_text().split()
        self.assertEqual(sorted(line.split()[-1] for line in listed), sorted(promised))

    def test_the_static_library_has_our_names_alone_and_exports_none(self):
        members = run("ar", "t", self.library("a")).split()
        self.assertEqual(members, ["grantmint.o"])
        table = run("readelf", "--syms", "--wide", self.library("a")).splitlines()
        rows = [line.split() for line in table if re.match(r" *\d+:", line)]
        visible = {row[7]: row[5] for row in rows if row[4] != "LOCAL" and row[6] != "UND"}
        promised = (ROOT / "tests/c/symbols.txt").read_text().split()
        self.assertEqual(visible, dict.fromkeys(promised, "HIDDEN"))

    def test_the_static_library_asks_for_nothing_that_it_can_do_without(self):
        """A symbol that nothing refers to, or that is weak in what cargo made and strong here, would
        have to be there for others in the program that refer to it weakly."""
        cargos = undefined(built() / "libgrantmint.a")
        ours = undefined(self.library("a"))
        self.assertIn("WEAK", ours.values())
        for name, binding in ours.items():
            self.assertEqual(binding, cargos[name], name)
        relocations = run("readelf", "--relocs", "--wide", self.library("a"))
        named = {*re.findall(r"(?m)^[0-9a-f]{16} .* (\w+) [+-] [0-9a-f]+$", relocations)}
        self.assertEqual(ours.keys() - named, set())

    def test_the_stack_is_not_made_executable(self):
        for kind in ("so", "a"):
            sections = run("readelf", "--segments", "--sections", "--wide", self.library(kind))
            lines = [line for line in sections.splitlines() if re.search("GNU.(STACK|stack)", line)]
            self.assertTrue(lines, kind)
            self.assertFalse([line for line in lines if " RWE " in line or " X " in line], kind)

    def test_nothing_is_in_them_for_debuggers_or_for_rust(self):
        for kind in ("so", "a"):
            sections = run("readelf", "--sections", "--wide", self.library(kind))
            self.assertNotRegex(sections, r"\.(debug_info|debug_line|llvmbc|llvmcmd|rustc)\b")
            self.assertEqual(".symtab" in sections, kind == "a")
        self.assertLess(self.library("a").stat().st_size, STATIC_MAX_BYTES)
        self.assertLess(self.library("so").stat().st_size, SHARED_MAX_BYTES)

    def test_programs_ask_for_the_series_of_the_version(self):
        entries = run("readelf", "--dynamic", self.library("so"))
        self.assertIn(f"Library soname: [{SONAME}]", entries)
        self.assertTrue(stays_loaded(self.library("so")))

    def test_the_shared_library_runs_where_the_guide_says(self):
        symbols = run("objdump", "-T", self.library("so"))
        newest = max(tuple(map(int, found)) for found in re.findall(r"GLIBC_(\d+)\.(\d+)", symbols))
        self.assertLessEqual(newest, GLIBC)
        self.assertIn(f"glibc {GLIBC[0]}.{GLIBC[1]}", (ROOT / "ffi/README.md").read_text())

    def test_there_is_one_version(self):
        manifest = run("cargo", "pkgid", "--locked", "-p", "grantmint-ffi", cwd=ROOT)
        self.assertEqual(manifest.strip().rsplit("@")[-1].rsplit("#")[-1], VERSION)
        for name in ("grantmint", "grantmint-static"):
            found = pkg_config(self.prefix / "lib/pkgconfig", "--modversion", name)
            self.assertEqual(found, [VERSION])


class PkgConfigFiles(Installed):
    def test_they_say_where_the_project_is_if_it_is_known(self):
        """One place says it: `repository` in Cargo.toml."""
        manifest = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]
        for name in ("grantmint", "grantmint-static"):
            text = (self.prefix / f"lib/pkgconfig/{name}.pc").read_text()
            fields = dict(re.findall(r"(?m)^([A-Z]\w+): (.*)$", text))
            self.assertEqual(fields.get("URL"), manifest.get("repository"), name)
            self.assertEqual(fields["License"], manifest["license"], name)
            self.assertEqual(fields["Cflags"], "-I${includedir}", name)


class NativeLibraries(Installed):
    """What the static library needs is what rustc says, less what compilers bring by themselves:
    if it were named, libgcc_s would keep programs from being linked fully statically."""

    OF_COMPILERS = ("-lgcc_s", "-lc")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        command = [RELEASE, "cargo", "rustc", "--release", "--locked", "-p", "grantmint-ffi", "--lib"]
        words = [*command, "--crate-type", "staticlib", "--", "--print", "native-static-libs"]
        done = subprocess.run(words, check=True, cwd=ROOT, capture_output=True, text=True)
        named = re.search(r"native-static-libs: (.*)", done.stderr)[1].split()
        cls.truth = [library for library in named if library not in cls.OF_COMPILERS]

    def test_pkg_config_says_so(self):
        folder = self.prefix / "lib/pkgconfig"
        for name, arguments in (("grantmint", ["--static"]), ("grantmint-static", [])):
            told = pkg_config(folder, *arguments, "--libs-only-l", name)
            self.assertEqual([each for each in told if each != "-lgrantmint"], self.truth, name)

    def test_cmake_says_so(self):
        text = (self.prefix / "lib/cmake/grantmint/grantmint-config.cmake").read_text()
        told = re.search(r'INTERFACE_LINK_LIBRARIES "(.*)"', text)[1].split(";")
        self.assertEqual([f"-l{name}" for name in told], self.truth)

    def test_the_guide_says_no_more(self):
        """Plain link lines leave out what glibc has in one library with the rest."""
        lines = re.findall(r"-lpthread(?: -l\w+)*", (ROOT / "ffi/README.md").read_text())
        self.assertTrue(lines)
        for line in lines:
            self.assertLessEqual({*line.split()}, {*self.truth})
