"""The README is the page of the package on PyPI, where there is no checkout beside it."""

from __future__ import annotations

import re

from support import REPOSITORY

PAGE = (REPOSITORY / "bindings-python" / "README.md").read_text(encoding="utf-8")
#: What stands there until the first release, and is for whoever has a checkout.
NOTE = re.compile(r"^> The package is not on the registry yet\..*?\n\n", re.DOTALL | re.MULTILINE)
FOR_USERS, _, FROM_SOURCE = NOTE.sub("", PAGE).partition("\n## From source\n")


def test_the_page_begins_with_how_to_install_the_package():
    first = re.search(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert first.group(1) == "pip install grantmint\n"
    assert PAGE.index(first.group()) < PAGE.index("\n## ")


def test_no_link_goes_into_the_checkout():
    # Nor to a heading: the page on PyPI has no anchors.
    targets = re.findall(r"\]\(([^)\s]*)[^)]*\)", PAGE)
    targets += re.findall(r"^\[[^\]]+\]:\s*(\S+)", PAGE, re.MULTILINE)
    targets += re.findall(r"(?:href|src)=[\"']?([^\"'>\s]+)", PAGE)
    assert [target for target in targets if not target.startswith("https://")] == []


def test_what_needs_a_checkout_comes_last():
    assert FROM_SOURCE
    for needed in ("make ", "bindings-python", "checkout", "cargo "):
        assert needed not in FOR_USERS
    assert not re.search(r"\bexamples\b", FOR_USERS)


def test_the_files_that_it_names_are_in_the_repository():
    named = set(re.findall(r"`((?:docs|bindings-python)/[\w./-]+)`", PAGE))
    assert len(named) >= 4
    assert [name for name in named if not (REPOSITORY / name).exists()] == []
