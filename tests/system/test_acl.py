"""Files of lists: who comes in, where he is led, and what goes through no
server."""

import signal
import socket

import pytest

import net
import wherry


def reaches(local, host, port):
    """Does what sslocal leads there come back?"""
    with net.connect(local.port, host, port, 5) as s:
        try:
            s.sendall(b"hello")
            return s.recv(5) == b"hello"
        except OSError:
            return False


def is_silent(s):
    """Open, and nothing comes."""
    s.settimeout(0.3)
    try:
        return s.recv(1) != b""
    except socket.timeout:
        return True
    except OSError:
        return False


def acl(tmp_path, text):
    path = tmp_path / "acl"
    path.write_text(text)
    return path


@pytest.mark.host
def test_clients(fleet, tmp_path):
    server = fleet.server("aes-256-gcm", "x", "--acl",
                          acl(tmp_path, "127.0.0.2/31\n"))
    for source, admitted in (("127.0.0.2", False), ("127.0.0.1", True)):
        with socket.create_connection(("127.0.0.1", server.port), 5,
                                      (source, 0)) as s:
            assert is_silent(s) == admitted
    server.expect(r"access denied from 127\.0\.0\.2:")


def test_targets_and_reload(fleet, tmp_path):
    path = acl(tmp_path, "[outbound_block_list]\n|localhost\n")
    server = fleet.server("aes-256-gcm", "x", "-t", "1", "--acl", path)
    local = fleet.local(server.port, "aes-256-gcm", "x")
    with net.Target(net.echo) as target:
        assert reaches(local, "127.0.0.1", target.port)
        assert not reaches(local, "localhost", target.port)
        server.expect("forbidden name")
        # What is not in order changes nothing.
        path.write_text("[outbound_block_list]\n127.0.0.1/33\n")
        server.process.send_signal(signal.SIGHUP)
        server.expect(r"acl.*:2: not a network")
        assert reaches(local, "127.0.0.1", target.port)
        path.write_text("[outbound_block_list]\n127.0.0.0/8\n")
        server.process.send_signal(signal.SIGHUP)
        server.expect("1 networks, 0 names")
        assert not reaches(local, "127.0.0.1", target.port)
        server.expect("forbidden target")


def test_through_no_server(fleet, tmp_path):
    path = acl(tmp_path, "[bypass_list]\n127.0.0.1\n[proxy_list]\n"
               "|localhost\n")
    # There is no server: nobody listens there.
    local = fleet.local(wherry.free_port(), "aes-256-gcm", "x", "--acl", path)
    with net.Target(net.echo) as target:
        assert reaches(local, "127.0.0.1", target.port)
        assert not reaches(local, "localhost", target.port)


@pytest.mark.host
def test_private_by_default(fleet, tmp_path):
    """`wherry ssserver` leads nobody into its own network; a link that is
    called ssserver does what the original did."""
    port = wherry.free_port()
    p = fleet.wherry("ssserver", "-s", "127.0.0.1", "-p", port, "-k", "x",
                     "-m", "aes-256-gcm", "-t", "1")
    p.expect("starting server")
    local = fleet.local(port, "aes-256-gcm", "x")
    assert not reaches(local, "10.255.255.1", 9)
    p.expect("forbidden target")


@pytest.mark.host
def test_bad_file(tmp_path):
    path = acl(tmp_path, "10.0.0.0/8\n\n[blak_list]\n(?!x)\n")
    got = wherry.run("ssserver", "-k", "x", "-m", "aes-256-gcm",
                     "--acl", path)
    assert got.returncode == 1
    assert f"{path}:3: no section is called so" in got.stderr
    assert f"{path}:4: it cannot look around" in got.stderr
