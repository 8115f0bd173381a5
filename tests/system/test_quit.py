"""SIGQUIT: no new connections, the live ones are served to their end.
Contract: shadowsocks.md 2.2."""

import signal

import pytest

import net
import wherry


@pytest.mark.parametrize("which", ["server", "local"])
def test_quit_serves_live_connections(fleet, which):
    server, local = fleet.pair()
    program = {"server": server, "local": local}[which]
    with net.Target(net.echo) as target:
        s = net.connect(local.port, "127.0.0.1", target.port)
        s.sendall(b"before")
        assert net.read_exactly(s, 6) == b"before"
        program.process.send_signal(signal.SIGQUIT)
        wherry.wait_for("the port", 2,
                        lambda: not wherry.listening(program.port))
        s.sendall(b"after")
        assert net.read_exactly(s, 5) == b"after"
        assert program.process.poll() is None
        s.close()
        program.stopped = True
        assert program.process.wait(11 * wherry.PATIENCE) == 0


def test_quit_with_no_connection(fleet):
    server = fleet.server()
    server.stopped = True
    server.process.send_signal(signal.SIGQUIT)
    assert server.process.wait(11 * wherry.PATIENCE) == 0


def test_successor_takes_the_port(fleet):
    """A new server binds while the old one serves on."""
    server, local = fleet.pair()
    with net.Target(net.echo) as target:
        s = net.connect(local.port, "127.0.0.1", target.port)
        s.sendall(b"x")
        assert net.read_exactly(s, 1) == b"x"
        server.process.send_signal(signal.SIGQUIT)
        wherry.wait_for("the port", 2,
                        lambda: not wherry.listening(server.port))
        fleet.server(port=server.port)
        t = net.connect(local.port, "127.0.0.1", target.port)
        for one in (s, t):
            one.sendall(b"y")
            assert net.read_exactly(one, 1) == b"y"
            one.close()
        server.stopped = True
        assert server.process.wait(11 * wherry.PATIENCE) == 0
