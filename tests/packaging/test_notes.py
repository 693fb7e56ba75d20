"""The notes of a release, from the changelog."""

import unittest

from installed import ROOT
from notes import notes

CHANGELOG = """\
# Changelog

## [Unreleased]

## [0.2.0] - 2026-12-01

### Added

- More, as [a page](docs/more.md) says, and [another](https://example.com/).

## [0.2.0-rc.1] - 2026-11-01

- The first of it.
"""


class Notes(unittest.TestCase):
    def test_they_are_what_is_below_the_heading_of_the_version(self):
        told = notes(CHANGELOG, "0.2.0-rc.1", "https://example.com/tree")
        self.assertEqual(told, "- The first of it.\n")

    def test_links_to_files_of_the_project_begin_with_the_address(self):
        self.assertEqual(
            notes(CHANGELOG, "0.2.0", "https://example.com/tree"),
            "### Added\n\n- More, as [a page](https://example.com/tree/docs/more.md) says, "
            "and [another](https://example.com/).\n",
        )

    def test_a_version_of_which_nothing_is_said_is_refused(self):
        for version in ("Unreleased", "0.1.0", "0.2"):
            with self.subTest(version=version), self.assertRaisesRegex(ValueError, "says nothing"):
                notes(CHANGELOG, version, "https://example.com/tree")

    def test_the_changelog_is_written_so(self):
        changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
        # Right after a release nothing is said yet of what is not released.
        parts = [part.partition("]") for part in changelog.split("\n## [")[1:]]
        told = next(version for version, _, text in parts if "###" in text)
        self.assertIn("###", notes(changelog, told, "https://example.com/tree"))
