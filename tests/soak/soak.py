"""Asks for tokens for SOAK_SECONDS from threads, from tasks and from forked children, of an upstream that
run.py makes fail; then prints a line of JSON about itself. Ends badly when a rule is broken."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import sys
import threading
import time
import warnings

import grantmint

# To fork a process with threads is what is to be tried here.
warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)

SECONDS = float(os.environ["SOAK_SECONDS"])
THREADS, TASKS = 3, 20
STREAMS = [f"VJ{number:032x}" for number in range(60)]
SAMPLE = 50
#: The promise of every token, less what may pass between its making and its check.
PROMISE = 4.5
#: What a caller may be told who has done nothing wrong; all of upstream's troubles besides.
OF_WAITING = {"deadline_exceeded", "abandoned", "overloaded"}


def key(name: str) -> grantmint.ApiKey:
    sid, secret = os.environ[f"{name}_KEY"], os.environ[f"{name}_SECRET"]
    return grantmint.ApiKey(os.environ["TWILIO_ACCOUNT_SID"], sid, secret)


KEYS = [key("TWILIO_API"), key("SECOND_API")]
live = grantmint.PlaybackMinter(
    KEYS[0],
    base_url=os.environ["GRANTMINT_BASE_URL"],
    allow_origin="https://www.example.com",
    policy={"max_keys": len(STREAMS) // 2},
)


class Counts:
    """What one thread has seen."""

    def __init__(self) -> None:
        self.operations = self.tokens = self.refused = self.forks = 0

    def token(self, jwt: str, identity: str) -> None:
        self.tokens += 1
        if self.tokens % SAMPLE:
            return
        decoded = verified(jwt)
        assert decoded.identity == identity, decoded
        assert "player" in decoded.grants, decoded
        if self.tokens % (10 * SAMPLE) == 0:
            print(f"token {jwt}", flush=True)

    def error(self, error: grantmint.GrantmintError) -> None:
        self.refused += 1
        allowed = isinstance(error, grantmint.UpstreamError) or error.code in OF_WAITING
        assert allowed or error.code == "throttled", error


def verified(jwt: str) -> grantmint.Decoded:
    """Signed with one of the keys that are in turn."""
    try:
        return grantmint.verify(jwt, KEYS[0])
    except grantmint.GrantmintError:
        return grantmint.verify(jwt, KEYS[1])


def what_to_ask() -> tuple[str, str, float]:
    popular = random.random() < 0.95
    streamer = STREAMS[random.randrange(6 if popular else len(STREAMS))]
    return streamer, f"viewer-{random.getrandbits(32)}", random.random() * 0.3


def ask(counts: Counts) -> None:
    streamer, identity, timeout = what_to_ask()
    counts.operations += 1
    lot = random.random()
    try:
        if lot < 0.7:
            jwt = live.try_token(streamer, identity)
            if jwt is not None:
                counts.token(jwt, identity)
        elif lot < 0.999:
            token = live.token(streamer, identity, timeout=timeout)
            assert token.grant_remaining >= PROMISE, token
            counts.token(token.jwt, identity)
        elif lot < 0.9991:
            live.invalidate(streamer)
        elif lot < 0.9995:
            live.prefetch(streamer)
        elif lot < 0.9999:
            live.stats()
        else:
            live.rotate(random.choice(KEYS))
    except grantmint.GrantmintError as error:
        counts.error(error)


def ask_from_a_thread(counts: Counts, end: float) -> None:
    while time.monotonic() < end:
        for _ in range(20):
            ask(counts)
        time.sleep(0.01)


async def ask_from_tasks(counts: Counts, end: float) -> None:
    async def task() -> None:
        while time.monotonic() < end:
            streamer, identity, timeout = what_to_ask()
            counts.operations += 1
            try:
                # A viewer who leaves: the call is cancelled, the fetch goes on.
                async with asyncio.timeout(random.choice([None, 0.05])):
                    token = await live.token_async(streamer, identity, timeout=timeout)
                counts.token(token.jwt, identity)
            except TimeoutError:
                pass
            except grantmint.GrantmintError as error:
                counts.error(error)
            await asyncio.sleep(0.02)

    await asyncio.gather(*(task() for _ in range(TASKS)))


def fork(counts: Counts) -> None:
    """A child asks as its parent does, and ends well."""
    counts.forks += 1
    child = os.fork()
    if child == 0:
        status = 1
        try:
            mine = Counts()
            for _ in range(30):
                ask(mine)
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "a child ended badly"


def resident_kib() -> int:
    gc.collect()
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def main() -> None:
    start = time.monotonic()
    end = start + SECONDS
    everybody = [Counts() for _ in range(THREADS + 1)]
    jobs = [threading.Thread(target=ask_from_a_thread, args=[counts, end]) for counts in everybody[1:]]
    tasks = Counts()
    jobs.append(threading.Thread(target=lambda: asyncio.run(ask_from_tasks(tasks, end))))
    everybody.append(tasks)
    for job in jobs:
        job.start()
    warm = None
    while time.monotonic() < end:
        fork(everybody[0])
        time.sleep(0.5)
        if warm is None and time.monotonic() > start + SECONDS / 4:
            warm = resident_kib()
    for job in jobs:
        job.join()
    names = ("operations", "tokens", "refused", "forks")
    sums = {name: sum(getattr(counts, name) for counts in everybody) for name in names}
    print(json.dumps({"warm_kib": warm, "end_kib": resident_kib(), **sums}), flush=True)


def end_at_once(broken: threading.ExceptHookArgs) -> None:
    threading.__excepthook__(broken)
    os._exit(1)


threading.excepthook = end_at_once
if __name__ == "__main__":
    sys.exit(main())
