"""Datagrams: both roles against shadowsocks-libev, for every method both know."""

import pytest

import udp
import wherry

PASSWORD = "correct horse"
SIZES = [0, 1, 100, 1300]


@pytest.fixture
def their(fleet):
    """Starts one of their programs in front of, or behind, one of ours."""
    def start(name, method, server_port, local_port=None):
        p = fleet.start([wherry.peer(name), "-s", "127.0.0.1",
                         "-p", server_port, "-k", PASSWORD, "-m", method,
                         *(["-b", "127.0.0.1", "-l", local_port]
                           if local_port else []), "-t", "60", "-u"])
        return p.listens(local_port or server_port)
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
        # Theirs takes another port for names.
        assert len(set(one.sources + two.sources)) == 1
        assert c.ask("localhost", one.port, b"by name")[1] == b"by name"


@pytest.mark.parametrize("method", wherry.METHODS)
def test_their_client_our_server(fleet, their, method):
    server = fleet.server(method, PASSWORD)
    port = wherry.free_port()
    their("ss-local", method, server.port, port)
    exchange(port)


@pytest.mark.parametrize("method", wherry.METHODS)
def test_our_client_their_server(fleet, their, method):
    port = wherry.free_port()
    their("ss-server", method, port)
    exchange(fleet.local(port, method, PASSWORD).port)
