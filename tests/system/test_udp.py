"""Datagrams through sslocal and ssserver, by every kind of method."""

import json
import socket
import time

import pytest

import net
import udp
import wherry

KINDS = ["aes-256-gcm", "chacha20-ietf-poly1305", "aes-256-cfb",
         *wherry.METHODS_2022]


@pytest.mark.parametrize("method", KINDS)
def test_there_and_back(fleet, seeded, method):
    """Of all sizes, by address and by name; from one port to all targets."""
    _, local = fleet.pair(method)
    with udp.Target() as one, udp.Target() as two, \
            udp.Client(local.port) as c:
        assert c.at[0] == "127.0.0.1"
        for size in [0, 1, 512, 1400, 9000, 15000]:
            data = seeded.randbytes(size)
            for target in one, two:
                source, back = c.ask("127.0.0.1", target.port, data)
                assert source == ("127.0.0.1", target.port)
                assert back == data
        for size in 4, 15000:
            data = seeded.randbytes(size)
            assert c.ask("localhost", one.port, data)[1] == data
        assert len(set(one.sources + two.sources)) == 1


def test_anyone_may_answer(fleet):
    """Full cone: a third party reaches the client by the port it is known by,
    and is named in what the client gets."""
    _, local = fleet.pair()
    with udp.Target() as one, udp.Client(local.port) as c, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        c.ask("127.0.0.1", one.port, b"where am I")
        stranger.bind(("127.0.0.1", 0))
        stranger.sendto(b"here", one.sources[0])
        assert c.take() == (stranger.getsockname(), b"here")


@pytest.mark.parametrize("method", [
    "aes-256-gcm", "chacha20-ietf-poly1305", *wherry.METHODS_2022])
def test_answers_are_no_requests(fleet, method):
    """What a server has sent comes back to it, from anywhere, and so does what
    it has taken: no target hears of either."""
    server = fleet.server(method, wherry.password(method))
    with udp.Target() as target, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as between, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        between.bind(("127.0.0.1", 0))
        between.settimeout(20 * wherry.PATIENCE)
        local = fleet.local(between.getsockname()[1], method,
                            wherry.password(method))
        at = ("127.0.0.1", server.port)
        with udp.Client(local.port) as c:
            for _ in range(2):
                c.send("127.0.0.1", target.port, b"x")
                ask, client = between.recvfrom(2048)
                between.sendto(ask, at)
                said = between.recv(2048)
                between.sendto(said, client)
                assert c.take()[1] == b"x"
                for s in between, stranger:
                    s.sendto(said, at)
                    s.sendto(ask, at)
        assert len(target.sources) == 2


def test_ipv6(fleet):
    """To IPv6 targets, by literals in names too, from clients of IPv6."""
    _, local = fleet.pair("2022-blake3-aes-128-gcm")
    with udp.Target("::1") as target, udp.Client(local.port) as c:
        assert c.ask("::1", target.port, b"6") == (("::1", target.port), b"6")
        name = b"\0\0\0\x03\x03::1" + target.port.to_bytes(2, "big")
        c.udp.sendto(name + b"literal", c.at)
        assert c.take() == (("::1", target.port), b"literal")


def test_ends_with_its_connection(fleet):
    """Another port of ours leads out once the connection is over."""
    _, local = fleet.pair()
    with udp.Target() as target:
        with udp.Client(local.port) as c:
            c.ask("127.0.0.1", target.port, b"one")
            c.tcp.close()
            time.sleep(0.2)
            # Taken all the same, as the original takes it, but as a new one.
            c.ask("127.0.0.1", target.port, b"two")
            c.tcp = None
        assert len(set(target.sources)) == 2


@pytest.mark.parametrize("mode", ["tcp_only", "udp_only"])
def test_modes(fleet, tmp_path, mode):
    """Only what the mode has: the other is refused."""
    server = fleet.server()
    local = tmp_path / "local.json"
    port = wherry.free_port()
    local.write_text(f"""{{ "server": "127.0.0.1", "local_port": {port},
        "server_port": {server.port}, "password": "correct horse",
        "method": "aes-256-gcm", "mode": "{mode}" }}""")
    fleet.wherry("sslocal", "-c", local).expect("starting local")
    with udp.Target() as target:
        if mode == "udp_only":
            assert not wherry.listening(port)
            with udp.Client(port, associate=False) as c:
                assert c.ask("127.0.0.1", target.port, b"x")[1] == b"x"
        else:
            with pytest.raises(AssertionError):
                udp.Client(port)
            with net.Target(net.echo) as t, \
                    net.connect(port, "127.0.0.1", t.port):
                pass


def test_what_is_no_datagram_of_socks(fleet):
    """Short ones, fragments, unknown addresses, noise: dropped, and the next
    good one is served."""
    server, local = fleet.pair()
    with udp.Target() as target, udp.Client(local.port) as c:
        good = udp.header("127.0.0.1", target.port)
        for bad in [b"", b"\0", b"\0\0", b"\0\0\0", b"\0\0\0\1", good[:9],
                    b"\0\0\1" + good[3:] + b"fragment", b"\0\0\0\2abcdefgh",
                    b"\0\0\0\3\0\0\x50", b"\0\0\0\3\xffshort"]:
            c.udp.sendto(bad, c.at)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noise:
            for n in range(200):
                noise.sendto(bytes([n]) * n, ("127.0.0.1", server.port))
        assert c.ask("127.0.0.1", target.port, b"still there")[1] == \
            b"still there"
        assert len(target.sources) == 1


def test_forbidden_targets(fleet):
    """What TCP may not reach UDP may not either, in whatever form."""
    server = fleet.server(forbidden="127.0.0.2/32,::1/128")
    local = fleet.local(server.port)
    with udp.Target("127.0.0.2") as bad, udp.Target() as good, \
            udp.Target("::1") as six, udp.Client(local.port) as c:
        for host, port in [("127.0.0.2", bad.port), ("::1", six.port),
                           ("::ffff:127.0.0.2", bad.port)]:
            c.send(host, port, b"x")
        c.udp.sendto(b"\0\0\0\x03\x09127.0.0.2" + bad.port.to_bytes(2, "big")
                     + b"x", c.at)
        assert c.ask("127.0.0.1", good.port, b"y")[1] == b"y"
        assert not bad.sources and not six.sources
    server.expect("forbidden target when handling datagram")


@pytest.mark.host
def test_answers_leave_from_where_they_were_asked(fleet, tmp_path):
    """Bound to any address, it answers from the one the client knows."""
    config = tmp_path / "server.json"
    port = wherry.free_port()
    config.write_text(f"""{{ "server": "::", "server_port": {port},
        "password": "correct horse", "method": "aes-256-gcm",
        "forbidden_ip": [] }}""")
    fleet.wherry("ssserver", "-c", config).expect("starting server")
    for host in "127.0.0.7", "::1":
        local_port = wherry.free_port()
        p = fleet.wherry("sslocal", "-s", host, "-p", port, "-l", local_port,
                         "-b", "0.0.0.0", "-k", "correct horse",
                         "-m", "aes-256-gcm")
        p.expect("starting local")
        with udp.Target() as target, \
                udp.Client(local_port, "127.0.0.9") as c:
            assert c.at == ("127.0.0.9", local_port)
            assert c.ask("127.0.0.1", target.port, b"x")[1] == b"x"


@pytest.mark.host
def test_server_started_anew(fleet):
    """SIP022: the client's session goes on with a server that knows nothing
    of it, and with its packets numbered from where they are."""
    method = "2022-blake3-aes-256-gcm"
    server, local = fleet.pair(method)
    with udp.Target() as target, udp.Client(local.port) as c:
        for n in range(3):
            assert c.ask("127.0.0.1", target.port, b"%d" % n)[1] == b"%d" % n
        server.stop()
        fleet.server(method, wherry.password(method), port=server.port)
        assert c.ask("127.0.0.1", target.port, b"again")[1] == b"again"


def test_fixed_target(fleet, tmp_path):
    """protocol tunnel: datagrams as they are, to one target; an association
    for each client."""
    server = fleet.server("2022-blake3-aes-128-gcm",
                          wherry.password("2022-blake3-aes-128-gcm"))
    port = wherry.free_port()
    config = tmp_path / "tunnel.json"
    for host in "127.0.0.1", "localhost":
        with udp.Target() as target:
            config.write_text(json.dumps({
                "server": "127.0.0.1", "server_port": server.port,
                "password": wherry.password("2022-blake3-aes-128-gcm"),
                "method": "2022-blake3-aes-128-gcm", "mode": "udp_only",
                "protocol": "tunnel", "local_port": port,
                "forward_address": host, "forward_port": target.port}))
            p = fleet.wherry("sslocal", "-c", config)
            p.expect("starting local")
            for n in range(2):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                    s.settimeout(5)
                    s.sendto(b"plain%d" % n, ("127.0.0.1", port))
                    data, source = s.recvfrom(100)
                    assert data == b"plain%d" % n
                    assert source == ("127.0.0.1", port)
            assert len(set(target.sources)) == 2
            p.stop()


def test_lists_of_a_client(fleet, tmp_path):
    """What they let go straight needs no server, by address or by name."""
    acl = tmp_path / "acl"
    acl.write_text("[proxy_all]\n[bypass_list]\n127.0.0.1\n")
    server = fleet.server()
    local = fleet.local(server.port, "aes-256-gcm", "correct horse",
                        "--acl", acl)
    with udp.Target() as target, udp.Target("127.0.0.2") as far, \
            udp.Client(local.port) as c:
        assert c.ask("127.0.0.2", far.port, b"x")[1] == b"x"
        server.stop()
        assert c.ask("127.0.0.1", target.port, b"y") == \
            (("127.0.0.1", target.port), b"y")
        assert c.ask("localhost", target.port, b"z")[1] == b"z"
        c.send("127.0.0.2", far.port, b"x")
        assert c.silent()
