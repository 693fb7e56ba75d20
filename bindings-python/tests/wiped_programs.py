"""What SECURITY.md says is wiped: each function looks for it in the memory of the native half.

    MALLOC_ARENA_MAX=1 python wiped_programs.py FUNCTION

With glibc and one arena that memory is the mapping [heap]. Python keeps objects of up to 512 bytes
elsewhere: a needle, a secret and a grant of that size are in [heap] only if native code has one.
A token is larger. So a test keeps the tokens that it was given, and counts them.
"""

from __future__ import annotations

import mmap
import sys

from grantmint import (
    AccessToken,
    ApiKey,
    CustomGrant,
    GrantCache,
    PlaybackGrant,
    PlaybackMinter,
    TokenMinter,
    decode,
    sign,
    verify_jwt,
)
from support import KEY, STREAMER

#: Neither it nor what is read into it is in [heap].
WINDOW = mmap.mmap(-1, 1 << 20)


def heap() -> tuple[int, int]:
    with open("/proc/self/maps") as maps:
        line = next(line for line in maps if line.endswith("[heap]\n"))
    start, end = line.split(" ", 1)[0].split("-")
    return int(start, 16), int(end, 16)


def copies(needle: bytes) -> int:
    """How often a needle is in [heap]."""
    place, end = heap()
    found = 0
    with open("/proc/self/mem", "rb", buffering=0) as memory:
        while place < end:
            memory.seek(place)
            size = memory.readinto(memoryview(WINDOW)[: min(len(WINDOW), end - place)])
            at = WINDOW.find(needle, 0, size)
            while at >= 0:
                found += 1
                at = WINDOW.find(needle, at + 1, size)
            # Windows overlap by all but one byte of a needle, so that none is cut in two.
            place += size if place + size == end else size - (len(needle) - 1)
    return found


def middle(token: str) -> bytes:
    start = len(token) // 2 - 16
    return token[start : start + 32].encode()


def end(token: str) -> bytes:
    return token[-32:].encode()


def of_python(needle: bytes, tokens: list[str]) -> int:
    """How many of the tokens that have it Python itself keeps in [heap]."""
    having = [token for token in tokens if needle.decode() in token]
    return sum(sys.getsizeof(token) > 512 for token in having)


def check_tokens(tokens: list[str]) -> None:
    """Only Python has them."""
    for token in tokens:
        for needle in [middle(token), end(token)]:
            assert copies(needle) == of_python(needle, tokens)


def new_key() -> ApiKey:
    return ApiKey(*KEY)


def text(word: str) -> str:
    """A text of under 400 characters in which no part comes twice."""
    return "".join(f"{word}{number}" for number in range(30))


def part(word: str) -> bytes:
    """The needle for such a text."""
    return text(word)[100:132].encode()


def grant(word: str) -> bytes:
    """As many writers of JSON it escapes a slash."""
    return b'{"a":"\\/' + text(word).encode() + b'"}'


def the_control() -> None:
    """A copy that the native half has is found, and one that Python has dropped, too."""
    dropped = (text("dr0pped") * 300).encode()
    assert copies(part("dr0pped")) > 0
    del dropped
    assert copies(part("dr0pped")) > 0, "what nobody wipes stays"
    kept = CustomGrant("kept", grant("k3pt"))
    assert copies(part("k3pt")) > 0
    del kept
    assert copies(part("k3pt")) == 0


def the_secret_of_a_key() -> None:
    key = ApiKey(KEY[0], KEY[1], text("s3cret"))
    minter = TokenMinter(key)
    live = PlaybackMinter(key, base_url="http://127.0.0.1:1", isolated=True)
    assert copies(part("s3cret")) > 0
    del key, minter, live
    assert copies(part("s3cret")) == 0


def what_a_token_minter_holds() -> None:
    grants = [PlaybackGrant(grant("hushgr4nt")), CustomGrant("more", grant("hushgr4nt"))]
    minter = TokenMinter(new_key(), grants=grants)
    one = AccessToken(new_key(), identity="alice", grants=grants)
    tokens = [minter.mint("alice"), minter.mint_at("alice", 4_000_000_000), one.to_jwt()]
    assert copies(part("hushgr4nt")) > 0
    shared = middle(tokens[0])
    assert copies(shared) > of_python(shared, tokens)
    del grants, minter, one
    assert copies(part("hushgr4nt")) == 0
    check_tokens(tokens)


def tokens_that_were_handed_out() -> None:
    minter = TokenMinter(new_key())
    identities = ["bob", text("B")[:99], text('b"')]
    tokens = [minter.mint(identity) for identity in identities]
    many = minter.mint_many([f"{identity}-" for identity in identities[:2]])
    del minter
    check_tokens(tokens + many)


def a_token_of_another_service() -> None:
    """Its claims have no escape: JSON's reader has a copy of a text with some."""
    claims = b'{"exp":4000000000,"a":"' + text("cl4im").encode() + b'"}'
    token = sign("HS256", {"alg": "HS256"}, claims, "shared")
    contents = [decode(token), verify_jwt(token, "shared")]
    assert copies(part("cl4im")) > 0
    del contents
    assert copies(part("cl4im")) == 0
    check_tokens([token])


def what_a_playback_minter_holds() -> None:
    def source(streamer, **request):
        return {"grant": grant("f3tched")}

    minters = [PlaybackMinter(new_key(), source=source, isolated=True) for _ in range(2)]
    stream = minters[0].stream(STREAMER)
    tokens = [
        minters[0].token(STREAMER, "alice").jwt,
        minters[0].try_token(STREAMER, "bob"),
        stream.token("carol").jwt,
    ]
    for token in tokens:
        assert copies(end(token)) == of_python(end(token), tokens)
    assert copies(part("f3tched")) > 0
    minters[0].purge()
    assert copies(part("f3tched")) == 0, "after purge()"
    check_tokens(tokens)
    minters[1].token(STREAMER, "alice")
    assert copies(part("f3tched")) > 0
    minters.clear()
    del stream
    assert copies(part("f3tched")) == 0, "after the last minter"


def the_grants_of_a_cache() -> None:
    cache = GrantCache()
    hit = cache.get("key", lambda key, **request: {"grant": text("c4ched")})
    begun = cache.begin("other")
    begun.ticket.complete({"a": text("c4ched")})
    assert copies(part("c4ched")) > 0
    cache.purge()
    assert copies(part("c4ched")) > 0, "the hit's own copy"
    del hit, begun
    assert copies(part("c4ched")) == 0


if __name__ == "__main__":
    globals()[sys.argv[1]]()
