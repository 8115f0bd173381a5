"""Connections that say nothing take neither the descriptors nor the places of
those who have a key."""

import socket

import net
import wherry


def test_few_descriptors(fleet):
    """Far more silent ones than it has descriptors for; it serves on."""
    port = wherry.free_port()
    server = fleet.start(
        ["prlimit", "--nofile=80:80", *wherry.PREFIX, "ssserver", "-s",
         "127.0.0.1", "-p", port, "-k", "correct horse", "-m", "aes-256-gcm",
         "--forbidden-ip", "", *wherry.SANDBOX])
    server.expect("starting server at")
    local = fleet.local(port)
    with net.Target(net.echo) as target:
        crowd = [socket.create_connection(("127.0.0.1", port))
                 for _ in range(200)]
        for _ in range(3):
            with net.connect(local.port, "127.0.0.1", target.port) as s:
                s.sendall(b"still there")
                assert net.read_exactly(s, 11) == b"still there"
        for s in crowd:
            s.close()
    assert "half-open connections: the oldest ends" in server.text()
