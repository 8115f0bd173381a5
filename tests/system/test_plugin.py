"""SIP003 plugins: programs of this test's own that carry the connections of a
client and a server, and die with them."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

import net
import wherry
from test_manager import Client, managed

pytestmark = pytest.mark.host

# Relays TCP between SIP003's two addresses, every octet changed on the way,
# in small pieces. Its pid, its environment and its words go to files.
PLUGIN = textwrap.dedent("""\
    #!{python}
    import os, socket, sys, threading
    env = os.environ
    with open(sys.argv[1] + "." + env["SS_REMOTE_PORT"], "a") as f:
        f.write("%d %s %s\\n" % (os.getpid(), env.get("SS_PLUGIN_OPTIONS"),
                                 sys.argv[2:]))
    print("plugin speaks", flush=True)
    inner = (env["SS_LOCAL_HOST"], int(env["SS_LOCAL_PORT"]))
    outer = (env["SS_REMOTE_HOST"], int(env["SS_REMOTE_PORT"]))
    server = "server" in env.get("SS_PLUGIN_OPTIONS", "")
    listen, to = (outer, inner) if server else (inner, outer)

    def pump(a, b):
        try:
            while data := a.recv(7000):
                data = bytes(c ^ 0x55 for c in data)
                b.sendall(data[:9])
                b.sendall(data[9:])
            b.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def one(a):
        try:
            b = socket.create_connection(to)
        except OSError:
            a.close()
            return
        b.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=pump, args=(a, b), daemon=True).start()
        pump(b, a)

    listener = socket.create_server(listen)
    while True:
        threading.Thread(target=one, args=(listener.accept()[0],),
                         daemon=True).start()
    """)


@pytest.fixture
def plugin(tmp_path):
    path = tmp_path / "a plugin"
    path.write_text(PLUGIN.format(python=sys.executable))
    path.chmod(0o755)
    return f"'{path}' {tmp_path}/seen 'two words'"


def configuration(tmp_path, name, **values):
    path = tmp_path / name
    path.write_text(json.dumps({
        "server": "127.0.0.1", "password": wherry.password(METHOD),
        "method": METHOD, "forbidden_ip": "", **values}))
    return path


METHOD = "2022-blake3-aes-128-gcm"


def started(tmp_path, port):
    """What each plugin of a port wrote: [pid, options and arguments]."""
    try:
        lines = (tmp_path / f"seen.{port}").read_text().splitlines()
    except OSError:
        return []
    return [line.split(" ", 1) for line in lines]


def pair(fleet, tmp_path, plugin):
    port, local_port = wherry.free_port(), wherry.free_port()
    server = fleet.wherry("ssserver", "-c", configuration(
        tmp_path, "server.json", server_port=port, plugin=plugin,
        plugin_opts="server;a=b"))
    local = fleet.wherry("sslocal", "-c", configuration(
        tmp_path, "local.json", server_port=port, plugin=plugin,
        local_port=local_port))
    local.port, server.port = local_port, port
    server.listens(port)
    local.listens(local_port)
    server.expect("plugin speaks")
    local.expect("plugin speaks")
    return server, local


def reaches(local):
    with net.Target(net.echo) as target:
        try:
            with net.connect(local.port, "127.0.0.1", target.port, 5) as s:
                s.sendall(b"x" * 20000)
                return net.read_exactly(s, 20000) == b"x" * 20000
        except (AssertionError, OSError):
            return False


def test_carries_and_comes_back(fleet, tmp_path, plugin):
    server, local = pair(fleet, tmp_path, plugin)
    wherry.wait_for("the plugins", 5, lambda: reaches(local))
    (pid, words), _ = sorted(started(tmp_path, server.port),
                             key=lambda s: "server" not in s[1])
    assert words == "server;a=b ['two words']"
    # It dies: another one comes.
    os.kill(int(pid), signal.SIGKILL)
    server.expect(r"plugin .*: ended, again in 1 s")
    wherry.wait_for("another plugin", 5, lambda: reaches(local))
    pids = [int(s[0]) for s in started(tmp_path, server.port)]
    assert len(pids) == 3
    for p in (local, server):
        p.stop()
    assert not any(map(wherry.alive, pids))


def test_no_orphans(fleet, tmp_path, plugin):
    server, local = pair(fleet, tmp_path, plugin)
    pids = [int(s[0]) for s in started(tmp_path, server.port)]
    assert len(pids) == 2
    for p in (server, local):
        p.process.kill()
        p.process.wait()
        p.stopped = True
    wherry.wait_for("the plugins' end", 5,
                    lambda: not any(map(wherry.alive, pids)))


def test_that_is_not_there(fleet, tmp_path):
    p = fleet.wherry("sslocal", "-c", configuration(
        tmp_path, "local.json", server_port=9, plugin="/nonexistent/plugin",
        local_port=wherry.free_port()))
    p.expect("plugin /nonexistent/plugin: no such file")


def reloaded(program):
    seen = program.text().count("configuration reloaded")
    program.process.send_signal(signal.SIGHUP)
    wherry.wait_for("reloaded", 5, lambda: program.text().count(
        "configuration reloaded") > seen)


def test_reload(fleet, tmp_path, plugin):
    """A client's other plugin takes what comes; the first one stays for the
    connection it has. One that did not change is left alone."""
    server, local = pair(fleet, tmp_path, plugin)
    wherry.wait_for("the plugins", 5, lambda: reaches(local))

    def of_local():
        return [s for s in started(tmp_path, server.port)
                if "server" not in s[1]]

    reloaded(server)
    reloaded(local)
    assert len(started(tmp_path, server.port)) == 2
    with net.Target(net.echo) as target, \
            net.connect(local.port, "127.0.0.1", target.port) as s:
        s.sendall(b"before")
        assert net.read_exactly(s, 6) == b"before"
        configuration(tmp_path, "local.json", server_port=server.port,
                      plugin=plugin, plugin_opts="other",
                      local_port=local.port)
        reloaded(local)
        wherry.wait_for("the other one", 5, lambda: len(of_local()) == 2)
        wherry.wait_for("the other plugin", 5, lambda: reaches(local))
        s.sendall(b"after")
        assert net.read_exactly(s, 5) == b"after"
    (first, _), (second, words) = of_local()
    assert words.startswith("other")
    wherry.wait_for("its end", 5, lambda: not wherry.alive(int(first)))
    assert wherry.alive(int(second))
    # A server's.
    (pid, _), = [s for s in started(tmp_path, server.port)
                 if "server" in s[1]]
    configuration(tmp_path, "server.json", server_port=server.port,
                  plugin=plugin, plugin_opts="server;new")
    reloaded(server)
    wherry.wait_for("its end", 5, lambda: not wherry.alive(int(pid)))
    wherry.wait_for("the new plugin", 5, lambda: reaches(local))
    assert any(s[1].startswith("server;new")
               for s in started(tmp_path, server.port))


def test_of_a_manager(fleet, tmp_path, plugin):
    """A port of a plugin comes, is replaced and goes; what it moved is under
    its number."""
    client = Client(tmp_path, True)
    server = managed(fleet, client, "--sandbox", "off")
    port, local_port = wherry.free_port(), wherry.free_port()

    def add(opts):
        assert client.ask("add: " + json.dumps({
            "server_port": port, "password": wherry.password(METHOD),
            "method": METHOD, "plugin": plugin, "plugin_opts": opts})) == b"ok"
        wherry.wait_for("the plugin", 5, lambda: any(
            s[1].startswith(opts) for s in started(tmp_path, port)))

    add("server;a")
    local = fleet.wherry("sslocal", "-c", configuration(
        tmp_path, "local.json", server_port=port, plugin=plugin,
        local_port=local_port))
    local.port = local_port
    local.listens(local_port)
    wherry.wait_for("the plugins", 5, lambda: reaches(local))
    add("server;b")
    wherry.wait_for("the plugins", 5, lambda: reaches(local))
    pids = [int(s[0]) for s in started(tmp_path, port) if "server" in s[1]]
    assert len(pids) == 2 and not wherry.alive(pids[0])
    assert client.ask('remove: {"server_port": %d}' % port) == b"ok"
    wherry.wait_for("its end", 5, lambda: not wherry.alive(pids[1]))
    assert not reaches(local)
    server.stop()
    assert list(client.pushes()) == [port] and client.sums[port] >= 80000


@pytest.mark.parametrize("by_path, more, why", [
    (False, ["--sandbox", "off"], "only where manager_address is a path"),
    (True, [], "none can start in the sandbox")])
def test_not_of_this_manager(fleet, tmp_path, by_path, more, why):
    client = Client(tmp_path, by_path)
    server = managed(fleet, client, *more)
    assert client.ask('add: {"server_port": 8001, "password": "x", '
                      '"plugin": "true"}') == b"err"
    server.expect(why)
