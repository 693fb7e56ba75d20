"""The migration page: its programs run, and do what it says they do."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time

import grantmint
import pytest
from drop_in_libraries import NOW, clock_at
from grantmint import decode, verify
from support import KEY, REPOSITORY, STREAMER

PAGE = (REPOSITORY / "docs" / "migration.md").read_text(encoding="utf-8")
PYTHON, _, _ = re.split(r"<!-- node:(?:begin|end) -->", PAGE)
OTHERS = (REPOSITORY / "docs" / "howto" / "other-languages.md").read_text(encoding="utf-8")
ACCOUNT, KEY_SID = "AC00000000000000000000000000000001", "SK00000000000000000000000000000002"
SECRET = "the secret shown once in the console"
NAMES = {"ACCOUNT": ACCOUNT, "KEY": KEY_SID, "SECRET": SECRET}


def blocks(language, text):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def run(program, **names):
    exec(compile(program, "docs/migration.md", "exec"), names)  # noqa: S102
    return names


OFFICIAL_ROOM, MINTER_ROOM, CALL_EACH, CALL_ONCE = blocks("python", PYTHON)
(DIFF,) = blocks("diff", PYTHON)


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    names = ("TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET")
    for name, value in zip(names, KEY, strict=True):
        monkeypatch.setenv(name, value)


def applied(diff, program):
    """The program after the change that the page shows."""
    gone, come = (
        [line[1:] for line in diff.splitlines() if line.startswith(sign)] for sign in "-+"
    )
    assert gone
    for old, new in zip(gone, come, strict=True):
        assert old in program.splitlines()
        program = program.replace(old, new)
    return program


def test_step_1_makes_the_same_token():
    before, after = run(OFFICIAL_ROOM), run(applied(DIFF, OFFICIAL_ROOM))
    assert after["AccessToken"].__module__.startswith("grantmint.")
    with clock_at(NOW + 0.9):
        assert before["room_token"]("alice") == after["room_token"]("alice")


def test_step_1_needs_neither_twilio_nor_pyjwt():
    program = f"""
import sys
sys.modules["twilio"] = sys.modules["jwt"] = None
{applied(DIFF, OFFICIAL_ROOM)}
print(room_token("alice"))
"""
    command = [sys.executable, "-c", program]
    jwt = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    assert verify(jwt, grantmint.ApiKey(*KEY)).identity == "alice"


def test_step_2_makes_the_same_claims_with_iat_and_without_nbf():
    with clock_at(int(time.time())):
        before = decode(run(OFFICIAL_ROOM)["room_token"]("alice")).claims
    after = decode(run(MINTER_ROOM)["room_token"]("alice")).claims
    issued = after.pop("iat")
    assert after["exp"] == issued + 14_400
    assert after["jti"] == f"{KEY[1]}-{issued}"
    changing = {"exp", "jti", "nbf"}
    assert {name: value for name, value in before.items() if name not in changing} == {
        name: value for name, value in after.items() if name not in changing
    }
    assert set(before) - set(after) == {"nbf"}


def test_step_3_makes_one_call_where_there_was_one_for_each(emulator, monkeypatch):
    assert CALL_EACH.count("https://media.twilio.com") == 1
    each = run(CALL_EACH.replace("https://media.twilio.com", emulator.base_url))
    minter = grantmint.PlaybackMinter
    monkeypatch.setattr(
        grantmint,
        "PlaybackMinter",
        lambda *arguments, **options: minter(*arguments, base_url=emulator.base_url, **options),
    )
    once = run(CALL_ONCE)
    for program, calls in ((each, 3), (once, 1)):
        before = emulator.calls
        for name in ("alice", "bob", "carol"):
            token = verify(program["viewer_token"](STREAMER, name), grantmint.ApiKey(*KEY))
            assert token.identity == name
            assert token.grants["player"]["playerStreamerSid"] == STREAMER
        assert emulator.calls - before == calls


SECTIONS = re.findall(r"^## (\S+)\n(.*?)(?=^## )", OTHERS, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(("language", "section"), SECTIONS, ids=[name for name, _ in SECTIONS])
def test_the_same_claims_are_made_here(language, section):
    (claims,), (program,) = blocks("json", section), blocks("python", section)
    claims = json.loads(claims)
    with clock_at(1_700_000_000):
        made = decode(run(program, **NAMES)["jwt"])
    assert made.claims == claims
    assert made.header == {"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1"}
    assert ("nbf" in claims) == bool(
        re.search(rf"^\| {re.escape(language)} \| no \| now", OTHERS, re.MULTILINE)
    )


def test_all_five_are_there_and_the_minter_makes_their_claims():
    assert [name for name, _ in SECTIONS] == ["Java", "C#", "PHP", "Ruby", "Go"]
    made = decode(run(blocks("python", OTHERS)[-1], **NAMES)["jwt"]).claims
    for _, section in SECTIONS:
        claims = json.loads(blocks("json", section)[0])
        assert set(claims) | {"iat"} == set(made) | ({"nbf"} & set(claims))
        assert all(made[name] == claims[name] for name in ("iss", "sub", "grants"))
