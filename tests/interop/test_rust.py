"""Both roles against shadowsocks-rust, which toolchain/ssrust builds (or
WHERRY_SSRUST names a folder with its programs)."""

import os
import threading

import pytest

import net
import wherry

# Theirs sends chunks of up to 64 KiB: enough of them for our big buffers.
SIZE = 400_000 if wherry.EMULATED else 20_000_000

# All that both know. A board's own run takes one of each generation.
METHODS = [
    pytest.param("2022-blake3-aes-128-gcm", marks=pytest.mark.generation),
    "2022-blake3-aes-256-gcm", "2022-blake3-chacha20-poly1305",
    pytest.param("chacha20-ietf-poly1305", marks=pytest.mark.generation),
    "aes-128-gcm", "aes-256-gcm",
    pytest.param("aes-256-cfb", marks=pytest.mark.generation),
    "aes-128-ctr", "xchacha20-ietf-poly1305", "chacha20-ietf", "rc4-md5",
    "camellia-256-cfb", "none"]


@pytest.fixture
def their(fleet):
    def start(name, port, *arguments):
        p = fleet.start([os.path.join(wherry.rust(), name), *arguments])
        return p.listens(port)
    return start


def exchange(port, data):
    """Up and down at once; then the target speaks first."""
    with net.Target(net.echo) as target:
        with net.connect(port, "127.0.0.1", target.port, 60) as s:
            giver = threading.Thread(target=s.sendall, args=(data,))
            giver.start()
            assert net.read_exactly(s, len(data)) == data
            giver.join()
    with net.Target(lambda s: s.sendall(b"220 hello")) as target:
        with net.connect(port, "localhost", target.port) as s:
            assert net.read_all(s) == b"220 hello"


def many(port, data):
    """Several at once share the big buffers."""
    threads = [threading.Thread(target=exchange, args=(port, data))
               for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


@pytest.mark.parametrize("method", METHODS)
def test_their_client_our_server(fleet, their, seeded, method):
    password = wherry.password(method)
    server = fleet.server(method, password)
    port = wherry.free_port()
    their("sslocal", port, "-b", f"127.0.0.1:{port}",
          "-s", f"127.0.0.1:{server.port}", "-k", password, "-m", method)
    exchange(port, seeded.randbytes(SIZE))
    many(port, seeded.randbytes(SIZE // 10))


@pytest.mark.parametrize("method", METHODS)
def test_our_client_their_server(fleet, their, seeded, method):
    password, port = wherry.password(method), wherry.free_port()
    their("ssserver", port, "-s", f"127.0.0.1:{port}",
          "-k", password, "-m", method)
    local = fleet.local(port, method, password)
    exchange(local.port, seeded.randbytes(SIZE))
    many(local.port, seeded.randbytes(SIZE // 10))


@pytest.mark.parametrize("method", list(wherry.METHODS_2022)[:2])
def test_our_client_one_of_their_users(fleet, their, seeded, tmp_path,
                                       method):
    """A port with users: the password is identity key and user's key."""
    identity = wherry.password(method, "the server's")
    user = wherry.password(method, "alice's")
    port = wherry.free_port()
    config = tmp_path / "rust.json"
    config.write_text(
        '{"servers": [{"address": "127.0.0.1", "port": %d, "method": "%s",'
        ' "password": "%s", "users": [{"name": "bob", "password": "%s"},'
        ' {"name": "alice", "password": "%s"}]}]}' % (
            port, method, identity, wherry.password(method, "bob's"), user))
    their("ssserver", port, "-c", config)
    local = fleet.local(port, method, f"{identity}:{user}")
    exchange(local.port, seeded.randbytes(SIZE // 10))
