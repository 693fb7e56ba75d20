"""Projects that use the installed library: built outside of the tree, and run."""

import re
import shutil

from installed import (
    CONSUMERS,
    PLAIN_CARGO,
    WARNINGS,
    Installed,
    header_version,
    install,
    is_there,
    libraries_of,
    pkg_config,
    run,
    series,
    stays_loaded,
)

VERSION = header_version()
SONAME = f"libgrantmint.so.{series(VERSION)}"
TOLD = f"header {VERSION} library {VERSION}\n"
LANGUAGES = (("cc", "-std=c99", "mint.c"), ("c++", "-std=c++17", "mint.cpp"))


class Consumers(Installed):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sources = cls.folder / "project"
        shutil.copytree(CONSUMERS, cls.sources)

    def cmake(self, linkage, *options, prefix=None, target="all"):
        """Configures and builds the project; returns the folder with its programs."""
        build = self.fresh()
        where = f"-DCMAKE_PREFIX_PATH={prefix or self.prefix}"
        run("cmake", "-S", self.sources, "-B", build, where, f"-DLINKAGE={linkage}", *options)
        run("cmake", "--build", build, "--parallel", "2", "--target", target)
        return build

    def check(self, program, shared, env=None):
        """Runs a program, which must be linked the way that was asked for."""
        self.assertEqual(SONAME in libraries_of(program), shared, program)
        self.assertEqual(run(program, env=env, cwd="/"), TOLD)


class CMake(Consumers):
    def test_static(self):
        build = self.cmake("static")
        for name in ("mint_c", "mint_cpp"):
            self.check(build / name, shared=False)
        self.check_plugins(build, copies=2)

    def test_shared(self):
        build = self.cmake("shared")
        for name in ("mint_c", "mint_cpp"):
            self.check(build / name, shared=True)
        self.check_plugins(build, copies=1)

    def check_plugins(self, build, copies):
        """Plug-ins are used, unloaded and used again. They export nothing but what is their own."""
        plugins = [build / "libleft.so", build / "libright.so"]
        self.assertEqual(run(build / "host", *plugins), f"copies {copies}\n")
        for plugin in plugins:
            self.assertTrue(stays_loaded(plugin))
            exported = run("nm", "-D", "--defined-only", plugin).split()[2::3]
            own = [name for name in exported if not name.startswith("_")]
            self.assertEqual(own, ["plugin_library", "plugin_use"])

    def test_libraries_in_another_folder(self):
        prefix = self.fresh()
        install(prefix, LIBDIR="libraries/here")
        found = f"-Dgrantmint_DIR={prefix}/libraries/here/cmake/grantmint"
        for linkage in ("static", "shared"):
            build = self.cmake(linkage, found, prefix="/nowhere", target="mint_c")
            self.check(build / "mint_c", shared=linkage == "shared")

    def test_through_a_symbolic_link_to_the_libraries(self):
        root = self.fresh()
        install(root / "usr")
        (root / "lib").symlink_to("usr/lib")
        found = f"-Dgrantmint_DIR={root}/lib/cmake/grantmint"
        build = self.cmake("static", found, prefix="/nowhere", target="mint_c")
        self.check(build / "mint_c", shared=False)

    def test_one_of_the_libraries_may_be_left_out(self):
        prefix = self.fresh()
        install(prefix)
        (prefix / "lib/libgrantmint.a").unlink()
        build = self.cmake("shared", prefix=prefix, target="mint_c")
        self.check(build / "mint_c", shared=True)
        (prefix / f"lib/libgrantmint.so.{VERSION}").unlink()
        with self.assertRaisesRegex(AssertionError, "there is no libgrantmint in"):
            self.cmake("shared", prefix=prefix)

    def test_whichever_it_is(self):
        """grantmint::grantmint is static or shared as the project says, or as there is only one."""
        prefix = self.fresh()
        install(prefix)
        for wanted, shared in (("OFF", False), ("ON", True)):
            options = f"-DBUILD_SHARED_LIBS={wanted}"
            build = self.cmake("grantmint", options, prefix=prefix)
            self.check(build / "mint_cpp", shared=shared)
            self.check_plugins(build, copies=1 if shared else 2)
        (prefix / "lib/libgrantmint.a").unlink()
        build = self.cmake("grantmint", prefix=prefix, target="mint_c")
        self.check(build / "mint_c", shared=True)

    def test_components(self):
        prefix = self.fresh()
        install(prefix)
        for asked in ("static", "shared", "static;shared"):
            self.cmake("static", f"-DASKED={asked}", prefix=prefix, target="mint_c")
        with self.assertRaisesRegex(AssertionError, r"grantmint\s+has\s+no\s+component\s+statik"):
            self.cmake("static", "-DASKED=statik", prefix=prefix)
        (prefix / "lib/libgrantmint.a").unlink()
        self.cmake("shared", "-DASKED=shared", prefix=prefix, target="mint_c")
        with self.assertRaisesRegex(
            AssertionError, r"there\s+is\s+no\s+static\s+libgrantmint\s+in"
        ):
            self.cmake("shared", "-DASKED=static", prefix=prefix)


class CMakeVersions(Installed):
    """Who finds which version of the library."""

    FOUND = {
        "0.1.3": ["", "0.1", "0.1.0", "0.1.3 EXACT", "0.1...<0.2", "0.1...0.1.3", "0.0.1...1"],
        "0.10.0": ["0.10"],
        "1.2.0": ["", "1", "1.1", "1.2.0", "0.9...<2"],
    }
    NOT_FOUND = {
        "0.1.3": ["0.1.4", "0.2", "1.0", "0.1.2 EXACT", "0.0.1...<0.1.3", "0.2...<2"],
        "0.10.0": ["0.1", "0.9"],
        "1.2.0": ["1.3", "0.1", "2", "1.3...<2"],
    }

    def look(self, version, request, word=8):
        """Whether a request finds a library that says that it is of this version."""
        folder = self.fresh()
        name = "grantmint-config-version.cmake"
        text = (self.prefix / "lib/cmake/grantmint" / name).read_text()
        self.assertEqual(text.count(VERSION), 1)
        (folder / name).write_text(text.replace(VERSION, version))
        (folder / "grantmint-config.cmake").touch()
        script = folder / "look.cmake"
        script.write_text(
            "cmake_minimum_required(VERSION 3.19)\n"
            f"set(CMAKE_SIZEOF_VOID_P {word})\n"
            f'find_package(grantmint {request} CONFIG QUIET NO_DEFAULT_PATH PATHS "{folder}")\n'
            'message("${grantmint_FOUND} ${grantmint_VERSION}")\n'
        )
        found, *told = run("sh", "-c", 'cmake -P "$1" 2>&1', "sh", script).split()
        return found == "1" and told == [version]

    def test_versions(self):
        for table, expected in ((self.FOUND, True), (self.NOT_FOUND, False)):
            for version, requests in table.items():
                for request in requests:
                    with self.subTest(version=version, request=request):
                        self.assertEqual(self.look(version, request), expected)

    def test_another_word_size_is_not_found(self):
        self.assertFalse(self.look(VERSION, "", word=4))


class PkgConfig(Consumers):
    def build(self, flags, language):
        compiler, standard, source = language
        program = self.fresh() / "program"
        run(compiler, standard, *WARNINGS, self.sources / source, *flags, "-o", program)
        return program

    def flags(self, *arguments, prefix=None):
        folder = (prefix or self.prefix) / "lib/pkgconfig"
        return pkg_config(folder, "--cflags", "--libs", *arguments)

    def test_shared(self):
        for language in LANGUAGES:
            program = self.build(self.flags("grantmint"), language)
            self.check(program, shared=True, env={"LD_LIBRARY_PATH": str(self.prefix / "lib")})

    def test_static(self):
        for language in LANGUAGES:
            self.check(self.build(self.flags("grantmint-static"), language), shared=False)

    def test_static_where_there_is_nothing_else(self):
        prefix = self.fresh()
        install(prefix)
        for library in (prefix / "lib").glob("*.so*"):
            library.unlink()
        for language in LANGUAGES:
            program = self.build(self.flags("--static", "grantmint", prefix=prefix), language)
            self.check(program, shared=False)

    def test_fully_static(self):
        for language in LANGUAGES:
            program = self.build(["-static", *self.flags("--static", "grantmint")], language)
            self.assertEqual(libraries_of(program), [])
            self.check(program, shared=False)

    def test_shared_libraries_that_use_it_stay_loaded(self):
        for name in ("grantmint", "grantmint-static"):
            plugin = self.fresh() / "plugin.so"
            flags = ["-shared", "-fPIC", *self.flags(name)]
            run("cc", *WARNINGS, self.sources / "plugin.c", *flags, "-o", plugin)
            self.assertTrue(stays_loaded(plugin), name)


class Headers(Consumers):
    """What compilers say to the headers by themselves."""

    def test_an_older_standard_is_refused_by_one_error(self):
        source = self.fresh() / "old.cpp"
        source.write_text("#include <grantmint.hpp>\n")
        for standard in ("98", "11", "14"):
            command = ["c++", f"-std=c++{standard}", "-fsyntax-only", f"-I{self.prefix}/include"]
            with self.assertRaisesRegex(AssertionError, "needs C\\+\\+17: compile with") as caught:
                run(*command, source)
            self.assertEqual(len(re.findall("error: ", str(caught.exception))), 1, caught.exception)

    def test_rules_of_style_do_not_fire_in_them(self):
        """pkg-config does not tell compilers that these are headers of others, whom warnings spare."""
        command = ["c++", "-std=c++17", *WARNINGS, "-Weffc++", f"-I{self.prefix}/include"]
        run(*command, "-c", self.sources / "mint.cpp", "-o", self.fresh() / "mint.o")

    def test_no_exception_leaves_what_is_noexcept(self):
        if not is_there("clang-tidy", "the C++ header under clang-tidy"):
            self.skipTest("there is no clang-tidy")
        checks = ["--checks=-*,bugprone-exception-escape", "--warnings-as-errors=*"]
        options = ["--header-filter=.*", "--quiet", *checks, self.sources / "mint.cpp"]
        run("clang-tidy", *options, "--", "-std=c++17", f"-I{self.prefix}/include")


class InOneProgram(Consumers):
    #: The linkers that the C compiler can be told to use, and what brings each of them.
    LINKERS = {"bfd": "ld.bfd", "gold": "ld.gold", "lld": "ld.lld"}

    def test_beside_another_library_in_rust(self):
        program = self.fresh() / "program"
        source = [f"-I{self.prefix}/include", self.sources / "beside_rust.c"]
        orders = [
            order
            for other in self.other_libraries()
            for order in ((other, self.library("a")), (self.library("a"), other))
        ]
        for linker in self.linkers():
            for order in orders:
                with self.subTest(linker=linker, order=order):
                    needed = [f"-fuse-ld={linker}", "-lpthread", "-ldl", "-lm", "-o", program]
                    run("cc", *WARNINGS, *source, *order, *needed)
                    run(program)

    def other_libraries(self):
        """What cargo makes of a library in Rust by itself, with its two profiles."""
        target = self.fresh()
        for profile in ("dev", "release"):
            build = [*PLAIN_CARGO, "build", "--offline", "--quiet", "--profile", profile]
            run(*build, "--target-dir", target, cwd=self.sources / "rust")
        return [target / "debug/librust.a", target / "release/librust.a"]

    def linkers(self):
        """The linkers that are here, or that could be installed."""
        found = [name for name, program in self.LINKERS.items() if is_there(program, name)]
        self.assertIn("bfd", found)
        return found

    def test_with_another_copy_of_itself(self):
        """The shared library, and a plug-in that has the static one inside."""
        build = self.cmake("static")
        shared = self.fresh() / "plugin.so"
        flags = pkg_config(self.prefix / "lib/pkgconfig", "--cflags", "--libs", "grantmint")
        run("cc", "-shared", "-fPIC", self.sources / "plugin.c", *flags, "-o", shared)
        found = {"LD_LIBRARY_PATH": str(self.prefix / "lib")}
        told = run(build / "host", build / "libleft.so", shared, env=found)
        self.assertEqual(told, "copies 2\n")
