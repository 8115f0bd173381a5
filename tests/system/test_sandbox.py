"""What a Shadowsocks process gives up before it serves. That nothing it does
needs more is shown by the other tests: they run with --sandbox kill."""

import ctypes
import json
import os
import signal

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


def serve_file(fleet, tmp_path, **more):
    """(ssserver by a configuration file, the file, what is in it)"""
    port = wherry.free_port()
    conf = {"server": "127.0.0.1", "server_port": port, "method": "aes-256-gcm",
            "password": "correct horse", "forbidden_ip": "", **more}
    path = tmp_path / "config.json"
    path.write_text(json.dumps(conf), encoding="utf-8")
    tmp_path.chmod(0o755)
    p = fleet.wherry("ssserver", "-c", path)
    p.expect("starting server")
    p.port = port
    return p, path, conf


@pytest.mark.host
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_empty_folder(fleet, tmp_path):
    """Names are still found: what that needs was read before."""
    p, _, _ = serve_file(fleet, tmp_path, chroot=True, user="nobody")
    assert status(p.pid, "Uid") == "65534"
    assert os.listdir(f"/proc/{p.pid}/root") == []
    local = fleet.local(p.port)
    with net.Target(net.echo) as target:
        with net.connect(local.port, "localhost", target.port) as s:
            s.sendall(b"hello")
            assert net.read_exactly(s, 5) == b"hello"
    p.process.send_signal(signal.SIGHUP)
    p.expect("ERROR .*chroot leaves nothing to read")


def has_landlock():
    """Its version, by landlock_create_ruleset(NULL, 0, VERSION)."""
    return ctypes.CDLL(None).syscall(444, None, 0, 1) > 0


@pytest.mark.host
@pytest.mark.skipif(not has_landlock(), reason="a kernel without Landlock")
def test_files_it_does_not_need(fleet, tmp_path):
    """A reload reads its configuration, wherever a new file of that name came
    from, but nothing of a folder that nobody named at the start."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "list").write_text("[reject_all]\n", encoding="utf-8")
    (tmp_path / "in").mkdir()
    p, path, conf = serve_file(fleet, tmp_path / "in")
    new = path.with_suffix(".new")
    new.write_text(json.dumps({**conf, "timeout": 77}), encoding="utf-8")
    new.rename(path)
    p.process.send_signal(signal.SIGHUP)
    p.expect("configuration reloaded")
    path.write_text(json.dumps({**conf, "acl": str(other / "list")}),
                    encoding="utf-8")
    p.process.send_signal(signal.SIGHUP)
    p.expect(r"ERROR .*list: (permission|operation not)")
