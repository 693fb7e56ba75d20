"""What the README, the front page and the page about tests show, run as it stands."""

from __future__ import annotations

import asyncio
import re

import grantmint
import pytest
from support import KEY, REPOSITORY

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


def needs_a_framework(example):
    return any(f"from {name} import" in example for name in ("flask", "celery", "fastapi"))


def run_all(examples, names=None):
    names = {} if names is None else names
    for example in examples:
        exec(compile(example, "README.md", "exec"), names)  # noqa: S102


@pytest.mark.usefixtures("readers_machine")
def test_the_examples_run(emulator, capsys):
    examples = [one for one in examples_of(README) if not needs_a_framework(one)]
    run_all(examples)
    assert len(examples) >= 6
    assert "invalid_sid None" in capsys.readouterr().out
    assert emulator.calls == 1


@pytest.mark.newest
def test_the_examples_with_frameworks_run(emulator, key, monkeypatch):
    class Servers(grantmint.IceServers):
        @classmethod
        def twilio(cls, *arguments, **options):
            return super().twilio(*arguments, **options, base_url=emulator.base_url)

    def oauth2(_, __, ___, **options):
        return ask(f"{emulator.base_url}/oauth2/token", *KEY[1:], **options)

    ask = grantmint.oauth2
    monkeypatch.setattr(grantmint, "IceServers", Servers)
    monkeypatch.setattr(grantmint, "oauth2", oauth2)
    names = {"key": key, "__name__": "grantmint"}
    run_all(filter(needs_a_framework, examples_of(README)), names)
    names["app"].secret_key = "for tests"
    client = names["app"].test_client()
    assert client.get("/ice").status_code == 401
    with client.session_transaction() as session:
        session["user"] = "alice"
    assert sorted(client.get("/ice").json) == ["expiresIn", "iceServers"]
    assert names["sync"](7)["Authorization"].startswith("Bearer emulator-")
    for route, claim in (("livekit", "sub"), ("zoom_token", "user_identity")):
        answer = asyncio.run(names[route]("lobby", "alice"))
        assert grantmint.decode(answer["token"]).claims[claim] == "alice"


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
