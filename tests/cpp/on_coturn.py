#!/usr/bin/env python3
"""Has a coturn server judge what programs hand out as ICE servers.

    on_coturn.py grantmint-emulator program...

Each program finds the server in GRANTMINT_TURN_URL and GRANTMINT_TURN_SECRET, an emulator that hands out
credentials for the same server in GRANTMINT_EMULATOR, and that one's demo key in TWILIO_…. It prints

    takes <iceServers>      the server must allocate a relay for these
    refuses <iceServers>    and none for these
"""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import closing

from with_emulator import Emulator

SECRET = "north of the wall"
HERE = "127.0.0.1"
ASK_FOR_ADDRESS = bytes([0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42]) + b"a dozen byte"


def free_port():
    """One that is free for both protocols."""
    while True:
        with closing(socket.socket()) as tcp, closing(socket.socket(type=socket.SOCK_DGRAM)) as udp:
            tcp.bind((HERE, 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind((HERE, port))
            except OSError:
                continue
            return port


def answers(port):
    """Whether a STUN server answers a request for one's own address (RFC 8489)."""
    with closing(socket.socket(type=socket.SOCK_DGRAM)) as udp:
        udp.settimeout(0.1)
        try:
            udp.sendto(ASK_FOR_ADDRESS, (HERE, port))
            return bool(udp.recv(512))
        except OSError:
            return False


class Coturn:
    """A server on this machine, for the length of a `with`."""

    def __enter__(self):
        self.port = free_port()
        self.url = f"turn:{HERE}:{self.port}?transport=udp"
        options = "-n --no-cli --no-tls --no-dtls --realm=grantmint --use-auth-secret --no-stdout-log".split()
        options += [f"--listening-ip={HERE}", f"--relay-ip={HERE}", "--allow-loopback-peers"]
        options += [f"--listening-port={self.port}", f"--static-auth-secret={SECRET}"]
        options += ["--log-file=/dev/null", "--pidfile=/dev/null"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(["turnserver", *options], **quiet)
        end = time.monotonic() + 20
        while not answers(self.port):
            if time.monotonic() > end:
                raise SystemExit("coturn does not come up")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def takes(self, ice_servers):
        """Whether it allocates a relay. If not, it has refused the credential."""
        relay = next(server for server in json.loads(ice_servers) if "username" in server)
        login = ["-u", relay["username"], "-w", relay["credential"], "-p", str(self.port)]
        command = ["turnutils_uclient", *login, *"-y -n 1 -m 1 -c".split(), HERE]
        ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=60)
        is_refused = "Cannot complete Allocation" in ran.stdout
        if (ran.returncode == 0) == is_refused:
            raise SystemExit(f"turnutils_uclient: {ran.stdout}")
        return not is_refused


def main(emulator, *programs):
    with Coturn() as coturn, Emulator(
        emulator, "--turn-secret", SECRET, "--turn-url", coturn.url
    ) as upstream:
        place = {"GRANTMINT_TURN_URL": coturn.url, "GRANTMINT_TURN_SECRET": SECRET}
        for program in programs:
            ran = subprocess.run(
                [program], env=upstream.environment | place, stdout=subprocess.PIPE, text=True, timeout=60
            )
            lines = [line.split(" ", 1) for line in ran.stdout.splitlines()]
            for expected, ice_servers in lines:
                if coturn.takes(ice_servers) != (expected == "takes"):
                    raise SystemExit(f"{program}: coturn does otherwise: {expected} {ice_servers}")
            if ran.returncode != 0 or {expected for expected, _ in lines} != {"takes", "refuses"}:
                raise SystemExit(f"{program} has failed: {ran.stdout}")
            print(f"{program}: {len(lines)} as expected")


if __name__ == "__main__":
    main(*sys.argv[1:])
