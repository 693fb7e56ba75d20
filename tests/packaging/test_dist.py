"""What packages are called, and the folders that they are put into: what somebody has there is not deleted."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from installed import ROOT, TARGET

sys.path.insert(0, str(ROOT / "packaging"))

import dist  # noqa: E402

#: What empties the folder that it is given.
PROGRAMS = {
    "dist.py": (sys.executable, "-B", ROOT / "packaging/dist.py"),
    "npm.mjs": ("node", ROOT / "bindings-node/scripts/npm.mjs"),
}


class Folders(unittest.TestCase):
    def folder(self, within=None):
        made = tempfile.TemporaryDirectory(dir=within)
        self.addCleanup(made.cleanup)
        return Path(made.name).resolve()

    def test_a_folder_of_somebody_is_left_as_it_is(self):
        for name, command in PROGRAMS.items():
            home = self.folder()
            (home / "thesis").write_text("years of work")
            done = subprocess.run([*command, home], capture_output=True, text=True, timeout=60)
            self.assertNotEqual(done.returncode, 0, name)
            self.assertIn(f"{home} is not empty", done.stderr, name)
            self.assertEqual((home / "thesis").read_text(), "years of work", name)

    def test_one_in_target_is_emptied_and_a_new_one_made(self):
        TARGET.mkdir(exist_ok=True)
        for folder in (self.folder(TARGET), self.folder() / "new/one"):
            if folder.exists():
                (folder / "of before").touch()
            self.assertEqual(dist.emptied(folder), folder)
            self.assertEqual(list(folder.iterdir()), [])

    def test_target_itself_is_not_emptied(self):
        TARGET.mkdir(exist_ok=True)
        with self.assertRaises(SystemExit):
            dist.emptied(self.folder(TARGET).parent)


class Names(unittest.TestCase):
    def test_no_tarball_is_named_for_a_target_that_is_not_built_for(self):
        for kind in ("c", "cli"):
            with tempfile.TemporaryDirectory() as folder:
                script = ROOT / f".github/scripts/{kind}_tarball.sh"
                command = (script, "riscv64gc-unknown-linux-gnu", folder)
                done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
                self.assertEqual((done.returncode, list(Path(folder).iterdir())), (1, []), kind)
                self.assertIn("not for riscv64gc-unknown-linux-gnu", done.stderr)


if __name__ == "__main__":
    unittest.main()
