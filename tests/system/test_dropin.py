"""Links named like the programs of libev and rust: their texts, exit codes and
daemons. Each option is a row of the unit tests. Contract: shadowsocks.md 2."""

import json
import os
import re
import signal
import socket
import threading

import pytest

import net
import wherry

pytestmark = pytest.mark.host


@pytest.fixture
def named(fleet, tmp_path):
    """named("ss-server", ...) starts the program by a link of that name."""
    return Names(fleet, tmp_path)


class Names:
    def __init__(self, fleet, folder):
        self.fleet = fleet
        self.folder = folder

    def link(self, name):
        path = self.folder / name
        if not path.exists():
            path.symlink_to(wherry.PREFIX[-1])
        return [*wherry.PREFIX[:-1], str(path)]

    def start(self, name, *args):
        return self.fleet.start([*self.link(name), *map(str, args)],
                                cwd=self.folder)

    def run(self, name, *args, **more):
        saved = wherry.PREFIX[:]
        wherry.PREFIX[:] = self.link(name)
        try:
            return wherry.run(*args, **more)
        finally:
            wherry.PREFIX[:] = saved


STAMP = r"(?m)^ 2\d\d\d-\d\d-\d\d \d\d:\d\d:\d\d "
PAIRS = {
    "libev": (
        "ss-server", ["-s", "127.0.0.1", "-p", "{server}", "-k", "x"],
        STAMP + r"INFO: tcp server listening at 127\.0\.0\.1:{server}$",
        "ss-local", ["-s", "127.0.0.1", "-p", "{server}", "-k", "x", "-l",
                     "{local}"],
        STAMP + r"INFO: listening at 127\.0\.0\.1:{local}$"),
    "rust": (
        "ssserver", ["-s", "127.0.0.1:{server}", "-m", "aes-256-gcm", "-k",
                     "x"],
        r"INFO shadowsocks tcp server listening on 127\.0\.0\.1:{server}",
        "sslocal", ["-s", "127.0.0.1:{server}", "-m", "aes-256-gcm", "-k",
                    "x", "-b", "127.0.0.1:{local}"],
        r"listening on 127\.0\.0\.1:{local}"),
    "rust, ssservice": (
        "ssservice", ["server", "-s", "127.0.0.1:{server}", "-m",
                      "aes-256-gcm", "-k", "x", "--log-without-time"],
        r"(?m)^INFO shadowsocks tcp server listening on 127\.0\.0\.1:{server}",
        "ssservice", ["local", "-s", "127.0.0.1:{server}", "-m",
                      "aes-256-gcm", "-k", "x", "-b", "127.0.0.1:{local}"],
        r"listening on 127\.0\.0\.1:{local}"),
    "python": (
        "ssserver", ["-s", "127.0.0.1", "-p", "{server}", "-k", "x",
                     "--forbidden-ip", ""],
        r"INFO     starting server at 127\.0\.0\.1:{server}",
        "sslocal", ["-s", "127.0.0.1", "-p", "{server}", "-k", "x", "-l",
                    "{local}"],
        r"INFO     starting local at 127\.0\.0\.1:{local}"),
}


def serve_once(answer):
    """A target on loopback that says one thing; its port."""
    s = socket.create_server(("127.0.0.1", 0))

    def run():
        c, _ = s.accept()
        with c, s:
            c.recv(100)
            c.sendall(answer)
    threading.Thread(target=run, daemon=True).start()
    return s.getsockname()[1]


@pytest.mark.parametrize("origin", PAIRS)
def test_pair_to_loopback(named, origin):
    """Started as its users start it, it says that it is ready, and leads to
    127.0.0.1 where the original does."""
    server, s_args, s_ready, local, l_args, l_ready = PAIRS[origin]
    ports = {"server": wherry.free_port(), "local": wherry.free_port()}
    programs = [
        named.start(server, *[a.format(**ports) for a in s_args]),
        named.start(local, *[a.format(**ports) for a in l_args])]
    programs[0].expect(s_ready.format(server=ports["server"]))
    programs[1].expect(l_ready.format(local=ports["local"]))
    target = serve_once(b"hello")
    with net.connect(ports["local"], "127.0.0.1", target) as c:
        c.sendall(b"x")
        assert c.recv(100) == b"hello"
    code = 1 if origin == "python" else 0
    assert programs[0].stop(signal.SIGINT) == code
    assert programs[1].stop(signal.SIGTERM) == 0


@pytest.mark.parametrize("name, args, code, text", [
    ("ss-server", ["-v"], 1, "usage: ss-server"),
    ("ss-server", ["-h"], 0, "usage: ss-server"),
    ("ss-server", ["--bogus"], 1, "usage: ss-server"),
    ("ss-server", ["-p", "1", "-k", "x", "-A"], 255, " ERROR: One time auth "
     "has been deprecated. Try AEAD ciphers instead."),
    ("ss-server", ["-s", "192.0.2.1", "-p", "9999", "-k", "x"], 255,
     "192.0.2.1:9999"),
    ("ss-tunnel", ["-s", "::1", "-p", "1", "-k", "x", "-l", "2", "-L", "a"],
     255, " ERROR: tunnel port is not defined"),
    ("ss-redir", ["-s", "::1", "-p", "1", "-k", "x", "-l", "2", "-U", "-a",
                  "nobody"], 255, "it must stay root"),
    ("ssserver", ["-s", "127.0.0.1:1", "-k", "x"], 64, "encrypt-method"),
    ("ssserver", ["--bogus"], 2, "--bogus"),
    ("ssserver", ["-s", "192.0.2.1:9999", "-k", "x", "-m", "aes-128-gcm"], 70,
     "192.0.2.1:9999"),
    ("ssserver", ["-U", "-c", "/nonexistent"], 78, "/nonexistent"),
    ("sslocal", ["--version"], 0, "Shadowsocks "),
    ("sslocal", ["-p", "7"], 2, "server addr not specified"),
    ("ssmanager", ["-m", "aes-128-gcm"], 64, "manager address"),
    ("ssservice", [], 2, "usage: ssservice"),
    ("ssservice", ["genkey", "-m", "nonsense"], 1, "nonsense"),
])
def test_ends(named, tmp_path, name, args, code, text):
    result = named.run(name, *args, env={"XDG_CONFIG_HOME": str(tmp_path),
                                         "HOME": str(tmp_path)})
    assert text in result.stdout + result.stderr
    assert result.returncode == code


def test_genkey(named):
    result = named.run("ssservice", "genkey", "-m", "aes-256-gcm")
    assert re.fullmatch(r"[A-Za-z0-9+/]{43}=\n", result.stdout)


def test_some_addresses_are_enough_for_libev(named):
    port = wherry.free_port()
    p = named.start("ss-server", "-s", "192.0.2.1", "-s", "127.0.0.1",
                    "-p", port, "-k", "x")
    p.expect(STAMP + r"ERROR: 192\.0\.2\.1:%d" % port)
    p.expect(STAMP + r"INFO: tcp server listening at 127\.0\.0\.1:%d" % port)


@pytest.mark.parametrize("name, args", [
    ("ss-server", ["-p", "{port}", "-f", "{pid}"]),
    ("ssserver", ["-s", "127.0.0.1:{port}", "-m", "aes-128-gcm", "-d",
                  "--daemonize-pid", "{pid}"]),
])
def test_background(named, tmp_path, name, args):
    """Once the call returns, the port is open and the pid file names who has
    it, without a newline."""
    port, pid_file = wherry.free_port(), tmp_path / "pid"
    result = named.run(name, "-k", "x", *[
        a.format(port=port, pid=pid_file) for a in args])
    assert result.returncode == 0, result.stderr
    pid = int(pid_file.read_text())
    try:
        assert pid_file.read_text() == str(pid)
        assert wherry.listening(port)
        assert os.readlink(f"/proc/{pid}/cwd") == "/"
    finally:
        os.kill(pid, signal.SIGTERM)
    wherry.wait_for("end", 3, lambda: not wherry.alive(pid))


def test_background_that_cannot_serve(named, tmp_path):
    result = named.run("ss-server", "-s", "192.0.2.1", "-p", "9999", "-k", "x",
                       "-f", tmp_path / "pid")
    assert result.returncode == 1


@pytest.mark.parametrize("origin", ["libev", "rust"])
def test_quit_lets_sessions_end(named, origin):
    """SIGQUIT closes the port at once; who is connected goes on."""
    _, _, _, local, args, ready = PAIRS[origin]
    ports = {"server": wherry.free_port(), "local": wherry.free_port()}
    p = named.start(local, *[a.format(**ports) for a in args])
    p.expect(ready.format(local=ports["local"]))
    with socket.create_connection(("127.0.0.1", ports["local"])) as c:
        c.sendall(b"\x05\x01\x00")
        assert c.recv(2) == b"\x05\x00"
        p.process.send_signal(signal.SIGQUIT)
        wherry.wait_for("closed", 3,
                        lambda: not wherry.listening(ports["local"]))
        assert p.process.poll() is None
    p.stopped = True
    assert p.process.wait(5 * wherry.PATIENCE) == 0


def test_libev_says_what_it_listens_for(named):
    port = wherry.free_port()
    for flag, said, unsaid in (("-u", "tcp", None), ("-U", "udp", "tcp"),
                               ("-v", "tcp", "udp")):
        p = named.start("ss-server", "-s", "127.0.0.1", "-p", port, "-k", "x",
                        flag)
        p.expect(STAMP + rf"INFO: {said} server listening at "
                 rf"127\.0\.0\.1:{port}$")
        if flag == "-u":
            p.expect(STAMP + r"INFO: udp server listening at ")
        p.stop()
        assert not unsaid or f"{unsaid} server" not in p.text()


def test_tunnel(named):
    """ss-tunnel and rust's --protocol tunnel lead to one place, unasked."""
    server, local = wherry.free_port(), wherry.free_port()
    named.start("ss-server", "-s", "127.0.0.1", "-p", server, "-k", "x",
                "-m", "aes-256-gcm").listens(server)
    for n, program in enumerate((
            ["ss-tunnel", "-s", "127.0.0.1", "-p", server, "-l", local, "-L",
             "127.0.0.1:{}"],
            ["sslocal", "-s", f"127.0.0.1:{server}", "-b",
             f"127.0.0.1:{local + 1}", "--protocol", "tunnel", "-f",
             "127.0.0.1:{}"])):
        target = serve_once(b"hello")
        words = [str(w).format(target) for w in program]
        named.start(*words, "-k", "x", "-m", "aes-256-gcm").listens(local + n)
        with socket.create_connection(("127.0.0.1", local + n)) as c:
            c.sendall(b"x")
            assert c.recv(100) == b"hello"


def test_listeners_of_several_kinds(named, tmp_path):
    """rust's locals[]: SOCKS, HTTP and a tunnel in one process."""
    server, socks, http, tunnel = (wherry.free_port() for _ in range(4))
    named.start("ssserver", "-s", f"127.0.0.1:{server}", "-k", "x", "-m",
                "aes-256-gcm").listens(server)
    end = serve_once(b"by tunnel")
    path = tmp_path / "local.json"
    path.write_text(json.dumps({
        "servers": [{"server": "127.0.0.1", "server_port": server,
                     "method": "aes-256-gcm", "password": "x"}],
        "locals": [
            {"local_address": "127.0.0.1", "local_port": socks},
            {"local_address": "127.0.0.1", "local_port": http,
             "protocol": "http"},
            {"local_address": "127.0.0.1", "local_port": tunnel,
             "protocol": "tunnel", "forward_address": "127.0.0.1",
             "forward_port": end}]}))
    p = named.start("sslocal", "-c", path)
    for port in (socks, http, tunnel):
        p.listens(port)
    with net.connect(socks, "127.0.0.1", serve_once(b"by socks")) as c:
        c.sendall(b"x")
        assert c.recv(100) == b"by socks"
    with socket.create_connection(("127.0.0.1", http)) as c:
        target = serve_once(b"by http")
        c.sendall(b"CONNECT 127.0.0.1:%d HTTP/1.1\r\n\r\n" % target)
        assert b" 200 " in c.recv(1000)
        c.sendall(b"x")
        assert c.recv(100) == b"by http"
    with socket.create_connection(("127.0.0.1", tunnel)) as c:
        c.sendall(b"x")
        assert c.recv(100) == b"by tunnel"
