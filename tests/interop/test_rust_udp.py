"""Datagrams: both roles against shadowsocks-rust, users of a port too."""

import base64
import hashlib
import json
import os
import time

import pytest

import udp
import wherry

METHODS = [
    pytest.param("2022-blake3-aes-128-gcm", marks=pytest.mark.generation),
    "2022-blake3-aes-256-gcm", "2022-blake3-chacha20-poly1305",
    pytest.param("chacha20-ietf-poly1305", marks=pytest.mark.generation),
    "aes-128-gcm", "aes-256-gcm", "aes-256-cfb"]
# Their server leads no empty datagrams on.
SIZES = [1, 100, 1300, 8000]


@pytest.fixture
def their(fleet):
    def start(name, port, *arguments):
        p = fleet.start([os.path.join(wherry.rust(), name), *arguments])
        return p.listens(port)
    return start


def exchange(port):
    """Each size to two targets by address, and to one by name."""
    with udp.Target() as one, udp.Target() as two, udp.Client(port) as c:
        for size in SIZES:
            data = bytes(i * 7 & 0xff for i in range(size))
            for target in one, two:
                source, back = c.ask("127.0.0.1", target.port, data)
                assert source == ("127.0.0.1", target.port)
                assert back == data
        assert len(set(one.sources + two.sources)) == 1
        assert c.ask("localhost", one.port, b"by name")[1] == b"by name"


@pytest.mark.parametrize("method", METHODS)
def test_their_client_our_server(fleet, their, method):
    password = wherry.password(method)
    server = fleet.server(method, password)
    port = wherry.free_port()
    their("sslocal", port, "-b", f"127.0.0.1:{port}", "-U",
          "-s", f"127.0.0.1:{server.port}", "-k", password, "-m", method)
    exchange(port)


@pytest.mark.parametrize("method", METHODS)
def test_our_client_their_server(fleet, their, method):
    password, port = wherry.password(method), wherry.free_port()
    their("ssserver", port, "-s", f"127.0.0.1:{port}", "-U",
          "-k", password, "-m", method)
    exchange(fleet.local(port, method, password).port)


def key(method, text):
    size = wherry.METHODS_2022[method]
    return base64.b64encode(hashlib.sha256(text.encode()).digest()[:size]) \
        .decode()


def config_of_users(path, method, port):
    """A server with two users."""
    path.write_text(json.dumps({"servers": [{
        "server": "127.0.0.1", "server_port": port, "method": method,
        "password": key(method, "port"), "mode": "tcp_and_udp",
        "users": [{"name": n, "password": key(method, n)}
                  for n in ("ann", "bob")]}], "forbidden_ip": []}))
    return path


@pytest.mark.parametrize("method", list(wherry.METHODS_2022)[:2])
def test_our_client_one_of_their_users(fleet, their, tmp_path, method):
    port = wherry.free_port()
    path = config_of_users(tmp_path / "server.json", method, port)
    their("ssserver", port, "-c", path)
    password = key(method, "port") + ":" + key(method, "bob")
    exchange(fleet.local(port, method, password).port)


@pytest.mark.parametrize("method", list(wherry.METHODS_2022)[:2])
def test_their_client_one_of_our_users(fleet, their, tmp_path, method):
    """Both of them; nobody comes in by the port's key alone."""
    server_port = wherry.free_port()
    path = config_of_users(tmp_path / "server.json", method, server_port)
    server = fleet.wherry("ssserver", "-c", path)
    server.expect("starting server")
    for who in "ann", "bob":
        port = wherry.free_port()
        their("sslocal", port, "-b", f"127.0.0.1:{port}", "-U",
              "-s", f"127.0.0.1:{server_port}", "-m", method,
              "-k", key(method, "port") + ":" + key(method, who))
        exchange(port)
    local = fleet.local(server_port, method, key(method, "port"))
    with udp.Target() as target, udp.Client(local.port) as c:
        c.send("127.0.0.1", target.port, b"x")
        time.sleep(0.3)
        assert not target.sources
