"""The README's sixty seconds, and everything else it shows, run as they stand."""

from __future__ import annotations

import re

import grantmint
import pytest
from support import REPOSITORY

README = (REPOSITORY / "bindings-python" / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def test_the_examples_run(emulator, key, monkeypatch, capsys):
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", key.account_sid)
    monkeypatch.setenv("TWILIO_API_KEY", key.key_sid)
    monkeypatch.setenv("TWILIO_API_SECRET", "not-a-secret-emulator-demo-key-0")
    upstream = grantmint.PlaybackMinter

    def minter(*arguments, **options):
        return upstream(*arguments, base_url=emulator.base_url, **options)

    monkeypatch.setattr(grantmint, "PlaybackMinter", minter)
    names = {}
    for example in EXAMPLES:
        exec(compile(example, "README.md", "exec"), names)  # noqa: S102
    assert len(EXAMPLES) >= 6
    assert "invalid_sid None" in capsys.readouterr().out
    assert emulator.calls == 1


@pytest.mark.parametrize("code", grantmint.ERRORS)
def test_the_table_of_errors_is_whole(code):
    name = type(grantmint.errors._from_core(code, "", None)).__name__
    assert f"`{name}`" in README
