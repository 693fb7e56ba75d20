"""Measures tokens of other services beside the services' own packages in one run."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from pathlib import Path

from grantmint import JwtMinter, verify_jwt
from livekit.api import AccessToken, VideoGrants
from peers import NAMES, measured, over_names, write

KEY, SECRET = "APIkeyOfTheBench", "a secret of at least thirty-two bytes"
ROOM = "DailyStandup"

joins = JwtMinter.livekit(KEY, SECRET, room_join=True)
lobby = joins.bind(room=ROOM)


def official(name: str) -> str:
    grants = VideoGrants(room_join=True, room=ROOM)
    return AccessToken(KEY, SECRET).with_identity(name).with_grants(grants).to_jwt()


def with_slot(count: int) -> None:
    mint = joins.mint
    for name in itertools.islice(itertools.cycle(NAMES), count):
        mint(name, room=ROOM)


def many(count: int) -> None:
    users = [{"identity": name, "room": ROOM} for name in NAMES]
    for _ in range(0, count, len(NAMES)):
        joins.mint_many(users)


def main() -> None:
    """Measures, prints, and fails if a ratio is not what it has to be."""
    mints: list[Callable[[str], str]] = [lobby.mint, official]
    for mint in mints:
        content = verify_jwt(mint("alice"), SECRET, leeway=2)
        assert (content.subject, content.claims["video"]["room"]) == ("alice", ROOM)
    ns = measured(
        {
            "JwtMinter.mint, LiveKit": with_slot,
            "the same, its room bound": over_names(lobby.mint),
            "JwtMinter.mint_many, a token": many,
            "livekit-api": over_names(official),
        }
    )
    for name, time_of in ns.items():
        print(f"{name:30} {time_of:10.0f} ns")
    mint, bound = ns["JwtMinter.mint, LiveKit"], ns["the same, its room bound"]
    rows = [
        ("livekit-api / JwtMinter.mint", ns["livekit-api"] / mint, ">=", 80),
        ("livekit-api / its room bound", ns["livekit-api"] / bound, ">=", 80),
    ]
    missed = []
    for name, value, _, bound_of in rows:
        missed += [] if value >= bound_of else [name]
        print(f"{name:30} {value:8.2f}   >= {bound_of}")
    if "--json" in sys.argv:
        write(Path(sys.argv[sys.argv.index("--json") + 1]), ns, rows)
    if missed:
        sys.exit(f"missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
