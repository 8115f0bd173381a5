"""Each protocol that sslocal's port takes, with curl as the client."""

import socket
import subprocess

import pytest

import net
import wherry

PAGE = b"a page\n" * 2000


def page(s):
    octets = b""
    while b"\r\n\r\n" not in octets:
        more = s.recv(4096)
        if not more:
            return
        octets += more
    s.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(PAGE) +
              PAGE)


def curl(*arguments):
    return subprocess.run(
        [wherry.peer("curl"), "-sS", "--noproxy", "", *arguments],
        capture_output=True, timeout=60 * wherry.PATIENCE, check=False)


@pytest.mark.parametrize("protocol, host", [
    ("socks4", "127.0.0.1"), ("socks4a", "localhost"), ("socks5", "127.0.0.1"),
    ("socks5h", "localhost")])
@pytest.mark.parametrize("method", ["aes-256-gcm", "2022-blake3-aes-128-gcm"])
def test_protocol(fleet, method, protocol, host):
    _, local = fleet.pair(method)
    with net.Target(page) as target:
        result = curl("-x", f"{protocol}://user@127.0.0.1:{local.port}",
                      f"http://{host}:{target.port}/")
    assert result.returncode == 0, result.stderr
    assert result.stdout == PAGE


@pytest.mark.parametrize("method", [
    f"aes-{bits}-{mode}" for bits in (128, 192, 256)
    for mode in ("ofb", "cfb8", "cfb1")] + ["none"])
def test_methods_of_the_original(fleet, seeded, method):
    """Those that no other peer here knows; their ciphers have known answers."""
    _, local = fleet.pair(method)
    data = seeded.randbytes(20_000)
    with net.Target(net.echo) as target:
        with net.connect(local.port, "127.0.0.1", target.port) as s:
            s.sendall(data)
            assert net.read_exactly(s, len(data)) == data
    warned = "not encrypted" if method == "none" else "not authenticated"
    assert warned in local.text()


def test_socks4_refusals(fleet):
    """BIND and a user's id without end: 91, and the end; others go on."""
    _, local = fleet.pair()
    for request in (b"\x04\x02\0\x50\x7f\0\0\x01me\0",
                    b"\x04\x01\0\x50\x7f\0\0\x01" + b"u" * 300,
                    b"\x04\x01\0\x50\0\0\0\x01\0a b\0"):
        with socket.create_connection(("127.0.0.1", local.port), 30) as s:
            s.sendall(request)
            assert net.read_all(s) == b"\0\x5b\0\0\0\0\0\0"
    with net.Target(net.echo) as target:
        with net.connect(local.port, "127.0.0.1", target.port) as s:
            s.sendall(b"still there")
            assert net.read_exactly(s, 11) == b"still there"
