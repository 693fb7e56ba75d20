"""Measures grantmint beside its peers in one run, and prints ratios.

Each case runs in rounds that take turns, so that whatever else the machine does meets all alike; of
each case the best round counts.
"""

from __future__ import annotations

import base64
import hmac
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import jwt as pyjwt
from grantmint import ApiKey, PlaybackMinter, TokenMinter, VideoGrant, verify
from twilio.jwt.access_token import AccessToken as TwilioToken
from twilio.jwt.access_token.grants import PlaybackGrant as TwilioPlayback
from twilio.jwt.access_token.grants import VideoGrant as TwilioVideo

ACCOUNT, KEY = "AC" + "1" * 32, "SK" + "2" * 32
SECRET = "the secret shown once in the console"
STREAMER = "VJ" + "3" * 32
NAMES = [f"viewer-{number:04}" for number in range(1024)]
ROUNDS, ROUND_SECONDS = 15, 0.05
GRANT = {
    "playbackUrl": "https://play.example.com/v1/" + "x" * 400 + "?token=" + "y" * 300,
    "playerStreamerSid": STREAMER,
    "requestCredentials": None,
}

key = ApiKey(ACCOUNT, KEY, SECRET)
rooms = TokenMinter(key, grants=[VideoGrant(room="DailyStandup")], ttl=14_400)
live = PlaybackMinter(key, source=lambda *_, **__: {"grant": GRANT})
stream = live.stream(STREAMER)
live.token(STREAMER, "nobody")


def official(name: str) -> str:
    grants = [TwilioVideo(room="DailyStandup")]
    return TwilioToken(ACCOUNT, KEY, SECRET, identity=name, grants=grants, ttl=14_400).to_jwt()


def official_playback(name: str) -> str:
    grants = [TwilioPlayback(grant=GRANT)]
    return TwilioToken(ACCOUNT, KEY, SECRET, identity=name, grants=grants).to_jwt()


def claims(name: str) -> dict[str, object]:
    now = int(time.time())
    grants = {"identity": name, "video": {"room": "DailyStandup"}}
    return {
        "jti": f"{KEY}-{now}",
        "iss": KEY,
        "sub": ACCOUNT,
        "iat": now,
        "exp": now + 14_400,
        "grants": grants,
    }


def with_pyjwt(name: str) -> str:
    return pyjwt.encode(claims(name), SECRET, "HS256", headers={"cty": "twilio-fpa;v=1"})


def encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


HEADER = encoded(b'{"alg":"HS256","typ":"JWT","cty":"twilio-fpa;v=1"}')


def with_stdlib(name: str) -> str:
    signed = HEADER + b"." + encoded(json.dumps(claims(name), separators=(",", ":")).encode())
    return (signed + b"." + encoded(hmac.digest(SECRET.encode(), signed, "sha256"))).decode()


def playback(name: str) -> str:
    return live.token(STREAMER, name).jwt


def over_names(mint: Callable[[str], object]) -> Callable[[int], None]:
    names = itertools.cycle(NAMES)

    def run(count: int) -> None:
        for name in itertools.islice(names, count):
            mint(name)

    return run


def many(count: int) -> None:
    for _ in range(0, count, len(NAMES)):
        rooms.mint_many(NAMES)


def inlined_playback(count: int) -> None:
    token = live.token
    for name in itertools.islice(itertools.cycle(NAMES), count):
        token(STREAMER, name).jwt  # noqa: B018


def measured(cases: dict[str, Callable[[int], None]]) -> dict[str, float]:
    """The nanoseconds of one step of each case."""
    counts = {}
    for name, run in cases.items():
        run(1024)
        start = time.perf_counter()
        run(1024)
        steps = ROUND_SECONDS / (time.perf_counter() - start) * 1024
        counts[name] = max(1024, int(steps) // 1024 * 1024)
    best = dict.fromkeys(cases, float("inf"))
    for _ in range(ROUNDS):
        for name, run in cases.items():
            start = time.perf_counter_ns()
            run(counts[name])
            best[name] = min(best[name], (time.perf_counter_ns() - start) / counts[name])
    return best


def importing() -> tuple[float, float, float]:
    """What importing grantmint costs, the best of several.

    Milliseconds, megabytes in memory, and how many of them no other process shares: the rest is
    mapped from the files of libraries, once for all processes.
    """
    code = """
import time
def pages():
    with open("/proc/self/statm") as file:
        resident, shared = map(int, file.read().split()[1:3])
    return resident, resident - shared
before, start = pages(), time.perf_counter()
import grantmint
took = time.perf_counter() - start
mb = [(after - at_first) * 4096 / 1e6 for after, at_first in zip(pages(), before)]
print(took * 1000, *mb)
"""
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(7)
    ]
    ms, mb, private_mb = zip(*(map(float, run.stdout.split()) for run in runs), strict=True)
    return min(ms), min(mb), min(private_mb)


def main() -> None:
    """Measures, prints, and fails if a ratio is not what it has to be."""
    for mint in (rooms.mint, official, with_pyjwt, with_stdlib):
        assert verify(mint("alice"), key, leeway=2).identity == "alice"
    ns = measured(
        {
            "TokenMinter.mint": over_names(rooms.mint),
            "mint_many, a token": many,
            "twilio": over_names(official),
            "PyJWT": over_names(with_pyjwt),
            "stdlib": over_names(with_stdlib),
            "PlaybackMinter.token().jwt": inlined_playback,
            "StreamMinter.try_token": over_names(stream.try_token),
            "twilio, playback": over_names(official_playback),
        }
    )
    for name, time_of in ns.items():
        print(f"{name:28} {time_of:10.0f} ns")
    ms, mb, private_mb = importing()
    mint, token = ns["TokenMinter.mint"], ns["PlaybackMinter.token().jwt"]
    rows = [
        ("twilio / mint", ns["twilio"] / mint, ">=", 50),
        ("PyJWT / mint", ns["PyJWT"] / mint, ">=", 0),
        ("stdlib / mint", ns["stdlib"] / mint, ">=", 16),
        ("mint_many / mint", ns["mint_many, a token"] / mint, "<=", 1.05),
        ("twilio playback / token().jwt", ns["twilio, playback"] / token, ">=", 28),
        ("import, ms", ms, "<=", 15),
        ("import, MB", mb, "<=", 4),
        ("import alone, MB", private_mb, "<=", 0),
    ]
    missed = []
    for name, value, relation, bound in rows:
        met = not bound or (value >= bound if relation == ">=" else value <= bound)
        missed += [] if met else [name]
        print(f"{name:30} {value:8.2f}   {relation} {bound:<5} {'' if met else 'MISSED'}")
    if "--json" in sys.argv:
        write(Path(sys.argv[sys.argv.index("--json") + 1]), ns, rows)
    if missed:
        sys.exit(1)


def write(file: Path, ns: dict[str, float], rows: list[tuple[str, float, str, float]]) -> None:
    """Writes what was found as the bench programs of all languages do."""
    kind = {"language": "Python", "case": "tokens"}
    found: list[dict[str, object]] = [
        {**kind, "name": name, "unit": "ns", "value": value} for name, value in ns.items()
    ]
    for name, value, relation, bound in rows:
        title, _, unit = name.partition(", ")
        bar = {"at_least" if relation == ">=" else "at_most": bound} if bound else {}
        found.append({**kind, "name": title, "unit": unit or "×", "value": value, **bar})  # noqa: RUF001
    file.write_text(json.dumps(found, indent=2, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
