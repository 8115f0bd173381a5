"""One-time authentication of the stream methods (one_time_auth)."""

import json

import pytest

import net
import udp
import wherry


def start(fleet, tmp_path, program, method, ota, **more):
    port = wherry.free_port()
    own = "server_port" if program == "ssserver" else "local_port"
    path = tmp_path / f"{port}.json"
    path.write_text(json.dumps({
        "server": "127.0.0.1", "method": method, "password": "correct horse",
        "one_time_auth": ota, "forbidden_ip": "", own: port, **more}),
        encoding="utf-8")
    p = fleet.wherry(program, "-c", path, *wherry.SANDBOX)
    p.port = port
    return p.listens(port)


@pytest.mark.parametrize("method", ["aes-256-cfb", "chacha20", "rc4-md5"])
def test_both_ways(fleet, tmp_path, seeded, method):
    """Data, datagrams and a half-close."""
    server = start(fleet, tmp_path, "ssserver", method, True)
    local = start(fleet, tmp_path, "sslocal", method, True,
                  server_port=server.port)
    data = seeded.randbytes(1_000_000)
    with net.Target(net.echo) as target, udp.Target() as to, \
            udp.Client(local.port) as c:
        with net.connect(local.port, "127.0.0.1", target.port) as s:
            for i in range(0, len(data), 50_000):
                s.sendall(data[i:i + 50_000])
                assert net.read_exactly(s, 50_000) == data[i:i + 50_000]
            s.shutdown(1)
            assert net.read_all(s) == b""
        assert c.ask("127.0.0.1", to.port, data[:1300])[1] == data[:1300]


@pytest.mark.parametrize("server_has, local_has", [(True, False),
                                                   (False, True)])
def test_one_side_only(fleet, tmp_path, server_has, local_has):
    """Is no request at all to the other: read on, without an answer."""
    method = "aes-256-cfb"
    server = start(fleet, tmp_path, "ssserver", method, server_has)
    local = start(fleet, tmp_path, "sslocal", method, local_has,
                  server_port=server.port)
    with net.Target(net.echo) as target:
        with net.connect(local.port, "127.0.0.1", target.port) as s:
            s.sendall(b"hello")
            server.expect("when handling connection from")
        assert target.accepted == 0
