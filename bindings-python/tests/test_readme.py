"""What the README, the front page and the page about tests show, run as it stands."""

from __future__ import annotations

import re

import grantmint
import pytest
from support import REPOSITORY

README = (REPOSITORY / "bindings-python" / "README.md").read_text(encoding="utf-8")
FRONT_PAGE = (REPOSITORY / "README.md").read_text(encoding="utf-8")
TESTING = (REPOSITORY / "docs" / "testing.md").read_text(encoding="utf-8")


def examples_of(page):
    return re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


@pytest.fixture
def readers_machine(emulator, key, monkeypatch):
    """The credentials in the environment, and the emulator where upstream is."""
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", key.account_sid)
    monkeypatch.setenv("TWILIO_API_KEY", key.key_sid)
    monkeypatch.setenv("TWILIO_API_SECRET", "not-a-secret-emulator-demo-key-0")
    monkeypatch.setenv("FLEET_SECRET", "5a" * 32)
    upstream = grantmint.PlaybackMinter

    def minter(*arguments, **options):
        return upstream(*arguments, **{**options, "base_url": emulator.base_url})

    monkeypatch.setattr(grantmint, "PlaybackMinter", minter)


def run_all(examples):
    names = {}
    for example in examples:
        exec(compile(example, "README.md", "exec"), names)  # noqa: S102


@pytest.mark.usefixtures("readers_machine")
def test_the_examples_run(emulator, capsys):
    examples = examples_of(README)
    run_all(examples)
    assert len(examples) >= 6
    assert "invalid_sid None" in capsys.readouterr().out
    assert emulator.calls == 1


@pytest.mark.usefixtures("readers_machine")
def test_the_sixty_seconds_of_the_front_page_run(emulator, key, capsys):
    examples = examples_of(FRONT_PAGE)
    run_all(examples)
    assert len(examples) == 2
    jwt = capsys.readouterr().out.split()[0]
    assert grantmint.verify(jwt, key).identity == "alice"
    assert emulator.calls == 1


def test_the_example_of_the_page_about_tests_runs(monkeypatch):
    monkeypatch.setenv("GRANTMINT_OFFLINE", "1")
    examples = examples_of(TESTING)
    run_all(examples)
    assert len(examples) == 1


@pytest.mark.parametrize("code", grantmint.ERRORS)
def test_the_table_of_errors_is_whole(code):
    name = type(grantmint.errors._from_core(code, "", None)).__name__
    assert f"`{name}`" in README
