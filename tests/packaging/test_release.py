"""What packaging/release.sh tells compilers."""

import os
import unittest
from pathlib import Path

from installed import RELEASE, ROOT, run

HOME = Path("/home/a builder")


def told(*command, **settings):
    """The flags that a command gets from it: for rustc, and for C."""
    unset = ("CARGO_ENCODED_RUSTFLAGS", "CARGO_HOME", "CARGO_TARGET_DIR", "CFLAGS", "RUSTFLAGS")
    clean = [word for name in unset for word in ("-u", name)]
    given = [f"{name}={value}" for name, value in settings.items()]
    printed = run("env", *clean, *given, RELEASE, *command, "env", "-0", cwd="/")
    environment = dict(line.split("=", 1) for line in printed.split("\0") if line)
    return environment["CARGO_ENCODED_RUSTFLAGS"].split("\037"), environment.get("CFLAGS")


def remapped(folder, name):
    return f"--remap-path-prefix={folder}={name}"


class Release(unittest.TestCase):
    def test_cargos_home_is_below_the_builders_unless_it_is_set(self):
        rust, c = told(HOME="/home/builder")
        own = remapped(ROOT, "grantmint")
        self.assertEqual(rust, [own, remapped("/home/builder/.cargo/registry/src", "")])
        self.assertEqual(c, "-ffile-prefix-map=/home/builder/.cargo/registry/src/=")
        rust, c = told(CARGO_HOME="/cargo", CARGO_TARGET_DIR="/target")
        targets = remapped("/target", "grantmint/target")
        self.assertEqual(rust, [own, targets, remapped("/cargo/registry/src", "")])
        self.assertEqual(c, "-ffile-prefix-map=/cargo/registry/src/=")

    def test_flags_that_are_set_already_still_hold(self):
        rust, c = told(RUSTFLAGS=" -C  target-cpu=native ", CFLAGS="-O1")
        self.assertEqual(rust[:2], ["-C", "target-cpu=native"])
        self.assertEqual(len(rust), 4)
        self.assertTrue(c.startswith("-O1 -ffile-prefix-map="), c)
        rust, _ = told(RUSTFLAGS="-Copt-level=1", CARGO_ENCODED_RUSTFLAGS="-C\037link-arg=a b")
        self.assertEqual(rust[:2], ["-C", "link-arg=a b"])
        self.assertEqual(len(rust), 4)

    def test_a_home_may_have_a_space_in_its_name(self):
        rust, c = told(HOME=HOME)
        self.assertEqual(rust[-1], remapped(HOME / ".cargo/registry/src", ""))
        self.assertIsNone(c)

    def test_twice_is_as_once(self):
        """Other flags would be another build of all crates."""
        self.assertEqual(told(RELEASE, CFLAGS="-O1"), told(CFLAGS="-O1"))

    def test_it_ends_as_the_command_does(self):
        self.assertEqual(os.waitstatus_to_exitcode(os.system(f"{RELEASE} sh -c 'exit 3'")), 3)


if __name__ == "__main__":
    unittest.main()
