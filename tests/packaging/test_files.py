"""What `make install` puts where, and what is in it."""

import re
import stat
import subprocess

from installed import (
    ROOT,
    Installed,
    header_version,
    install,
    pkg_config,
    run,
    series,
    stays_loaded,
)

VERSION = header_version()
SONAME = f"libgrantmint.so.{series(VERSION)}"
FILES = {
    "include/grantmint.h": 0o644,
    "include/grantmint.hpp": 0o644,
    "lib/libgrantmint.a": 0o644,
    "lib/libgrantmint.so": f"-> {SONAME}",
    f"lib/{SONAME}": f"-> libgrantmint.so.{VERSION}",
    f"lib/libgrantmint.so.{VERSION}": 0o755,
    "lib/pkgconfig/grantmint.pc": 0o644,
    "lib/pkgconfig/grantmint-static.pc": 0o644,
    "lib/cmake/grantmint/grantmint-config.cmake": 0o644,
    "lib/cmake/grantmint/grantmint-config-version.cmake": 0o644,
}
STATIC_MAX_BYTES = 12_000_000
SHARED_MAX_BYTES = 6_000_000
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


class Files(Installed):
    def test_exactly_these_are_installed(self):
        self.assertEqual(files(self.prefix), FILES)

    def test_an_installation_can_be_repeated_and_removed(self):
        prefix = self.fresh()
        (prefix / "lib").mkdir()
        (prefix / "lib/libother.so").touch()
        for _ in range(2):
            install(prefix)
        self.assertEqual(files(prefix).keys(), {*FILES, "lib/libother.so"})
        run(ROOT / "ffi/packaging/uninstall.sh", env={"PREFIX": str(prefix), "DESTDIR": ""})
        self.assertEqual(files(prefix).keys(), {"lib/libother.so"})
        self.assertFalse((prefix / "lib/cmake/grantmint").exists())

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

    def test_nothing_is_left_to_fill_in(self):
        for path in (self.prefix / "lib").rglob("*.*"):
            if path.suffix in (".pc", ".cmake"):
                self.assertIsNone(re.search(r"@\w+@", path.read_text()), path)


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


class NativeLibraries(Installed):
    """What the static library needs is what rustc says, less what compilers bring by themselves:
    if it were named, libgcc_s would keep programs from being linked fully statically."""

    OF_COMPILERS = ("-lgcc_s", "-lc")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        command = ["cargo", "rustc", "--release", "--locked", "-p", "grantmint-ffi", "--lib"]
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

    def test_the_readmes_say_no_more(self):
        """Plain link lines leave out what glibc has in one library with the rest."""
        for path in (ROOT / "README.md", ROOT / "ffi/README.md"):
            lines = re.findall(r"-lpthread(?: -l\w+)*", path.read_text())
            self.assertTrue(lines, path)
            for line in lines:
                self.assertLessEqual({*line.split()}, {*self.truth}, path)
