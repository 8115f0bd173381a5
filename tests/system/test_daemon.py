"""-d start, stop, restart and the pid file; logs; signals.
Contract: shadowsocks.md 2.2 "Daemon"."""

import json
import os
import signal
import socket
import time

import subprocess

import pytest

import net
import wherry


class Daemon:
    """ssserver with -d; whatever happens it is stopped in the end."""

    def __init__(self, folder):
        self.pid_file = folder / "ss.pid"
        self.log_file = folder / "ss.log"
        self.port = wherry.free_port()

    def call(self, what, **changes):
        return wherry.run(
            "ssserver", "-s", "127.0.0.1", "-p", self.port, "-k", "x",
            "-m", "aes-256-gcm", "--forbidden-ip", "", "-d", what,
            "--pid-file", changes.get("pid_file", self.pid_file),
            "--log-file", changes.get("log_file", self.log_file))

    def pid(self):
        return int(self.pid_file.read_text())


@pytest.fixture
def daemon(tmp_path):
    d = Daemon(tmp_path)
    yield d
    d.call("stop")
    assert not wherry.listening(d.port)


def test_start_and_stop(daemon):
    result = daemon.call("start")
    assert result.returncode == 0, result.stderr
    assert "started" in result.stdout + result.stderr
    # Once the parent has left, the port is open.
    assert wherry.listening(daemon.port)
    pid = daemon.pid()
    assert wherry.alive(pid)
    assert "starting server at" in daemon.log_file.read_text()
    result = daemon.call("stop")
    assert result.returncode == 0
    assert "stopped" in result.stdout + result.stderr
    assert not wherry.alive(pid)
    assert not wherry.listening(daemon.port)


def test_second_start_is_refused(daemon):
    assert daemon.call("start").returncode == 0
    pid = daemon.pid()
    result = daemon.call("start")
    assert result.returncode == 1
    assert f"already started at pid {pid}" in result.stdout + result.stderr
    assert wherry.alive(pid) and daemon.pid() == pid


def test_stop_when_not_running(daemon):
    assert daemon.call("stop").returncode == 0


def test_stop_with_the_pid_of_another(daemon):
    """A pid file left behind by a crash must not end a stranger."""
    daemon.pid_file.write_text(f"{os.getppid()}\n")
    assert daemon.call("stop").returncode == 0
    assert wherry.alive(os.getppid())


def test_restart(daemon):
    """Also when it was not running."""
    assert daemon.call("restart").returncode == 0
    first = daemon.pid()
    assert wherry.alive(first)
    assert daemon.call("restart").returncode == 0
    assert daemon.pid() != first
    assert not wherry.alive(first)
    assert wherry.listening(daemon.port)


def test_start_after_a_crash(daemon):
    assert daemon.call("start").returncode == 0
    os.kill(daemon.pid(), signal.SIGKILL)
    wherry.wait_for("its end", 2, lambda: not wherry.listening(daemon.port))
    result = daemon.call("start")
    assert result.returncode == 0, result.stderr
    assert wherry.alive(daemon.pid())


@pytest.mark.parametrize("which", ["pid_file", "log_file"])
def test_folder_that_is_not_there(daemon, tmp_path, which):
    result = daemon.call("start", **{which: tmp_path / "none" / "file"})
    assert result.returncode == 1
    assert "none/file" in result.stdout + result.stderr
    assert not wherry.listening(daemon.port)


def test_start_that_fails_says_so(daemon):
    with socket.create_server(("127.0.0.1", daemon.port)):
        result = daemon.call("start")
        assert result.returncode == 1, result.stdout
        assert not daemon.pid_file.exists() or not wherry.alive(daemon.pid())


def test_daemon_relays(daemon, fleet):
    assert daemon.call("start").returncode == 0
    local = fleet.local(daemon.port, "aes-256-gcm", "x")
    with net.Target(net.echo) as target:
        with net.connect(local.port, "127.0.0.1", target.port) as s:
            s.sendall(b"hello")
            assert net.read_exactly(s, 5) == b"hello"


def test_levels_of_the_log(fleet, tmp_path):
    """-q leaves the start out; -v adds lines, -vv more."""
    sizes = []
    for flags in (["-qq"], ["-q"], [], ["-v"], ["-vv"]):
        log = tmp_path / f"log{''.join(flags)}"
        port = wherry.free_port()
        server = fleet.wherry("ssserver", "-s", "127.0.0.1", "-p", port,
                              "-k", "x", "-m", "aes-256-gcm",
                              "--forbidden-ip", "", "--log-file", log, *flags)
        server.listens(port)
        local = fleet.local(port, "aes-256-gcm", "x")
        with net.Target(net.echo) as target:
            with net.connect(local.port, "127.0.0.1", target.port) as s:
                s.sendall(b"hello")
                net.read_exactly(s, 5)
        local.stop()
        server.stop()
        text = log.read_text() + server.text()
        assert ("starting server at" in text) == ("-q" not in "".join(flags))
        sizes.append(len(text.split("\n")))
    assert sizes == sorted(sizes) and sizes[2] < sizes[3] < sizes[4], sizes


def test_line_form(fleet):
    """2026-01-31 12:00:00 INFO     text"""
    server = fleet.server()
    server.expect(r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d INFO     starting")


def test_stream_method_warns_once(fleet):
    server, local = fleet.pair("aes-256-cfb")
    with net.Target(net.echo) as target:
        for _ in range(3):
            net.connect(local.port, "127.0.0.1", target.port).close()
    for p in (server, local):
        warnings = [line for line in p.text().split("\n") if "WARN" in line
                    and "aes-256-cfb" in line]
        assert len(warnings) == 1, p.text()


@pytest.mark.parametrize("how, code", [(signal.SIGTERM, 0),
                                       (signal.SIGINT, 1)])
def test_signals_end_it_promptly(fleet, how, code):
    """Also while connections are open and octets are under way."""
    server, local = fleet.pair()
    blocked = net.Target(lambda s: time.sleep(60))
    with blocked as target:
        s = net.connect(local.port, "127.0.0.1", target.port)
        s.setblocking(False)
        try:
            while True:
                s.send(bytes(65536))
        except BlockingIOError:
            pass
        start = time.monotonic()
        codes = [server.stop(how), local.stop(how)]
        assert time.monotonic() - start < 2 * wherry.PATIENCE
        s.close()
    assert codes == [code, code]


@pytest.mark.host
def test_paths_are_of_where_it_was_started(tmp_path):
    """Not of "/", where a daemon lives; its user may not write there."""
    port = wherry.free_port()
    command = [*wherry.PREFIX, "ssserver", "-c", "conf.json", "--pid-file",
               tmp_path / "pid", "--log-file", tmp_path / "log"]
    (tmp_path / "conf.json").write_text(json.dumps({
        "server": "127.0.0.1", "server_port": port, "password": "x" * 20,
        "method": "aes-256-gcm", "salt_file": "salts",
        "state_file": "state"}), encoding="utf-8")
    for what in "start", "stop":
        subprocess.run([str(w) for w in [*command, "-d", what]], check=True,
                       cwd=tmp_path, timeout=20 * wherry.PATIENCE)
    assert (tmp_path / "state").exists()
    # It is written once there are salts.
    assert f"salt_file {tmp_path}/salts: " in (tmp_path / "log").read_text()
