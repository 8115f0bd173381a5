"""Users of one port: told apart by identity headers, added, counted and cut off
at run time through the managers of rust's and libev's dialogues."""

import base64
import json
import os
import re
import signal
import socket
import stat

import net
import wherry

BLOB = os.urandom(1 << 18)
METHOD = "2022-blake3-aes-128-gcm"
PORT_KEY = wherry.password(METHOD)


def key(text):
    return wherry.password(METHOD, text)


class Manager:
    """ssmanager or ss-manager, and a client of it."""

    def __init__(self, fleet, folder, name, *more):
        self.path = str(folder / "manager.sock")
        self.s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.s.bind(str(folder / "client.sock"))
        self.s.settimeout(5 * wherry.PATIENCE)
        self.program = fleet.wherry(
            name, "--manager-address", self.path, "-s", "127.0.0.1",
            "-m", METHOD, *more)
        wherry.wait_for("its socket", 5, lambda: os.path.exists(self.path))

    def ask(self, command, what=None):
        text = command if what is None else f"{command}: {json.dumps(what)}"
        self.s.sendto(text.encode(), self.path)
        return self.s.recv(65536).decode()


def fetched(local, target):
    """What a target sent arrives; False: the connection was cut or silent."""
    s = net.connect(local.port, "127.0.0.1", target.port)
    s.settimeout(2 * wherry.PATIENCE)
    try:
        return net.read_exactly(s, len(BLOB)) == BLOB
    except (OSError, AssertionError, EOFError):
        return False
    finally:
        s.close()


def test_configured(fleet, tmp_path):
    """From a file: each with his key, nobody without."""
    port = wherry.free_port()
    conf = tmp_path / "server.json"
    conf.write_text(json.dumps({
        "server": "127.0.0.1", "server_port": port, "method": METHOD,
        "password": PORT_KEY, "forbidden_ip": "",
        "users": [{"name": n, "password": key(n)} for n in ("anna", "bert")],
    }))
    server = fleet.wherry("ssserver", "-c", conf)
    server.listens(port)
    with net.Target(lambda s: s.sendall(BLOB)) as target:
        for name in "anna", "bert":
            local = fleet.local(port, METHOD, f"{PORT_KEY}:{key(name)}")
            assert fetched(local, target)
        accepted = target.accepted
        for chain in (f"{PORT_KEY}:{key('carl')}", PORT_KEY, key("anna"),
                      f"{key('anna')}:{PORT_KEY}"):
            local = fleet.local(port, METHOD, chain)
            s = net.connect(local.port, "127.0.0.1", target.port)
            s.sendall(b"GET / HTTP/1.1\r\n\r\n")
            server.expect("can not parse header when handling")
        assert target.accepted == accepted


def test_come_and_go(fleet, tmp_path):
    """rust's words. Who is removed is cut off, the others do not notice."""
    manager = Manager(fleet, tmp_path, "ssmanager")
    port = wherry.free_port()
    wish = {"server_port": port, "password": PORT_KEY, "method": METHOD,
            "users": [{"name": "anna", "password": key("anna")},
                      {"name": "bert", "password": key("bert"),
                       "quota": 100}]}
    assert manager.ask("ping") == "stat: {}\n"
    assert manager.ask("add", wish) == "ok\n"
    [entry] = json.loads(manager.ask("list"))
    assert entry["server_port"] == port and entry["password"] == PORT_KEY
    assert entry["users"] == [{"name": n, "password": key(n)}
                              for n in ("anna", "bert")]
    with net.Target(net.echo) as target:
        anna = fleet.local(port, METHOD, f"{PORT_KEY}:{key('anna')}")
        s = net.connect(anna.port, "127.0.0.1", target.port)
        s.settimeout(5 * wherry.PATIENCE)
        s.sendall(BLOB[:1000])
        assert net.read_exactly(s, 1000) == BLOB[:1000]
        carl = {"server_port": port, "name": "carl", "password": key("carl")}
        assert manager.ask("add_user", carl) == "ok\n"
        local = fleet.local(port, METHOD, f"{PORT_KEY}:{key('carl')}")
        t = net.connect(local.port, "127.0.0.1", target.port)
        t.settimeout(5 * wherry.PATIENCE)
        t.sendall(b"carl")
        assert net.read_exactly(t, 4) == b"carl"
        users = {u["name"]: u for u in
                 json.loads(manager.ask("users", {"server_port": port}))}
        assert users["anna"]["down"] == 1000 and users["carl"]["down"] == 4
        assert users["anna"]["sessions"] == 1 and users["bert"]["up"] == 0
        assert users["bert"]["quota"] == 100
        total = json.loads(manager.ask("ping")[6:])[str(port)]
        assert total == sum(u["up"] + u["down"] for u in users.values())
        carl.pop("password")
        assert manager.ask("remove_user", carl) == "ok\n"
        try:
            assert t.recv(1) == b""
        except ConnectionResetError:
            pass
        s.sendall(b"anna")
        assert net.read_exactly(s, 4) == b"anna"
    assert manager.ask("remove", {"server_port": port}) == "ok\n"
    assert manager.ask("list") == "[]\n"


def test_refused(fleet, tmp_path):
    manager = Manager(fleet, tmp_path, "ssmanager")
    port = wherry.free_port()
    for more in ({"plugin": "x; touch /tmp/owned"}, {"mode": "x"},
                 {"method": "table"}, {"users": [{"name": "a"}]},
                 {"users": [{"name": "a", "password": PORT_KEY[:8]}]},
                 {"method": "2022-blake3-chacha20-poly1305",
                  "password": base64.b64encode(bytes(32)).decode(),
                  "users": [{"name": "a", "password": PORT_KEY}]}):
        reply = manager.ask("add", {"server_port": port, "method": METHOD,
                                    "password": PORT_KEY, **more})
        assert reply.startswith("err: ") and reply.endswith("\n"), more
    assert manager.ask("list") == "[]\n"


def test_libev(fleet, tmp_path):
    """libev's words: totals, passwords in clear, ports as text. No shell, no
    file but the socket."""
    manager = Manager(fleet, tmp_path, "ss-manager", "-m", "aes-256-gcm")
    port = wherry.free_port()
    secret = '`touch owned`"; $(id)'
    assert manager.ask("add", {"server_port": str(port),
                               "password": secret}) == "ok"
    assert manager.ask("list") == (
        '[\n\t{"server_port":"%d","password":%s,"method":"aes-256-gcm"}\n]'
        % (port, json.dumps(secret)))
    with net.Target(lambda s: s.sendall(BLOB)) as target:
        local = fleet.local(port, "aes-256-gcm", secret)
        assert fetched(local, target)
        n = json.loads(manager.ask("ping").removeprefix("stat: "))
    assert len(BLOB) < n[str(port)] < len(BLOB) + 1000
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert manager.ask("add", {
            "server_port": taken.getsockname()[1],
            "password": "x"}) == "port is not available"
    assert manager.ask("remove", {"server_port": port}) == "ok"
    assert manager.ask("ping") == "stat: {}"
    left = {p.name for p in tmp_path.iterdir()}
    assert not [n for n in left if "owned" in n or n.startswith(".")]


def test_server_reports(fleet, tmp_path):
    """ss-server tells its manager: totals, with the NUL that libev sends."""
    path = str(tmp_path / "manager.sock")
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind(path)
    s.settimeout(8 * wherry.PATIENCE)
    port = wherry.free_port()
    fleet.wherry("ss-server", "-s", "127.0.0.1", "-p", port, "-k", "x",
                 "-m", "aes-256-gcm", "--manager-address", path)
    text, name = s.recvfrom(1000)
    assert text == b'stat: {"%d":0}\0' % port and not name


def test_sums_outlive_a_restart(fleet, tmp_path):
    """Stopped and started again: the sums go on, what was spent is spent."""
    port, state = wherry.free_port(), tmp_path / "state"
    conf = tmp_path / "server.json"
    conf.write_text(json.dumps({
        "server": "127.0.0.1", "server_port": port, "method": METHOD,
        "password": PORT_KEY, "forbidden_ip": "", "state_file": str(state),
        "users": [{"name": "anna", "password": key("anna")},
                  {"name": "bert", "password": key("bert"), "quota": 1000}],
    }))
    with net.Target(lambda s: s.sendall(BLOB)) as target:
        server = fleet.wherry("ssserver", "-c", conf).listens(port)
        anna, bert = (fleet.local(port, METHOD, f"{PORT_KEY}:{key(n)}")
                      for n in ("anna", "bert"))
        assert fetched(anna, target) and not fetched(bert, target)
        server.stop()
        lines = state.read_text().splitlines()
        was = int(re.search(r"user \d+ up \d+ down (\d+) .* name anna",
                            state.read_text())[1])
        assert lines[0] == "wherry-state 1" and was == len(BLOB)
        assert stat.S_IMODE(state.stat().st_mode) == 0o600
        accepted = target.accepted
        server = fleet.wherry("ssserver", "-c", conf).listens(port)
        s = net.connect(bert.port, "127.0.0.1", target.port)
        s.sendall(b"x")
        server.expect("used up when handling connection from")
        assert target.accepted == accepted
        assert fetched(anna, target)
        server.process.send_signal(signal.SIGUSR1)
        server.expect(f"user=anna up=[0-9]+ down={2 * len(BLOB)} sessions=2")
        server.stop()
        state.write_text(state.read_text().replace("name anna", "name bert"))
        server = fleet.wherry("ssserver", "-c", conf).listens(port)
        server.expect("state_file .*: damaged: all sums begin at 0")
