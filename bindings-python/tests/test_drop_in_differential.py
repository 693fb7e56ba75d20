"""Programs of every kind, run by the vendor's package and by the drop-in, come out alike.

`GRANTMINT_LONG` in the environment makes thousands of them.
"""

from __future__ import annotations

import base64
import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import drop_in_other_programs
import drop_in_programs
import pytest
from drop_in_libraries import DROP_IN, NOW, VENDOR, clock_at
from hypothesis import HealthCheck, given, settings

KINDS = drop_in_programs.KINDS | drop_in_other_programs.KINDS
EACH = 2500 if os.environ.get("GRANTMINT_LONG") else 40
#: What a kind must come to often, to tell anything; other kinds must make tokens.
TELLING = {
    "missing or unknown arguments": "TypeError",
    "there and back": "a value",
    "reading": "JwtDecodeError",
}
TOKEN = re.compile(r"(?:<\w+ )?(ey[\w-]*)\.([\w-]*)\.[\w-]*>?")
NAN = re.compile(r"(?:NaN|-?Infinity)\b")
#: What the core's reader of headers does not take: half a pair, and numbers that no float holds.
NO_HEADER = re.compile(r"\\ud[89a-f]|\d{300}")


@dataclass
class Difference:
    """Where the drop-in differs on purpose; docs/migration.md says why."""

    error: str
    words: str
    #: Whether the vendor's package made such a token.
    is_such: Callable[[str, str], bool]
    #: Whether the drop-in may come to it before the vendor's package comes to another fault.
    early: bool = False


DIFFERENCES = {
    "NaN": Difference(
        "ValueError",
        "Out of range float values are not JSON compliant",
        lambda header, claims: bool(NAN.search(header + claims)),
        early=True,
    ),
    "detached": Difference(
        "NotImplementedError",
        "grantmint.twilio signs no tokens with a detached payload",
        lambda header, claims: claims == "",
        early=True,
    ),
    "header": Difference(
        "InvalidArgumentError",
        "invalid_argument: the header is not valid JSON",
        lambda header, claims: bool(NO_HEADER.search(header)),
    ),
    "size": Difference(
        "InvalidArgumentError",
        "limit_exceeded: the token would be over 128 KiB",
        lambda header, claims: len(header + claims) > 90_000,
    ),
}
OF_CRYPTOGRAPHY = re.compile(r"Algorithm '\w+' could not be found. Do you have cryptography .*")
ONLY_HMAC = "grantmint.twilio signs with HS256, HS384 and HS512 only"


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()


def difference(vendor, ours):
    """Which of the deliberate differences this is; None if it is none of them."""
    if not ours.error:
        return None
    kind, words = ours.error
    if vendor.error and words == ONLY_HMAC and OF_CRYPTOGRAPHY.fullmatch(vendor.error[1]):
        return "differs: algorithm" if kind == vendor.error[0] else None
    for name, one in DIFFERENCES.items():
        if kind == one.error and words.startswith(one.words):
            if vendor.error:
                return f"differs: {name}, early" if one.early else None
            signed = TOKEN.fullmatch(str(vendor.value))
            return (
                f"differs: {name}"
                if signed and one.is_such(*map(decoded, signed.groups()))
                else None
            )
    return None


@pytest.mark.parametrize("kind", KINDS)
def test_programs_come_out_alike(kind):
    seen, errors = Counter(), set()

    @settings(max_examples=EACH, suppress_health_check=list(HealthCheck))
    @given(program=KINDS[kind])
    def check(program):
        with clock_at(NOW + 0.9):
            pairs = zip(program.run(VENDOR), program.run(DROP_IN), strict=True)
        for vendor, ours in pairs:
            name = what(vendor) if vendor == ours else difference(vendor, ours)
            assert name, f"{program}\nvendor: {vendor}\nours:   {ours}"
            seen[name] += 1
            seen.update(name for name, _ in vendor.warnings)
            errors.add(vendor.error)

    check()
    print(f"{kind}: {len(errors) - 1} errors, {dict(seen.most_common())}")
    # Not all programs may come to the same.
    assert len(seen) > 1
    assert seen[TELLING.get(kind, "a token")] >= EACH // 10


def what(outcome):
    if outcome.error:
        return outcome.error[0]
    return "a token" if TOKEN.fullmatch(str(outcome.value)) else "a value"
