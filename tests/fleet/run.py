#!/usr/bin/env python3
"""Many processes of all languages that share grants, before one upstream: how often they call it
together, while one of them is killed each second.

    run.py --emulator PROGRAM [--processes N] [--streams N] [--seconds N] [--kill]
           [--redis [--hosts N] [--outage killed|frozen]] LANGUAGE=COMMAND...

A program reads its streams until it is told to end, and then prints a line of JSON about itself. Here processes are
started together, killed and replaced. At the end it is seen that no caller was told an error, that all were served at
the start by one call per stream, and that each refresh cost one call. Without --kill nobody is killed.

With --redis they share through a server, which is started for that, behind so many machines, each of which is a folder. In
an outage it is away for 20 s in the middle, and comes back empty if it was killed: then calls are counted, and not held to
one per refresh.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ACCOUNT = "ACde300000000000000000000000000000"
KEY = ("SKde300000000000000000000000000000", "not-a-secret-emulator-demo-key-0")
LATENCY_MS = 200
#: A grant is refreshed when 30 s to 35 s of its 58 s are left; the first of many processes does so at 34, on average.
PERIOD = 24.0
#: More calls than one per refresh, and a call.
CALLS_SHARE, CALLS_MORE = 1.1, 1
#: Commands of each machine for each refresh that there was, those for connections included.
COMMANDS = 1.5
OUTAGE_S = 20
#: After that, each refresh is one call again within so many seconds.
AGAIN_S = 15
#: Calls that are no further apart are of one refresh.
APART_S = 10
#: Who has a good grant waits no longer than this, whatever the server does, in seconds.
WARM = 0.3
#: The slowest of a hundred processes is served no later than this after a call's time, in seconds.
COLD = 0.1


class Emulator:
    """The upstream of all."""

    def __init__(self, program: str) -> None:
        sid, secret = KEY
        command = [program, "--listen", "127.0.0.1:0", f"--key={ACCOUNT}:{sid}:{secret}"]
        self.process = subprocess.Popen(
            [*command, "--rate", "0"], stdout=subprocess.PIPE, text=True
        )
        self.url = self.process.stdout.readline().split()[-1]
        self.ask("faults", {"kind": "latency", "ms": LATENCY_MS})

    def ask(self, path: str, body: object = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/emulator/{path}", data)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


class Watch(threading.Thread):
    """Notes when each stream was called for."""

    EVERY_S = 0.2

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(daemon=True)
        self.emulator, self.times, self.is_over = emulator, {}, threading.Event()

    def run(self) -> None:
        while not self.is_over.wait(self.EVERY_S):
            now = time.monotonic()
            for stream, calls in self.emulator.ask("counters")["by_streamer"].items():
                times = self.times.setdefault(stream, [])
                times += [now] * (calls - len(times))

    def end(self) -> None:
        self.is_over.set()
        self.join()

    def refreshes(self, since: float) -> list[tuple[float, int]]:
        """When each refresh from then on began, and its calls, the first one first."""
        found: list[tuple[float, int]] = []
        for times in self.times.values():
            later = [at for at in times if at > since]
            begun = [at for number, at in enumerate(later) if not number or at > later[number - 1] + APART_S]
            for begin, end in zip(begun, [*begun[1:], float("inf")]):
                found.append((begin, sum(begin <= at < end for at in later)))
        return sorted(found)

    def again(self, since: float) -> float:
        """After how many seconds a refresh is one call again, but for a few."""
        calls = refreshes = 0
        good = 0.0
        for begin, count in reversed(self.refreshes(since)):
            calls, refreshes = calls + count, refreshes + 1
            if calls > CALLS_SHARE * refreshes + CALLS_MORE:
                return good
            good = begin - since
        return 0.0


class Redis:
    """A server of its own, which comes back empty."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--save", "", "--loglevel", "warning"],
            stdout=subprocess.DEVNULL,
        )
        for _ in range(500):
            try:
                self.ask("PING")
                return
            except OSError:
                time.sleep(0.02)
        sys.exit("redis-server does not come up")

    def ask(self, *parts: str) -> str:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as client:
            client.sendall((" ".join(parts) + "\r\n").encode())
            said = client.recv(65536)
            # A text is as long as it says.
            if said.startswith(b"$"):
                length = int(said[1 : said.index(b"\r\n")])
                while len(said) < length:
                    said += client.recv(65536)
            return said.decode()

    def commands(self) -> int:
        """How many commands it was sent by the processes: all of them run scripts or log in."""
        names = "eval|evalsha|auth|hello"
        found = re.findall(rf"cmdstat_({names}):calls=(\d+)", self.ask("INFO", "commandstats"))
        return sum(int(count) for _, count in found)

    def away(self, how: str) -> None:
        if how == "frozen":
            self.process.send_signal(signal.SIGSTOP)
        else:
            self.process.kill()
            self.process.wait()

    def back(self, how: str) -> None:
        if how == "frozen":
            self.process.send_signal(signal.SIGCONT)
        else:
            self.start()


def settings(emulator: Emulator, fleet: str | None, streams: int) -> dict[str, str]:
    """What readers are told by their environment."""
    told = {
        "GRANTMINT_BASE_URL": emulator.url,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_API_KEY": KEY[0],
        "TWILIO_API_SECRET": KEY[1],
        "READER_STREAMS": str(streams),
    }
    return {**told, "GRANTMINT_FLEET": fleet} if fleet else told


class Processes:
    """Programs of all languages in turn."""

    def __init__(self, commands: list[str], settings: dict[str, str], hosts: list[str]) -> None:
        self.commands = [shlex.split(command) for command in commands]
        self.settings = {**os.environ, **settings}
        self.hosts = hosts
        self.running: list[subprocess.Popen] = []

    def start(self, number: int, place: int | None = None) -> None:
        process = subprocess.Popen(
            self.commands[number % len(self.commands)],
            env={**self.settings, **self.host(number)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        # It says so when it is ready, and reads once it is told to.
        process.stdout.readline()
        if place is None:
            self.running.append(process)
        else:
            self.running[place] = process

    def host(self, number: int) -> dict[str, str]:
        if not self.hosts:
            return {}
        return {"READER_HOST": self.hosts[number % len(self.hosts)]}

    def go(self, process: subprocess.Popen) -> None:
        process.stdin.write("go\n")
        process.stdin.flush()

    def replace(self, place: int) -> None:
        before = self.running[place]
        before.kill()
        before.wait()
        self.start(place, place)
        self.go(self.running[place])

    def end(self) -> list[dict]:
        for process in self.running:
            process.stdin.close()
        reports = [json.loads(process.stdout.read() or "{}") for process in self.running]
        codes = [process.wait(timeout=30) for process in self.running]
        if any(codes):
            sys.exit(f"programs ended with {codes}")
        return reports


def main() -> None:
    options = arguments()
    folder = tempfile.mkdtemp(prefix="grantmint-fleet-", dir="/dev/shm")
    emulator = Emulator(options.emulator)
    redis = Redis() if options.redis else None
    fleet = redis.url if redis else f"host:{folder}/fleet"
    names, commands = zip(*(command.split("=", 1) for command in options.commands))
    hosts = [f"{folder}/host{number}" for number in range(options.hosts if redis else 0)]
    processes = Processes(list(commands), settings(emulator, fleet, options.streams), hosts)
    watch = Watch(emulator)
    try:
        for number in range(options.processes):
            processes.start(number)
        for process in processes.running:
            processes.go(process)
        start, returned = time.monotonic(), 0.0
        watch.start()
        # Each reads its streams one after the other.
        time.sleep(2 + options.streams * LATENCY_MS / 500)
        cold_calls = emulator.ask("counters")["requests"]
        killed, is_away = 0, False
        before = redis.commands() if redis else 0
        outage = (options.seconds / 3, options.seconds / 3 + OUTAGE_S) if options.outage else (0, 0)
        while time.monotonic() - start < options.seconds:
            time.sleep(1)
            passed = time.monotonic() - start
            if is_away != (outage[0] < passed < outage[1]):
                is_away = not is_away
                (redis.away if is_away else redis.back)(options.outage)
                returned = time.monotonic()
            if options.kill:
                processes.replace(random.randrange(len(processes.running)))
                killed += 1
        seconds = time.monotonic() - start
        calls = emulator.ask("counters")["requests"]
        after = redis.commands() if redis and not options.outage else before
        watch.end()
        reports = processes.end()
    finally:
        for process in processes.running:
            process.kill()
        emulator.process.kill()
        if redis:
            redis.process.kill()
        shutil.rmtree(folder, ignore_errors=True)
    refreshes = options.streams * (seconds / PERIOD)
    # Those that were there from the start, and did not take over what others had fetched.
    firsts = sorted(report["first_s"] for report in reports if report["age_s"] > seconds - 1)
    errors = {error for report in reports for error in report["errors"]}
    print(f"{options.processes} processes ({', '.join(names)}), {options.streams} streams, {seconds:.0f} s")
    print(f"  {killed} processes killed")
    share = calls / max(1, len(watch.refreshes(0)))
    print(f"  calls: {cold_calls} at the start, {calls} in all; {share:.2f} for each refresh that there was")
    if firsts:
        p99 = firsts[min(len(firsts) - 1, int(len(firsts) * 0.99))]
        print(f"  served first after {firsts[len(firsts) // 2]:.3f} s (median), {p99:.3f} s (p99)")
    print(f"  reads: {sum(report['reads'] for report in reports)}, errors: {sorted(errors) or 'none'}")
    print(f"  slowest read after the first: {max(report['slowest_s'] for report in reports):.3f} s")
    each = (after - before) / (options.hosts * max(1, calls - cold_calls))
    if redis and not options.outage:
        print(f"  of each machine for each refresh: {each:.2f} commands")
    slowest = max(report["slowest_s"] for report in reports)
    most = options.streams + CALLS_SHARE * refreshes + CALLS_MORE
    wrong = []
    if cold_calls != options.streams:
        wrong.append(f"{cold_calls} calls at the start, not {options.streams}")
    if options.outage:
        again = watch.again(returned)
        print(f"  one call for each refresh again {again:.1f} s after the server was back")
        if again > AGAIN_S:
            wrong.append(f"several calls for each refresh until {again:.1f} s after the server was back")
    elif calls > most:
        wrong.append(f"{calls} calls, over {most:.1f}")
    if redis and slowest > WARM and not options.kill:
        wrong.append(f"a caller with a good grant waited for {slowest:.3f} s")
    if each > COMMANDS:
        wrong.append(f"{each:.2f} commands, over {COMMANDS}")
    if errors:
        wrong.append("callers were told errors")
    if wrong:
        sys.exit("; ".join(wrong))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--emulator", required=True)
    parser.add_argument("--processes", type=int, default=64)
    parser.add_argument("--streams", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--redis", action="store_true", help="share through a server")
    parser.add_argument("--hosts", type=int, default=1, help="so many machines")
    parser.add_argument("--outage", choices=["killed", "frozen"], help="what becomes of it")
    parser.add_argument("--kill", action="store_true", help="kill a process each second")
    parser.add_argument("commands", nargs="+", metavar="LANGUAGE=COMMAND")
    return parser.parse_args()


if __name__ == "__main__":
    main()
