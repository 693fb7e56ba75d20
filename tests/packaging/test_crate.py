"""The crate as it is published: packed, unpacked elsewhere, tested and used there."""

import shutil
import tarfile
import tempfile
import tomllib
import unittest
from pathlib import Path

from installed import ROOT, TARGET, header_version, run

VERSION = header_version()
NAME = f"grantmint-core-{VERSION}"
#: Builds the published crate, and programs that use it.
BUILDS = TARGET / "crate"
PROGRAM = """
use grantmint_core::{ApiKey, TokenMinter, VideoGrant, verify, VerifyOptions};

fn main() -> grantmint_core::Result<()> {
    let account = "AC00000000000000000000000000000001";
    let key = ApiKey::new(account, "SK00000000000000000000000000000002", "a secret for a test")?;
    let jwt = TokenMinter::builder(&key).grant(VideoGrant::new()).build()?.mint("alice")?;
    println!("{}", verify(&jwt, &key, &VerifyOptions::new())?.identity().unwrap_or_default());
    Ok(())
}
"""


class Crate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        # Uncommitted changes are packed, too: what is tested is what lies here.
        pack = ("cargo", "package", "--locked", "--no-verify", "--allow-dirty")
        run(*pack, "-p", "grantmint-core", cwd=ROOT, env={"CARGO_TARGET_DIR": str(BUILDS)})
        with tarfile.open(BUILDS / "package" / f"{NAME}.crate") as packed:
            packed.extractall(folder.name, filter="data")
        # All packed files are of one day in 2006: cargo would take them for what it built last time.
        for path in Path(folder.name).rglob("*.rs"):
            path.touch()
        cls.folder = Path(folder.name)
        cls.crate = cls.folder / NAME
        cls.manifest = tomllib.loads((cls.crate / "Cargo.toml").read_text())

    def cargo(self, *words, cwd):
        return run("cargo", *words, cwd=cwd, env={"CARGO_TARGET_DIR": str(BUILDS)}, timeout=900)

    def test_the_registry_shows_what_it_is(self):
        package = self.manifest["package"]
        for field in ("description", "readme", "license", "rust-version", "keywords", "categories"):
            self.assertTrue(package.get(field), field)
        for licence in ("LICENSE-APACHE", "LICENSE-MIT"):
            text = (self.crate / licence).read_text()
            self.assertEqual(text, (ROOT / licence).read_text())
        page = (self.crate / "README.md").read_text()
        self.assertIn("cargo add grantmint-core", page.split("##")[0])
        self.assertNotRegex(page, r"\]\((?!https://)", "a link that is dead on the registry's page")

    def test_it_depends_on_published_crates_alone(self):
        kinds = ("dependencies", "dev-dependencies")
        targets = [self.manifest, *self.manifest.get("target", {}).values()]
        needed = [one for target in targets for kind in kinds for one in target.get(kind, {}).items()]
        self.assertGreater(len(needed), 10)
        for name, how in needed:
            self.assertIn("version", how, name)
            self.assertNotIn("path", how, name)

    def test_its_own_tests_pass_elsewhere(self):
        for which in ("--lib", "--doc"):
            self.assertIn("test result: ok", self.cargo("test", which, cwd=self.crate))

    def test_a_program_uses_it_and_locks_nothing_of_the_tests(self):
        program = self.folder / "program"
        (program / "src").mkdir(parents=True)
        (program / "src/main.rs").write_text(PROGRAM)
        (program / "Cargo.toml").write_text(
            '[package]\nname = "program"\nedition = "2024"\n\n[dependencies]\n'
            f'grantmint-core = {{ path = "../{NAME}" }}\n'
        )
        # The versions that are tested here, so that nothing has to be downloaded.
        shutil.copy(ROOT / "Cargo.lock", program)
        self.assertEqual(self.cargo("run", "--quiet", "--offline", cwd=program), "alice\n")
        locked = tomllib.loads((program / "Cargo.lock").read_text())["package"]
        names = {package["name"] for package in locked}
        self.assertIn("rustls", names)
        for unused in ("ureq", "shuttle", "grantmint-emulator", "proptest", "tokio"):
            self.assertNotIn(unused, names)


if __name__ == "__main__":
    unittest.main()
