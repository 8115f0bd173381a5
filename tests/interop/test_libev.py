"""Both roles against shadowsocks-libev, for every method both know."""

import hashlib
import socket
import threading

import pytest

import net
import wherry

SIZE = 200_000 if wherry.EMULATED else 2_000_000
PASSWORD = "correct horse"

# What its 3.3.5 knows of ours: all. A board's own run takes one of each
# generation.
SHARED = [pytest.param(m, marks=pytest.mark.generation)
          if m in ("chacha20-ietf-poly1305", "aes-256-cfb") else m
          for m in wherry.METHODS + wherry.METHODS_RARE]


@pytest.fixture
def their(fleet):
    """Starts one of their programs in front of, or behind, one of ours."""
    def start(name, method, server_port, local_port=None, *more):
        p = fleet.start([wherry.peer(name), "-s", "127.0.0.1",
                         "-p", server_port, "-k", PASSWORD, "-m", method,
                         *(["-b", "127.0.0.1", "-l", local_port]
                           if local_port else []), "-t", "60", *more])
        return p.listens(local_port or server_port)
    return start


def exchange(port, data):
    """Up and down at once: what came back. libev knows no half-close, so the
    client ends when it has everything."""
    with net.Target(net.echo) as target:
        with net.connect(port, "127.0.0.1", target.port, 60) as s:
            giver = threading.Thread(target=s.sendall, args=(data,))
            giver.start()
            back = net.read_exactly(s, len(data))
            giver.join()
    assert hashlib.sha256(back).digest() == hashlib.sha256(data).digest()


def server_first(port):
    """The target talks first and ends first."""
    def greet(s):
        s.sendall(b"220 hello")

    with net.Target(greet) as target:
        with net.connect(port, "localhost", target.port) as s:
            assert net.read_all(s) == b"220 hello"


@pytest.mark.parametrize("method", SHARED)
def test_their_client_our_server(fleet, their, seeded, method):
    server = fleet.server(method, PASSWORD)
    port = wherry.free_port()
    their("ss-local", method, server.port, port)
    exchange(port, seeded.randbytes(SIZE))
    server_first(port)


@pytest.mark.parametrize("method", SHARED)
def test_our_client_their_server(fleet, their, seeded, method):
    port = wherry.free_port()
    their("ss-server", method, port)
    local = fleet.local(port, method, PASSWORD)
    exchange(local.port, seeded.randbytes(SIZE))
    server_first(local.port)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_kinds_of_address(fleet, their, name):
    """Name, IPv4 and IPv6, as their client writes them and ours reads them."""
    server = fleet.server("aes-256-gcm", PASSWORD)
    port = wherry.free_port()
    their("ss-local", "aes-256-gcm", server.port, port)
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    with socket.create_server((name if ":" in name else "127.0.0.1", 0),
                              family=family) as listener:
        with net.connect(port, name, listener.getsockname()[1]) as s:
            s.sendall(b"hello")
            listener.settimeout(20)
            other, _ = listener.accept()
            with other:
                assert net.read_exactly(other, 5) == b"hello"
