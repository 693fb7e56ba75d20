"""The linking guide: what it says of linking is done, in one shell, from top to bottom. What has a file's name before it is done
by tests/site/examples.py."""

import re

from installed import ROOT, Installed, install, run

GUIDE = ROOT / "ffi/README.md"
FILES = {"c": "main.c", "cpp": "main.cpp", "cmake": "CMakeLists.txt"}


def blocks():
    """The code of the guide, with its language."""
    found = re.findall(r"^(<!-- file: .* -->\n)?```(\w+)\n(.*?)^```$", GUIDE.read_text(), re.DOTALL | re.MULTILINE)
    return [(language, code) for elsewhere, language, code in found if not elsewhere and language != "console"]


class Guide(Installed):
    def test_everything_in_it_builds_and_runs(self):
        home = self.fresh()
        prefix = re.search(r'make install PREFIX="\$HOME/([\w-]+)"', GUIDE.read_text())
        install(home / prefix[1])
        script = ["set -eu"]
        for language, code in blocks():
            if language in FILES:
                path = home / FILES[language]
                self.assertFalse(path.exists(), f"two files {path.name}")
                path.write_text(code)
            else:
                self.assertEqual(language, "sh")
                if "grantmint emulator" not in code:
                    script.append(code.replace("make install", ": make install"))
        told = run("sh", "-c", "\n".join(script), cwd=home, env={"HOME": str(home)})
        tokens = [line for line in told.splitlines() if line.startswith("eyJ")]
        runs = len(re.findall(r"(?:\./|build/)first", "\n".join(script)))
        self.assertEqual((len(tokens), runs), (6, 6), told)

    def test_what_it_links_to_is_there(self):
        links = re.findall(r"\]\((?!https?:)([^)#]+)\)", GUIDE.read_text())
        self.assertGreater(len(links), 3)
        for link in links:
            self.assertTrue((GUIDE.parent / link).exists(), link)

    def test_it_says_what_make_install_installs(self):
        text = GUIDE.read_text()
        for path in (path for path in self.prefix.rglob("*") if path.is_file()):
            name = path.relative_to(self.prefix)
            mentioned = f"`{name}`", f"`{name.parent}/`"
            if not path.name.startswith("libgrantmint.so."):
                self.assertTrue(any(each in text for each in mentioned), name)
