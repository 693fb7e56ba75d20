#!/usr/bin/env python3
"""Runs the token server against the emulator: a crowd, wrong requests, outages, an end.

Its arguments are the two programs: token_server, grantmint-emulator.
"""

import contextlib
import http.client
import json
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from with_emulator import DEMO_KEY, ORIGIN, Emulator  # noqa: E402

SERVER, EMULATOR = (str(Path(path).resolve()) for path in sys.argv[1:3])

CLIENTS = 16
REQUESTS = 125  # of each client
STREAMS = [f"VJ{number:032x}" for number in range(1, 7)]
IDENTITY = "a-viewer-whom-no-log-may-name"
PATIENCE = 30  # seconds, for what takes a few


class Server:
    """The server, for the length of a `with`; ended by SIGTERM, in order."""

    def __init__(self, emulator, **environment):
        self.environment = {
            **emulator.environment,
            "GRANTMINT_BASE_URL": emulator.url,
            "TOKEN_SERVER_LISTEN": "127.0.0.1:0",
            "TOKEN_SERVER_ORIGIN": ORIGIN,
            "TOKEN_SERVER_STREAMS": ",".join(STREAMS),
            **environment,
        }

    def __enter__(self):
        self.stderr = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [SERVER], env=self.environment, stdout=subprocess.PIPE, stderr=self.stderr, text=True
        )
        first = self.process.stdout.readline()
        if not first.startswith("listening on http://"):
            self.process.communicate(timeout=PATIENCE)
            self.stderr.seek(0)
            raise AssertionError(first + self.stderr.read())
        self.address = first.split("//")[1].strip()
        return self

    def __exit__(self, kind, *_):
        self.process.send_signal(signal.SIGTERM)
        out = self.process.communicate(timeout=PATIENCE)[0]
        with self.stderr:
            self.stderr.seek(0)
            self.log = self.stderr.read()
        if kind is not None:
            print(out, self.log)
            return
        assert (self.process.returncode, out) == (0, "ended in order\n"), self.log
        for secret in (DEMO_KEY["TWILIO_API_SECRET"], IDENTITY, "eyJ", "playbackUrl"):
            assert secret not in self.log, "the log says what it must not say"

    def connect(self):
        return contextlib.closing(http.client.HTTPConnection(self.address, timeout=PATIENCE))

    def get(self, path, connection=None):
        """Status, headers and text of an answer."""
        if connection is None:
            with self.connect() as once:
                return self.get(path, once)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()

    def token(self, stream, identity, connection=None):
        """Status, headers and JSON of the answer to a viewer."""
        query = urllib.parse.urlencode({"stream": stream, "identity": identity})
        status, headers, text = self.get(f"/token?{query}", connection)
        return status, headers, json.loads(text)


def wait_until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


class Crowd(unittest.TestCase):
    def test_each_viewer_is_let_in_and_each_stream_costs_one_call(self):
        with Emulator(EMULATOR) as emulator, Server(emulator) as server:
            with ThreadPoolExecutor(CLIENTS) as clients:
                started = time.monotonic()
                answers = list(clients.map(lambda client: self.ask(server, client), range(CLIENTS)))
                took = time.monotonic() - started
                calls = emulator.ask("counters")["by_streamer"]
                viewers = [viewer for client in answers for viewer in client]
                tokens = [token for _, token in viewers]
                self.assertEqual(len(set(tokens)), CLIENTS * REQUESTS)
                self.assertEqual(calls, dict.fromkeys(STREAMS, 1))
                admitted = list(clients.map(emulator.play, tokens))
            self.assertEqual(admitted, [stream for stream, _ in viewers])
            self.assertEqual(emulator.ask("counters")["plays_admitted"], CLIENTS * REQUESTS)
        print(f"{len(tokens)} tokens in {took:.1f} s, {sum(calls.values())} calls upstream")
        self.assertEqual(server.log.count("token 200\n"), CLIENTS * REQUESTS)

    def ask(self, server, client):
        """What one client gets, over one connection: streams and tokens."""
        got = []
        with server.connect() as connection:
            for number in range(REQUESTS):
                stream = STREAMS[(client + number) % len(STREAMS)]
                status, _, said = server.token(stream, f"{IDENTITY}-{client}-{number}", connection)
                self.assertEqual(status, 200, said)
                self.assertGreater(said["grant_remaining_ms"], 5_000)
                got.append((stream, said["token"]))
        return got


class Settings(unittest.TestCase):
    def test_without_an_origin_any_may_play(self):
        with Emulator(EMULATOR) as emulator, Server(emulator, TOKEN_SERVER_ORIGIN="") as server:
            self.assertEqual(server.token(STREAMS[0], IDENTITY)[0], 200)


class Requests(unittest.TestCase):
    def test_what_is_not_in_order_is_refused(self):
        cases = {
            "/token": (404, "unknown_stream"),
            "/token?stream=VJ1&identity=alice": (404, "unknown_stream"),
            f"/token?stream={STREAMS[0]}": (400, "invalid_identity"),
            f"/token?stream={STREAMS[0]}&identity=": (400, "invalid_identity"),
            f"/token?stream={STREAMS[0]}&identity={'x' * 513}": (400, "invalid_identity"),
            f"/token?stream={STREAMS[0]}&identity=%ff%fe": (400, "invalid_utf8"),
            "/nowhere%0atoken%20200": (404, "refused"),
        }
        with Emulator(EMULATOR) as emulator, Server(emulator) as server:
            for path, (expected, code) in cases.items():
                with self.subTest(path=path[:80]):
                    status, headers, text = server.get(path)
                    self.assertEqual((status, json.loads(text)), (expected, {"error": code}))
                    self.assertIsNone(headers["Retry-After"])
                    self.assertEqual(headers["Cache-Control"], "no-store")
        expected = [f"token {status} {code}" for status, code in cases.values()]
        expected[-1] = "- 404 refused"
        self.assertEqual(server.log.splitlines(), expected)

    def test_health_and_metrics(self):
        with Emulator(EMULATOR) as emulator, Server(emulator) as server:
            self.assertEqual(server.get("/healthz")[::2], (200, '{"ok":true}'))
            for _ in range(3):
                self.assertEqual(server.token(STREAMS[0], IDENTITY)[0], 200)
            # The grants were sent for at the start, so they may still be on the way.
            fetched = f'grantmint_fetches_total{{cache="live"}} {len(STREAMS)}\n'
            wait_until(lambda: fetched in server.get("/metrics")[2])
            page = server.get("/metrics")[2]
            self.assertIn('grantmint_hits_total{cache="live",freshness="fresh"}', page)
            self.assertNotIn(IDENTITY, page)


class Upstream(unittest.TestCase):
    def test_each_failure_has_its_status(self):
        throttled = {"kind": "throttle", "retry_after": 7, "form": "seconds"}
        cases = [
            ({"kind": "status", "status": 401}, 502, "upstream_unauthorized", None),
            ({"kind": "status", "status": 404}, 404, "upstream_not_found", None),
            ({"kind": "not_json"}, 502, "upstream_not_json", None),
            ({"kind": "status", "status": 503}, 503, "upstream_unavailable", range(1, 11)),
            ({"kind": "cut_before"}, 503, "upstream_connect", range(1, 11)),
            (throttled, 503, "throttled", range(7, 12)),
        ]
        for fault, expected, code, wait in cases:
            with self.subTest(code), Emulator(EMULATOR, "--fault", json.dumps(fault)) as emulator:
                with Server(emulator) as server:
                    status, headers, said = server.token(STREAMS[0], IDENTITY)
                self.assertEqual((status, said), (expected, {"error": code}))
                if wait is None:
                    self.assertIsNone(headers["Retry-After"])
                else:
                    self.assertIn(int(headers["Retry-After"]), wait)

    def test_an_outage_is_bridged_while_the_grant_lives(self):
        settings = {"GRANTMINT_GRANT_TTL": "8", "TOKEN_SERVER_STREAMS": STREAMS[0]}
        with Emulator(EMULATOR) as emulator:
            with Server(emulator, **settings) as server:
                self.assertEqual(server.token(STREAMS[0], IDENTITY)[0], 200)
                emulator.ask("faults", {"kind": "status", "status": 503})
                # It is served until the end, by then with a warning, and then refused.
                seen = []

                def refused():
                    seen.append(server.token(STREAMS[0], IDENTITY))
                    return seen[-1][0] != 200

                wait_until(refused)
                *served, (status, headers, said) = seen
                self.assertEqual((status, said), (503, {"error": "upstream_unavailable"}))
                self.assertGreaterEqual(int(headers["Retry-After"]), 1)
                self.assertEqual(served[-1][2]["freshness"], "degraded")
                for _, _, viewer in (served[0], served[len(served) // 2], served[-1]):
                    self.assertGreater(viewer["grant_remaining_ms"], 0)
                # No request is sent meanwhile, and asked again when it has recovered.
                calls = emulator.ask("counters")["requests"]
                self.assertLess(calls, 12)
                emulator.ask("reset", {})
                wait_until(lambda: server.token(STREAMS[0], IDENTITY)[0] == 200)

    def test_an_upstream_that_is_gone(self):
        with Emulator(EMULATOR) as emulator, Server(emulator) as server:
            self.assertEqual(server.token(STREAMS[0], IDENTITY)[0], 200)
            emulator.process.terminate()
            emulator.process.wait(timeout=PATIENCE)
            self.assertEqual(server.token(STREAMS[0], IDENTITY)[0], 200)
        with Server(emulator) as server:
            status, headers, said = server.token(STREAMS[0], IDENTITY)
            self.assertEqual((status, said), (503, {"error": "upstream_connect"}))
            self.assertIn(int(headers["Retry-After"]), range(1, 11))
            self.assertEqual(server.get("/healthz")[0], 200)


class Process(unittest.TestCase):
    def test_requests_that_were_taken_are_answered(self):
        slow = json.dumps({"kind": "latency", "ms": 1_500})
        with Emulator(EMULATOR, "--fault", slow) as emulator, ThreadPoolExecutor(4) as clients:
            with Server(emulator) as server:
                waiting = [clients.submit(server.token, STREAMS[0], IDENTITY) for _ in range(4)]
                # They wait for the grant that was sent for at the start.
                wait_until(lambda: 'waits_total{cache="live"} 4\n' in server.get("/metrics")[2])
                server.process.send_signal(signal.SIGTERM)
            for each in waiting:
                self.assertEqual(each.result(timeout=PATIENCE)[0], 200)
            with self.assertRaises(ConnectionRefusedError):
                server.get("/healthz")

    def test_what_is_set_wrongly_is_named(self):
        cases = {
            "TOKEN_SERVER_STREAMS": ["", "VJ1"],
            "TOKEN_SERVER_LISTEN": ["8080", "127.0.0.1:", "127.0.0.1:99999", "256.1.1.1:80"],
            "TOKEN_SERVER_THREADS": ["0", "x"],
            "TOKEN_SERVER_ORIGIN": ["example"],
            "GRANTMINT_GRANT_TTL": ["61"],
            "GRANTMINT_BASE_URL": ["http://example.com"],
            "TWILIO_API_SECRET": [""],
        }
        with Emulator(EMULATOR) as emulator:
            for name, values in cases.items():
                for value in values:
                    with self.subTest(f"{name}={value}"):
                        environment = {**Server(emulator).environment, name: value}
                        ran = self.run_to_its_end(environment)
                        self.assertEqual((ran.returncode, ran.stdout), (1, ""))
                        self.assertRegex(ran.stderr, r"^token_server: .+\n$")

    def run_to_its_end(self, environment):
        pipes = {"capture_output": True, "text": True, "timeout": PATIENCE}
        return subprocess.run([SERVER], env=environment, **pipes)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2, warnings="ignore")
