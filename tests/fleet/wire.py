#!/usr/bin/env python3
"""Lists what a server of Redis is asked while 16 processes of four machines refresh a stream's grant, and holds it against
what nobody may read there.

    wire.py --emulator PROGRAM --reader PROGRAM [--page PAGE]    prints it, or writes it into a page
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

import page
from resp import Monitor, words
from run import ACCOUNT, KEY, Emulator, Processes, Redis, settings

SCRIPTS = Path(__file__).resolve().parents[2] / "core/src/fleet/redis/scripts"
MACHINES, PROCESSES = 4, 16
#: By then all have the first grant, and nobody refreshes it yet.
COLD_S = 12
#: A refresh begins after 23 s, and by then the last of all processes has the new grant.
REFRESHED_S = 34
#: Who reads the stream, and which: see the readers.
SECRETS = [b"VJ0000", ACCOUNT.encode(), *(part.encode() for part in KEY), b"alice", b"playback", b"http"]


def main() -> None:
    options = page.arguments(__doc__)
    lines, machines = refresh(options)
    found = [secret for secret in SECRETS if any(secret in line for line in lines)]
    if found:
        sys.exit(f"the server was told {found}")
    page.show(options.page, "wire", f"```text\n{listed(lines, machines)}```\n")


def refresh(options: argparse.Namespace) -> tuple[list[bytes], dict[int, str]]:
    """What the server was asked, from the start until after a refresh; and which machine has which ports."""
    folder = tempfile.mkdtemp(prefix="grantmint-wire-", dir="/dev/shm")
    emulator, redis = Emulator(options.emulator), Redis()
    monitor = Monitor(redis.port)
    hosts = [f"{folder}/machine{number}" for number in range(MACHINES)]
    processes = Processes([options.reader], settings(emulator, redis.url, 1), hosts)
    lines = []
    try:
        for number in range(PROCESSES):
            processes.start(number)
        for process in processes.running:
            processes.go(process)
        until = time.monotonic() + REFRESHED_S
        while (left := until - time.monotonic()) > 0:
            if line := monitor.heard(left):
                lines.append(line)
        machines = {
            port: "ABCD"[number % MACHINES]
            for number, process in enumerate(processes.running)
            for port in ports(process.pid)
        }
        processes.end()
        calls = emulator.ask("counters")["requests"]
    finally:
        for process in processes.running:
            process.kill()
        emulator.process.kill()
        redis.process.kill()
        shutil.rmtree(folder, ignore_errors=True)
    if calls != 2:
        sys.exit(f"{calls} calls upstream, not one and a refresh")
    return lines, machines


def ports(process: int) -> list[int]:
    """Where its connections begin."""
    sockets = set()
    for file in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):  # It may have been closed meanwhile.
            sockets.add(str(file.readlink()))
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [int(row[1].split(":")[1], 16) for row in rows if f"socket:[{row[9]}]" in sockets]


def listed(lines: list[bytes], machines: dict[int, str]) -> str:
    """The refresh, for people."""
    asked = [line for line in map(Asked.read, lines) if line]
    names = {}
    for line in asked:
        if line.words[0] == b"EVAL":
            names[hashlib.sha1(line.words[1]).hexdigest()] = script(line.words[1])
    begin = asked[0].time + COLD_S
    later = [line for line in asked if line.time > begin]
    return "".join(
        f"{line.time - later[0].time:6.3f} s  {machines[line.port]}  {line.short(names)}\n" for line in later
    )


def script(text: bytes) -> str:
    """Its file: a script ends with what is in that."""
    ends = {path.stem: path.read_bytes() for path in SCRIPTS.glob("*.lua")}
    return next(name for name, end in ends.items() if text.endswith(end))


class Asked:
    """One question of a client."""

    LINE = re.compile(rb"\+(\d+\.\d+) \[\d+ [\d.]+:(\d+)\] (.*)")

    def __init__(self, time: float, port: int, asked: list[bytes]) -> None:
        self.time, self.port, self.words = time, port, asked

    @classmethod
    def read(cls, line: bytes) -> Asked | None:
        """None for what scripts do within the server."""
        found = cls.LINE.match(line)
        return cls(float(found[1]), int(found[2]), words(found[3])) if found else None

    def short(self, names: dict[str, str]) -> str:
        name, what, *rest = self.words
        if name not in (b"EVAL", b"EVALSHA"):
            return " ".join(word.decode() for word in self.words)
        said = what.decode()
        said = script(what) if name == b"EVAL" else names.get(said, said)
        return " ".join([name.decode(), said, *shown_in_turn(rest)])


def shown_in_turn(words: list[bytes]) -> list[str]:
    """Names of one slot after another are shortened to what they do not have in common."""
    found: list[str] = []
    before = b""
    for word in words:
        slot, _, kind = word.rpartition(b":")
        found.append(f":{kind.decode()}" if slot and slot == before else shown(word))
        before = slot
    return found


def shown(word: bytes) -> str:
    """A word, shortened if it is a name or a random number, and by its length if it is sealed."""
    key = re.fullmatch(rb"\{grantmint:1:\w+\}(\w{4})\w*(:\w)", word)
    if key:
        return f"{{…}}{key[1].decode()}…{key[2].decode()}"
    if re.fullmatch(rb"[0-9a-f]{16}", word):
        return f"{word[:4].decode()}…"
    if not word:
        return '""'
    if re.fullmatch(rb"\d\.\d{4,}e-?\d+", word):
        return f"{float(word):.2f}…"
    is_plain = len(word) < 40 and re.fullmatch(rb"[\w.+-]+", word)
    return word.decode() if is_plain else f"<{len(word)} bytes>"


if __name__ == "__main__":
    main()
