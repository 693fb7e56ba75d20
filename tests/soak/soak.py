"""Asks for tokens for SOAK_SECONDS from threads, from tasks and from forked children, of an upstream that
run.py makes fail; then prints a line of JSON about itself. Ends badly when a rule is broken.

    soak.py [gevent]    with gevent, threads are greenlets, and there are no tasks
"""

from __future__ import annotations

import sys

GREEN = sys.argv[1:] == ["gevent"]
if GREEN:
    import gevent
    from gevent import monkey

    monkey.patch_all()

import asyncio
import gc
import json
import os
import random
import threading
import time
import warnings
from collections.abc import Callable

import grantmint

# To fork a process with threads is what is to be tried here, and minters of one request are.
warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
warnings.filterwarnings("ignore", message="a PlaybackMinter was made and dropped", category=RuntimeWarning)

SECONDS = float(os.environ["SOAK_SECONDS"])
THREADS, TASKS = (20 if GREEN else 3), 20
STREAMS = [f"VJ{number:032x}" for number in range(60)]
#: One of so many tokens of a thread is verified, and of ten times as many one is played.
SAMPLE = 5 if GREEN else 50
#: The promise of every token, less what may pass between its making and its check.
PROMISE = 4.5
#: What a caller may be told who has done nothing wrong; all of upstream's troubles besides.
OF_WAITING = {"deadline_exceeded", "abandoned", "overloaded"}


def key(name: str) -> grantmint.ApiKey:
    sid, secret = os.environ[f"{name}_KEY"], os.environ[f"{name}_SECRET"]
    return grantmint.ApiKey(os.environ["TWILIO_ACCOUNT_SID"], sid, secret)


KEYS = [key("TWILIO_API"), key("SECOND_API")]


def minter(**options: object) -> grantmint.PlaybackMinter:
    return grantmint.PlaybackMinter(
        KEYS[0],
        base_url=os.environ["GRANTMINT_BASE_URL"],
        allow_origin="https://www.example.com",
        policy={"max_keys": len(STREAMS) // 2},
        # Else the rate grows to what upstream bears.
        calls_per_second=int(os.environ["SOAK_RATE"]),
        burst=int(os.environ["SOAK_BURST"]),
        **options,
    )


live = minter()
in_fleet = minter(fleet=os.environ["SOAK_FLEET"])


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
            say(f"token {jwt}")

    def error(self, error: grantmint.GrantmintError) -> None:
        self.refused += 1
        allowed = isinstance(error, grantmint.UpstreamError) or error.code in OF_WAITING
        assert allowed or error.code == "throttled", error


def say(line: str) -> None:
    """A line that no other thread and no child writes into."""
    os.write(1, f"{line}\n".encode())


def verified(jwt: str) -> grantmint.Decoded:
    """Signed with one of the keys that are in turn."""
    try:
        return grantmint.verify(jwt, KEYS[0])
    except grantmint.GrantmintError:
        return grantmint.verify(jwt, KEYS[1])


def token_of_a_minter(streamer: str, identity: str, timeout: float) -> grantmint.PlaybackToken:
    """Of one of the two minters, or of one that is made for this request alone."""
    lot = random.random()
    if lot < 0.1:
        with minter() as mine:
            return mine.token(streamer, identity, timeout=timeout)
    asked = in_fleet if lot < 0.4 else live
    return asked.token(streamer, identity, timeout=timeout)


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
            token = token_of_a_minter(streamer, identity, timeout)
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


def begun(work: Callable[..., None], *arguments: object) -> threading.Thread | gevent.Greenlet:
    """A thread that does some work, or a greenlet: of those a forked child has copies that go on."""
    if GREEN:
        return gevent.spawn(work, *arguments)
    thread = threading.Thread(target=work, args=arguments)
    thread.start()
    return thread


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


def show_memory(end: float) -> None:
    """Once a second. A child has a copy of this greenlet, and says nothing."""
    mine = os.getpid()
    while time.monotonic() < end:
        if os.getpid() == mine:
            say(f"memory {resident_kib()}")
        time.sleep(1)


def main() -> None:
    end = time.monotonic() + SECONDS
    everybody = [Counts() for _ in range(THREADS + 1)]
    jobs = [begun(ask_from_a_thread, counts, end) for counts in everybody[1:]]
    jobs.append(begun(show_memory, end))
    if not GREEN:
        tasks = Counts()
        everybody.append(tasks)
        jobs.append(begun(lambda: asyncio.run(ask_from_tasks(tasks, end))))
    while time.monotonic() < end:
        fork(everybody[0])
        time.sleep(0.5)
    for job in jobs:
        job.join()
    names = ("operations", "tokens", "refused", "forks")
    sums = {name: sum(getattr(counts, name) for counts in everybody) for name in names}
    say(json.dumps(sums))


def end_at_once(broken: threading.ExceptHookArgs) -> None:
    threading.__excepthook__(broken)
    os._exit(1)


threading.excepthook = end_at_once
if __name__ == "__main__":
    sys.exit(main())
