"""What programs hand to a token: what they should, and what they should not."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from typing import Any

from hypothesis import strategies as st

NOW = 1_700_000_000


class Region(str, enum.Enum):
    IRELAND = "ie1"


class Moment(enum.IntEnum):
    SOON = NOW + 60


class Text(str):
    """A subclass of str, as frameworks have them."""

    __slots__ = ()


PEM = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"
PEM_OF_NOTHING = "-----BEGIN NOTHING-----\nMIIB\n-----END NOTHING-----"
JWK = '{"kty":"oct","k":"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}'
SECRET = "a secret with thirty-two letters"

#: Letters of every kind: those that JSON escapes, beyond the BMP, and half of a pair.
letters = st.sampled_from('aZ0_-/<>&"\\\x00\x1f\x7f\u00e5\u2028\u4e2d\U0001f3ac\ud83d\udcaf ')
texts = st.text(letters, max_size=8) | st.text(max_size=4)
numbers = (
    st.integers(-5, 5)
    | st.integers()
    | st.floats(allow_nan=True, allow_infinity=True)
    | st.sampled_from([10**400, -(10**30), 0.1, -0.0, 1e300, True, False])
)
scalars = st.none() | st.booleans() | numbers | texts
odd = st.sampled_from(
    [
        b"bytes",
        bytearray(b"more"),
        Region.IRELAND,
        Moment.SOON,
        Text("text"),
        decimal.Decimal("1.5"),
        uuid.UUID(int=7),
        datetime.datetime(2023, 11, 15, 1, 2, 3, 4),
        datetime.datetime(2023, 11, 15, tzinfo=datetime.timezone(datetime.timedelta(hours=5))),
        datetime.timedelta(hours=1),
        {1, 2},
        object,
        (1, "two"),
        [],
        {},
        range(2),
    ]
)
keys_of_dicts = texts | st.sampled_from(["grant", "foo", Text("t"), 1, 1.5, None, True, (1,)])
nested = st.recursive(
    scalars | odd,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys_of_dicts, inner, max_size=3),
    max_leaves=6,
)
json_objects = st.dictionaries(texts, st.recursive(scalars, st.lists, max_leaves=3), max_size=3)


def mostly(usual, unusual):
    """The first four times of five: a program with everything wrong shows its first fault only."""
    return st.integers(0, 4).flatmap(lambda n: unusual if n == 4 else usual)


sids = st.sampled_from(["AC" + "a" * 32, "SK" + "b" * 32, "AC123", "IS1", "", "\u00e5"])
fields = mostly(st.none() | sids | texts, nested)
names = mostly(st.sampled_from(["alice", "\u00e5\U0001f3ac", "a" * 200]), nested)
flags = st.sampled_from([True, False, None, 1, "true", "false"])
regions = mostly(st.sampled_from([None, "", "ie1", "us1", Region.IRELAND]), nested)
usual_ttls = st.sampled_from([3600, 60, 1, 0, -5, 86_400, 86_401, 10**7])
lives = mostly(usual_ttls, nested)
moments = st.sampled_from([None, 0, NOW, NOW - 5, NOW + 60, NOW + 0.5, Moment.SOON, 10**12])
times = mostly(moments, nested)
algorithms = mostly(
    st.sampled_from(["HS256", "HS384", "HS512", None, ""]),
    st.sampled_from(["none", "RS256", "ES256", "HS257", "hs256", 5, [], b"HS256", Text("HS256")]),
)
good_secrets = st.sampled_from([SECRET, SECRET.encode(), "s" * 64, b"\x00" * 70, Text(SECRET)])
TOO_LITTLE: list[Any] = [
    "short",
    b"short",
    "",
    b"",
    None,
    5,
    "{}",
    "\u00e5" * 20,
    bytearray(b"x"),
    "\ud800",
]
KEYS_OF_OTHERS: list[Any] = [
    *(PEM, PEM.encode(), PEM_OF_NOTHING, "----BEGIN PUBLIC KEY----", PEM[::-1]),
    *("ssh-rsa AAAA", "ecdsa-sha2-nistp384 A", "ssh-nothing"),
    *(
        JWK,
        JWK.encode("utf-16"),
        f"[[{JWK}]]",
        JWK[:-1],
        '{"kt":{"y":["kty"]}}',
        '{"keys":{"a":{"kty":"oct"}}}',
    ),
    '[{"a":' + "1" * 5000 + ',"\\u006bty":1}]',
]
other_secrets = st.sampled_from(TOO_LITTLE) | st.sampled_from(KEYS_OF_OTHERS)
secrets = mostly(good_secrets, other_secrets)
