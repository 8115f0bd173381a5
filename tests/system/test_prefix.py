"""What a connection begins with, where the client is told so (prefix)."""

import json
import socket

import pytest

import net
import wherry


@pytest.mark.parametrize("method", [
    "aes-128-gcm", "chacha20-ietf-poly1305", *wherry.METHODS_2022])
def test_prefix(fleet, tmp_path, method):
    """On the wire it comes first, and servers need not know of it."""
    server = fleet.server(method, wherry.password(method))
    with socket.create_server(("127.0.0.1", 0)) as wire, \
            net.Target(net.echo) as target:
        def local(port):
            path = tmp_path / f"{port}.json"
            local_port = wherry.free_port()
            path.write_text(json.dumps({
                "server": "127.0.0.1", "server_port": port, "method": method,
                "password": wherry.password(method), "prefix": "POST \u00a8",
                "local_port": local_port}), encoding="utf-8")
            p = fleet.wherry("sslocal", "-c", path, *wherry.SANDBOX)
            p.listens(local_port)
            return local_port
        with net.connect(local(wire.getsockname()[1]), "127.0.0.1", 1) as s:
            s.sendall(b"x")
            taken, _ = wire.accept()
            with taken:
                assert net.read_exactly(taken, 6) == b"POST \xa8"
        to_server = local(server.port)
        for _ in range(3):
            with net.connect(to_server, "127.0.0.1", target.port) as s:
                s.sendall(b"hello")
                assert net.read_exactly(s, 5) == b"hello"
