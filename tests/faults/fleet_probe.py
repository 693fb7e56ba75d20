"""Asks for a token of each stream that it reads the number of, as a process of a fleet, and prints what the caller sees:
a code, and the milliseconds that it took. At the end it prints how fetches without a lease came about, what was not
taken over, the fleet's events, and what was wrong."""

import os
import sys
import time

import grantmint

live = grantmint.PlaybackMinter(
    grantmint.ApiKey.from_env(),
    base_url=os.environ["GRANTMINT_BASE_URL"],
    fleet=os.environ["GRANTMINT_FLEET"],
)
for line in sys.stdin:
    code = "ok"
    start = time.monotonic()
    try:
        live.token(f"VJ{line.strip():0>32}", "alice")
    except grantmint.GrantmintError as error:
        code = error.code
    print(code, int((time.monotonic() - start) * 1000), flush=True)
fleet = live.stats().fleet
counted = [
    fleet[name]
    for name in ("alone_failed", "alone_nolease", "alone_late", "alone_rejected", "rejected")
]
events = [event.kind for event in live.drain_events() if event.kind.startswith("fleet_")]
print(*counted, f"[{','.join(events)}]", fleet["trouble"] or "")
