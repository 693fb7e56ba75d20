#!/usr/bin/env python3
"""One process of each language, on a machine of its own, that share streams through a server of Redis. Each begins with
another stream. Together they call upstream once for each stream, and no caller is told an error.

    mixed.py --emulator PROGRAM LANGUAGE=COMMAND...
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time

from run import Emulator, Processes, Redis, settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--emulator", required=True)
    parser.add_argument("commands", nargs="+", metavar="LANGUAGE=COMMAND")
    options = parser.parse_args()
    names, commands = zip(*(command.split("=", 1) for command in options.commands))
    folder = tempfile.mkdtemp(prefix="grantmint-fleet-", dir="/dev/shm")
    emulator, redis = Emulator(options.emulator), Redis()
    hosts = [f"{folder}/host{number}" for number in range(len(names))]
    processes = Processes(list(commands), settings(emulator, redis.url, len(names)), hosts)
    try:
        for number in range(len(names)):
            processes.settings["READER_FIRST"] = str(number)
            processes.start(number)
        for process in processes.running:
            processes.go(process)
        # A grant is refreshed after 23 s: all of this happens before.
        until = time.monotonic() + 15
        while emulator.ask("counters")["requests"] < len(names) and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(2)
        reports = processes.end()
        calls = emulator.ask("counters")["requests"]
    finally:
        for process in processes.running:
            process.kill()
        emulator.process.kill()
        redis.process.kill()
        shutil.rmtree(folder, ignore_errors=True)
    fetched = {name: report["fetches"] for name, report in zip(names, reports)}
    print(f"{len(names)} streams, {calls} calls; fetched by {fetched}")
    errors = sorted({error for report in reports for error in report["errors"]})
    if errors:
        sys.exit(f"callers were told {errors}")
    if calls != len(names) or sum(fetched.values()) != calls:
        sys.exit(f"{calls} calls for {len(names)} streams, and {sum(fetched.values())} were fetched")
    idle = [name for name, report in zip(names, reports) if report["reads"] < len(names)]
    if idle:
        sys.exit(f"not all streams were read by {idle}")


if __name__ == "__main__":
    main()
