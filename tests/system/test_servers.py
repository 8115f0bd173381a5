"""sslocal in front of several servers that come and go."""

import json
import time

import pytest

import net
import wherry


def local_of(fleet, servers, **more):
    port = wherry.free_port()
    path = fleet.folder / "local.json"
    path.write_text(json.dumps({
        "local_address": "127.0.0.1", "local_port": port, "servers": servers,
        **more}))
    p = fleet.wherry("sslocal", "-c", str(path), "-v")
    p.port = port
    return p.listens(port)


def entry(server, method, password="correct horse"):
    return {"server": "127.0.0.1", "server_port": server,
            "method": method, "password": password}


def echoed(local, target, words):
    with net.connect(local.port, "127.0.0.1", target.port) as s:
        s.sendall(words)
        return net.read_exactly(s, len(words)) == words


@pytest.mark.parametrize("choice", ["chance", "latency"])
def test_killed_in_turn(fleet, choice):
    """While one of two serves no connection fails, whichever it is; they may
    have different methods. When both are back both are used again."""
    methods = ["aes-256-gcm", "2022-blake3-aes-128-gcm"]
    keys = [wherry.password(m) for m in methods]
    servers = [fleet.server(m, k) for m, k in zip(methods, keys)]
    with net.Target(net.echo) as target:
        local = local_of(
            fleet, [entry(s.port, m, k)
                    for s, m, k in zip(servers, methods, keys)],
            server_choice=choice, check_interval=1,
            check_target=f"127.0.0.1:{target.port}")
        for _ in range(4):
            assert echoed(local, target, b"both")
        for i in range(2):
            servers[i].stop()
            # Chosen by lot, or asked in its turn, it is found to be gone.
            wherry.wait_for("notice", 20, lambda: (
                echoed(local, target, b"one of them") and
                "server 127.0.0.1:%d: " % servers[i].port in local.text()))
            servers[i] = fleet.server(methods[i], keys[i],
                                      port=servers[i].port)
            # Its turn comes again; that ends the other's reign next.
            if choice == "chance":
                wherry.wait_for("the server's return", 20, lambda: (
                    echoed(local, target, b"again") and
                    "server 127.0.0.1:%d is back" % servers[i].port
                    in local.text()))
            else:
                local.expect(r"server 127\.0\.0\.1:%d is back" %
                             servers[i].port, 20)


def test_all_down_and_back(fleet):
    server = fleet.server()
    others = [wherry.free_port() for _ in range(2)]
    with net.Target(net.echo) as target:
        local = local_of(fleet, [
            entry(p, "aes-256-gcm") for p in [*others, server.port]],
            server_choice="chance")
        assert echoed(local, target, b"the third")
        server.stop()
        begun = time.monotonic()
        with net.connect(local.port, "127.0.0.1", target.port) as s:
            try:
                assert s.recv(1) == b""
            except ConnectionResetError:
                pass
        assert time.monotonic() - begun < 10 * wherry.PATIENCE
        server = fleet.server(port=server.port)
        assert echoed(local, target, b"back at once")
