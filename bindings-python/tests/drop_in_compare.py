"""Whether a program comes out alike, and where it may not."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from drop_in_libraries import DROP_IN, NOW, OFFICIAL, clock_at
from drop_in_programs import Outcome, Program

TOKEN = re.compile(r"(?:<\w+ )?(ey[\w-]*)\.([\w-]*)\.[\w-]*>?")
NAN = re.compile(r"(?:NaN|-?Infinity)\b")
#: What the core's reader of headers does not take: half a pair, and numbers that no float holds.
NO_HEADER = re.compile(r"\\ud[89a-f]|\d{300}")


@dataclass
class Difference:
    """Where the drop-in differs on purpose; docs/migration.md says why."""

    error: str
    words: str
    #: Whether Twilio's package made such a token.
    is_such: Callable[[str, str], bool]
    #: Whether the drop-in may come to it before Twilio's package comes to another fault.
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
        "invalid_argument: header is not valid JSON",
        lambda header, claims: bool(NO_HEADER.search(header)),
    ),
    "size": Difference(
        "InvalidArgumentError",
        "limit_exceeded: claims make a token of over 128 KiB",
        lambda header, claims: len(header + claims) > 90_000,
    ),
}
OF_CRYPTOGRAPHY = re.compile(r"Algorithm '\w+' could not be found. Do you have cryptography .*")
ONLY_HMAC = "grantmint.twilio signs with HS256, HS384 and HS512 only"


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()


def difference(official, ours):
    """Which of the deliberate differences this is; None if it is none of them."""
    if not ours.error:
        return None
    kind, words = ours.error
    if official.error and words == ONLY_HMAC and OF_CRYPTOGRAPHY.fullmatch(official.error[1]):
        return "differs: algorithm" if kind == official.error[0] else None
    for name, one in DIFFERENCES.items():
        if kind == one.error and words.startswith(one.words):
            if official.error:
                return f"differs: {name}, early" if one.early else None
            signed = TOKEN.search(str(official.value))
            return (
                f"differs: {name}"
                if signed and one.is_such(*map(decoded, signed.groups()))
                else None
            )
    return None


def compared(program: Program, now: float = NOW + 0.9) -> Iterator[tuple[Outcome, str | None]]:
    """What each step came to by Twilio's package, and how ours differs on purpose, if so."""
    with clock_at(now):
        pairs = zip(program.run(OFFICIAL), program.run(DROP_IN), strict=True)
    for official, ours in pairs:
        name = None if official == ours else difference(official, ours)
        assert name or official == ours, f"{program}\nvendor: {official}\nours:   {ours}"
        yield official, name
