"""Programs of every kind, run by Twilio's package and by the drop-in, come out alike.

`GRANTMINT_LONG` in the environment makes thousands of them.
"""

from __future__ import annotations

import os
from collections import Counter

import drop_in_other_programs
import drop_in_programs
import pytest
from drop_in_compare import TOKEN, compared
from hypothesis import HealthCheck, given, settings

KINDS = drop_in_programs.KINDS | drop_in_other_programs.KINDS
EACH = 2500 if os.environ.get("GRANTMINT_LONG") else 40
#: What a kind must come to often, to tell anything; other kinds must make tokens.
TELLING = {
    "missing or unknown arguments": "TypeError",
    "there and back": "a value",
    "reading": "JwtDecodeError",
}


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", KINDS)
def test_programs_come_out_alike(kind):
    seen, errors = Counter(), set()

    @settings(max_examples=EACH, suppress_health_check=list(HealthCheck))
    @given(program=KINDS[kind])
    def check(program):
        for official, difference in compared(program):
            seen[difference or what(official)] += 1
            seen.update(name for name, _ in official.warnings)
            errors.add(official.error)

    check()
    print(f"{kind}: {len(errors) - 1} errors, {dict(seen.most_common())}")
    # Not all programs may come to the same.
    assert len(seen) > 1 or len(errors) > 1
    assert seen[TELLING.get(kind, "a token")] >= EACH // 10


def what(outcome):
    if outcome.error:
        return outcome.error[0]
    return "a token" if TOKEN.fullmatch(str(outcome.value)) else "a value"
