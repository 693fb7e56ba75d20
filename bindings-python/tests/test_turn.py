"""A real coturn server, which relays for what IceServers hands out, and for nothing else."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from importlib.util import find_spec

import pytest
from grantmint import ApiKey, IceServers, ManualClock
from support import KEY, Emulator
from test_ice_servers import TURN_KEY

SECRET = "north of the wall"

pytestmark = pytest.mark.skipif(
    shutil.which("turnserver") is None or find_spec("aiortc") is None,
    reason="coturn, or aiortc, is not installed",
)


def free_port() -> int:
    """One that is free for both protocols."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = int(tcp.getsockname()[1])
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def answers(port: int) -> bool:
    """Whether a STUN server answers a request for one's own address (RFC 8489)."""
    with socket.socket(type=socket.SOCK_DGRAM) as udp:
        udp.settimeout(0.1)
        try:
            udp.sendto(
                bytes([0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42]) + b"a dozen byte", ("127.0.0.1", port)
            )
            return bool(udp.recv(512))
        except OSError:
            return False


@pytest.fixture
def turn():
    """The URL of a server."""
    port = free_port()
    options = ["-n", "--no-cli", "--no-tls", "--no-dtls", "--realm=grantmint", "--use-auth-secret"]
    options += ["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--allow-loopback-peers"]
    options += [f"--listening-port={port}", f"--static-auth-secret={SECRET}", "--no-stdout-log"]
    process = subprocess.Popen(
        ["turnserver", *options, "--log-file=/dev/null", "--pidfile=/dev/null"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 20
    while not answers(port):
        assert time.monotonic() < end, "coturn does not come up"
    yield f"turn:127.0.0.1:{port}?transport=udp"
    process.kill()
    process.wait(20)


def allocates(issued) -> bool:
    """Whether the server allocates a relay for a credential. If not, it has refused it."""
    import aioice
    from aiortc.rtcicetransport import parse_stun_turn_uri

    relay = next(server for server in issued.ice_servers if "username" in server)
    uri = parse_stun_turn_uri(relay["urls"][0])

    async def main():
        transport, _ = await aioice.turn.create_turn_endpoint(
            asyncio.DatagramProtocol,
            server_addr=(uri["host"], uri["port"]),
            username=relay["username"],
            password=relay["credential"],
        )
        transport.close()
        # To give the relay back takes a moment.
        await asyncio.sleep(0.05)

    try:
        asyncio.run(asyncio.wait_for(main(), 20))
    except aioice.stun.TransactionFailed as refused:
        code, _ = refused.response.attributes["ERROR-CODE"]
        assert code == 401
        return False
    return True


def test_what_is_signed_here_is_taken_and_what_is_not_is_refused(turn):
    servers = IceServers.coturn(SECRET, [turn], ttl=60)
    for identity in (None, "alice", "å😀@example"):
        assert allocates(servers.get(identity))
    assert not allocates(IceServers.coturn("another", [turn]).get("alice"))
    an_hour_ago = ManualClock(time.time() - 3600)
    expired = IceServers.coturn(SECRET, [turn], ttl=60, clock=an_hour_ago)
    assert not allocates(expired.get("alice"))


def test_what_the_emulators_services_hand_out_is_taken(turn):
    emulator = Emulator("--turn-secret", SECRET, "--turn-url", turn)
    try:
        options = {"base_url": emulator.base_url, "isolated": True}
        for servers in (
            IceServers.twilio(ApiKey(*KEY), **options),
            IceServers.cloudflare(*TURN_KEY, **options),
        ):
            for identity in (None, "alice"):
                assert allocates(servers.get(identity))
    finally:
        emulator.close()


def test_two_peers_of_aiortc_connect_through_a_relay(turn):
    from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection

    emulator = Emulator("--turn-secret", SECRET, "--turn-url", turn)
    key = ApiKey(*KEY)
    twilio = IceServers.twilio(key, base_url=emulator.base_url, isolated=True).get("alice")
    coturn = IceServers.coturn(SECRET, [turn], ttl=600).get("bob")
    emulator.close()

    def peer(issued):
        # Each of the servers is what the class takes.
        servers = [RTCIceServer(**server) for server in issued.ice_servers]
        relays = [server for server in servers if server.username]
        return RTCPeerConnection(RTCConfiguration(iceServers=relays))

    async def main():
        one, other = peer(twilio), peer(coturn)
        heard = asyncio.get_running_loop().create_future()

        @other.on("datachannel")
        def on_channel(channel):
            channel.on("message", lambda text: heard.done() or heard.set_result(text))

        channel = one.createDataChannel("talk")
        channel.on("open", lambda: channel.send("hello"))
        await one.setLocalDescription(await one.createOffer())
        assert " typ relay " in one.localDescription.sdp
        await other.setRemoteDescription(only_relays(one.localDescription))
        await other.setLocalDescription(await other.createAnswer())
        assert " typ relay " in other.localDescription.sdp
        await one.setRemoteDescription(only_relays(other.localDescription))
        said = await asyncio.wait_for(heard, 30)
        await asyncio.gather(one.close(), other.close())
        return said

    assert asyncio.run(main()) == "hello"


def only_relays(description):
    """A description without the ways past the relay."""
    from aiortc import RTCSessionDescription

    lines = description.sdp.splitlines(keepends=True)
    kept = [line for line in lines if "a=candidate" not in line or " typ relay " in line]
    return RTCSessionDescription(sdp="".join(kept), type=description.type)
