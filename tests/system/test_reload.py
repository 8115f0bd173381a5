"""SIGHUP: the configuration is read again while connections go on."""

import json
import signal
import socket
import threading

import pytest

import net
import wherry
from test_dropin import Names


class Echo:
    """A target that answers each line with the same, until it is closed."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                c, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=[c], daemon=True).start()

    @staticmethod
    def serve(c):
        with c:
            while data := c.recv(4096):
                c.sendall(data)

    def close(self):
        self.listener.close()


@pytest.fixture
def echo():
    e = Echo()
    yield e
    e.close()


def says(c, text):
    c.sendall(text)
    return net.read_exactly(c, len(text)) == text


def reload(program, path, **keys):
    path.write_text(json.dumps(keys))
    seen = program.text().count("configuration reloaded")
    program.process.send_signal(signal.SIGHUP)
    wherry.wait_for("reloaded", 5, lambda: program.text().count(
        "configuration reloaded") > seen)


NAMES = {"own": None, "python": "ssserver", "libev": "ss-server",
         "rust": "ssserver"}


@pytest.mark.parametrize("origin", [
    "own", *(pytest.param(n, marks=pytest.mark.host)
             for n in ("python", "libev", "rust"))])
def test_ports_and_keys(fleet, tmp_path, echo, origin):
    """A port comes, one goes, one gets another password: who is connected
    goes on, who comes finds the new state. A broken file changes nothing."""
    a, b, c = (wherry.free_port() for _ in range(3))
    path = tmp_path / "server.json"
    shared = {"server": "127.0.0.1", "method": "aes-256-gcm",
              "forbidden_ip": [], "timeout": 300}
    if origin == "rust":
        shared["mode"] = "tcp_only"

    def keys(ports):
        if origin != "rust":
            return {**shared, "port_password": {
                str(p): k for p, k in ports.items()}}
        return {"mode": "tcp_only", "servers": [
            {"server": "127.0.0.1", "server_port": p, "password": k,
             "method": "aes-256-gcm"} for p, k in ports.items()]}

    path.write_text(json.dumps(keys({a: "one", b: "two"})))
    names = Names(fleet, tmp_path)
    # libev's ss-server has no port_password: one port from the command line.
    if origin == "own":
        server = fleet.wherry("ssserver", "-c", path)
    elif origin == "libev":
        path.write_text(json.dumps({**shared, "server_port": a,
                                    "password": "one"}))
        server = names.start("ss-server", "-c", path)
    else:
        server = names.start(NAMES[origin], "-c", path)
    server.listens(a)
    via_a = fleet.local(a, password="one")
    with net.connect(via_a.port, "127.0.0.1", echo.port) as first:
        assert says(first, b"before")
        if origin == "libev":
            reload(server, path, **{**shared, "server_port": c,
                                    "password": "new"})
            assert not wherry.listening(a)
        else:
            reload(server, path, **keys({a: "new", c: "new"}))
            assert not wherry.listening(b)
        server.listens(c)
        assert says(first, b"still there")
        via_c = fleet.local(c, password="new")
        with net.connect(via_c.port, "127.0.0.1", echo.port) as second:
            assert says(second, b"after")
        path.write_text('{\n"server_port": 1,\n"password"}')
        server.process.send_signal(signal.SIGHUP)
        server.expect(r"not reloaded, all is as before: .*server\.json:3: ")
        assert says(first, b"and still")
        assert wherry.listening(c)
    if origin != "libev":
        via_new = fleet.local(a, password="new")
        with net.connect(via_new.port, "127.0.0.1", echo.port) as third:
            assert says(third, b"new password")


@pytest.mark.host
def test_client_gets_another_server(fleet, tmp_path, echo):
    """sslocal: the listener stays, and new clients go through the server that
    the file names now. The file's name was relative."""
    old, new = fleet.server(), fleet.server(password="other")
    path = tmp_path / "local.json"
    port = wherry.free_port()
    shared = {"server": "127.0.0.1", "method": "aes-256-gcm",
              "local_port": port}
    path.write_text(json.dumps({**shared, "server_port": old.port,
                                "password": "correct horse"}))
    local = fleet.wherry("sslocal", "-c", "local.json", cwd=tmp_path)
    local.listens(port)
    with net.connect(port, "127.0.0.1", echo.port) as first:
        assert says(first, b"before")
        reload(local, path, **{**shared, "server_port": new.port,
                               "password": "other"})
        assert says(first, b"still there")
        with net.connect(port, "127.0.0.1", echo.port) as second:
            assert says(second, b"after")
        new.expect(r"connecting 127\.0\.0\.1:%d" % echo.port)
