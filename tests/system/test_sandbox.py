"""What a Shadowsocks process gives up before it serves. That nothing it does
needs more is shown by the other tests: they run with --sandbox kill."""

import pytest

import net
import wherry


def status(pid, field):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        for line in f:
            if line.startswith(field + ":"):
                return line.split()[1]
    return None


@pytest.mark.host
@pytest.mark.parametrize("value, seccomp", [("on", "2"), ("off", "0")])
def test_filter(fleet, value, seccomp):
    server = fleet.server("aes-256-gcm", "x", "--sandbox", value)
    local = fleet.local(server.port, "aes-256-gcm", "x", "--sandbox", value)
    for p in (server, local):
        assert status(p.pid, "Seccomp") == seccomp
        assert status(p.pid, "NoNewPrivs") == ("1" if value == "on" else "0")
    with net.Target(net.echo) as target:
        with net.connect(local.port, "127.0.0.1", target.port) as s:
            s.sendall(b"hello")
            assert net.read_exactly(s, 5) == b"hello"


@pytest.mark.host
def test_is_on_by_default(fleet):
    port = wherry.free_port()
    p = fleet.wherry("ssserver", "-p", port, "-k", "x", "-m", "aes-256-gcm")
    p.expect("starting server")
    assert status(p.pid, "Seccomp") == "2"


def test_bad_value():
    done = wherry.run("ssserver", "-k", "x", "-m", "aes-256-gcm",
                      "--sandbox", "perhaps")
    assert done.returncode == 2
    assert "'perhaps' is not on, off or kill" in done.stderr
