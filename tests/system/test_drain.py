"""A handshake that is not one gets no answer, whatever its length or content.

Source: shadowsocks.md 4.1, "unified" reaction; issue 2 section 4.
"""

import asyncio
import socket
import threading
import time

import pytest

import net
import wherry

LENGTHS = [1, 16, 33, 50, 100, 221, 500, 2000]
TIMEOUT = 2

# aes-256-cfb, password "drain", IV of zeros: the first octet of the key stream.
# An address type must be 1, 3 or 4; this one is 5.
CFB_KEY_STREAM = 0x1f
CFB_BAD_TYPE = bytes(16) + bytes([CFB_KEY_STREAM ^ 5])


async def probe(port, octets, end):
    """(octets answered, seconds until the connection ended, how it ended)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    start = time.monotonic()
    writer.write(octets)
    how = "end"
    try:
        if end:
            writer.write_eof()
        answer = await asyncio.wait_for(reader.read(-1), 20 * wherry.PATIENCE)
    except OSError:     # asyncio's shutdown says ENOTCONN
        answer, how = b"", "reset"
    writer.close()
    return answer, time.monotonic() - start, how


def probe_all(port, probes):
    async def scenario():
        return await asyncio.gather(*(probe(port, *p) for p in probes))
    return asyncio.run(scenario())


def judge(probes, results):
    for (octets, end), (answer, seconds, how) in zip(probes, results):
        what = f"{len(octets)} octets, {'with' if end else 'without'} FIN"
        print(f"{what}: {how} after {seconds:.2f} s")
        assert answer == b"", what
        assert how == "end", what
        assert seconds < TIMEOUT * 2 + wherry.PATIENCE, what
        # Who says nothing more is not told when we have made up our mind.
        assert end or seconds > TIMEOUT * 0.5, what


@pytest.mark.parametrize("method", ["aes-128-gcm", "aes-256-gcm",
                                    "chacha20-ietf-poly1305",
                                    *wherry.METHODS_2022])
def test_random_octets(fleet, seeded, method):
    server = fleet.server(method, wherry.password(method), "-t", str(TIMEOUT))
    probes = [(seeded.randbytes(n), end)
              for n in LENGTHS for end in (False, True)]
    judge(probes, probe_all(server.port, probes))


def test_bad_address_type_of_a_stream_method(fleet, seeded):
    server = fleet.server("aes-256-cfb", "drain", "-t", str(TIMEOUT))
    probes = [((CFB_BAD_TYPE + seeded.randbytes(2000))[:n], end)
              for n in LENGTHS for end in (False, True)]
    judge(probes, probe_all(server.port, probes))


@pytest.mark.host
@pytest.mark.parametrize("reaction", ["rst", "shutdown-drain"])
@pytest.mark.parametrize("method", ["aes-128-gcm",
                                    "2022-blake3-aes-128-gcm"])
def test_other_reactions(fleet, seeded, method, reaction):
    """At once, and the same for all that are long enough to be judged."""
    server = fleet.server(method, wherry.password(method), "-t", "30",
                          "--on-bad-request", reaction)
    probes = [(seeded.randbytes(n), end)
              for n in (50, 100, 221, 500, 2000) for end in (False, True)]
    probes += [(seeded.randbytes(n), True) for n in (1, 16, 33)]
    for answer, _, how in probe_all(server.port, probes):
        assert answer == b""
        assert how == ("reset" if reaction == "rst" else "end")


def test_octets_after_the_bad_handshake(fleet, seeded):
    """It goes on reading, so the sender never sees a reset."""
    server = fleet.server("aes-256-gcm", "x", "-t", str(TIMEOUT))

    async def scenario():
        reader, writer = await asyncio.open_connection("127.0.0.1",
                                                       server.port)
        for _ in range(40):
            writer.write(seeded.randbytes(50_000))
            await writer.drain()
        writer.write_eof()
        return await asyncio.wait_for(reader.read(-1), 10 * wherry.PATIENCE)

    assert asyncio.run(scenario()) == b""


@pytest.mark.parametrize("method", ["aes-256-gcm", "chacha20-ietf-poly1305",
                                    "2022-blake3-aes-128-gcm"])
def test_wrong_password(fleet, method):
    """The client gets nothing back until the timeout, then the end."""
    server = fleet.server(method, wherry.password(method, "right"),
                          "-t", str(TIMEOUT))
    local = fleet.local(server.port, method, wherry.password(method, "wrong"),
                        "-t", "30")
    with net.Target(net.echo) as target:
        with net.connect(local.port, "127.0.0.1", target.port) as s:
            start = time.monotonic()
            s.sendall(b"hello")
            try:
                assert s.recv(1) == b""
            except ConnectionResetError:
                pass
            assert time.monotonic() - start > TIMEOUT * 0.5
        assert target.accepted == 0


def record(port, flights):
    """A server's stand-in at a port: hands on what the first client sent."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        s, _ = listener.accept()
        with s:
            flights.append(s.recv(65536))


@pytest.mark.parametrize("method", [
    "aes-128-gcm",
    pytest.param("xchacha20-ietf-poly1305", marks=pytest.mark.host),
    pytest.param("2022-blake3-aes-256-gcm", marks=pytest.mark.host)])
def test_recorded_and_sent_again(fleet, tmp_path, method):
    """Served the first time; then silence, of a server started anew too."""
    password, flights = wherry.password(method), []
    port = wherry.free_port()
    thread = threading.Thread(target=record, args=(port, flights))
    thread.start()
    salts = tmp_path / "salts"
    more = ["-t", str(TIMEOUT), "--salt-file", salts]
    with net.Target(net.echo) as target:
        local = fleet.local(port, method, password)
        with net.connect(local.port, "127.0.0.1", target.port) as s:
            s.sendall(b"hello")
            thread.join()
        server = fleet.server(method, password, *more)
        answer, _, _ = probe_all(server.port, [(flights[0], True)])[0]
        assert len(answer) > 5 and target.accepted == 1
        again = [(flights[0], end) for end in (True, False)]
        judge(again, probe_all(server.port, again))
        # What it said itself is no request either.
        again = [(answer, True)]
        judge(again, probe_all(server.port, again))
        if method.startswith("2022"):
            return      # salts are known for a minute, by time and memory
        server.stop()
        server = fleet.server(method, password, *more)
        again = [(flights[0], False)]
        judge(again, probe_all(server.port, again))
        assert target.accepted == 1
    assert salts.stat().st_mode & 0o777 == 0o600


def test_drained_connections_are_forgotten(fleet, seeded):
    """After their timeout they hold nothing: as many again are taken."""
    server = fleet.server("aes-256-gcm", "x", "-t", "1")
    for _ in range(2):
        probes = [(seeded.randbytes(100), False) for _ in range(100)]
        results = probe_all(server.port, probes)
        assert all(r[0] == b"" for r in results)
    local = fleet.local(server.port, "aes-256-gcm", "x")
    with net.Target(net.echo) as target:
        with net.connect(local.port, "127.0.0.1", target.port) as s:
            s.sendall(b"hello")
            assert net.read_exactly(s, 5) == b"hello"
