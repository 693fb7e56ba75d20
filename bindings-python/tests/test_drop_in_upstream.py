"""Twilio's own unit tests, with nothing changed but the imports.

They are not part of this project, nor of the packages that Twilio publishes:
GRANTMINT_TWILIO_PYTHON names a checkout of twilio-python that has them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = os.environ.get("GRANTMINT_TWILIO_PYTHON")
SKIPPED = "GRANTMINT_TWILIO_PYTHON names no checkout of twilio-python: its tests are not run"
TESTS = {"test_access_token.py": 18, "test_jwt.py": 20}


@pytest.fixture
def checkout(capfd):
    if CHECKOUT:
        return Path(CHECKOUT)
    with capfd.disabled():
        print(f"SKIPPED: {SKIPPED}")
    pytest.skip(SKIPPED)


@pytest.mark.parametrize("package", ["twilio", "grantmint.twilio"])
@pytest.mark.parametrize("name", TESTS)
def test_the_official_tests_pass(checkout, name, package, tmp_path):
    source = (checkout / "tests" / "unit" / "jwt" / name).read_text(encoding="utf-8")
    changed, count = re.subn(r"^from twilio\.", f"from {package}.", source, flags=re.MULTILINE)
    assert count >= 1
    changed = changed.replace("from mock import", "from unittest.mock import")
    (tmp_path / name).write_text(changed, encoding="utf-8")
    # Secrets of six letters, as theirs, are warned of.
    options = ("-q", "-W", "ignore::UserWarning", "-p", "no:cacheprovider", "--rootdir", ".")
    command = [sys.executable, "-m", "pytest", *options, name]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    print(ended.stdout)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert int(re.search(r"(\d+) passed", ended.stdout)[1]) >= TESTS[name]
