"""ssserver's manager: ports come and go by datagrams, and tell what they moved.
Contract: shadowsocks.md 2.2."""

import json
import os
import signal
import socket
import stat
import threading
import time

import pytest

import net
import wherry

BLOB = os.urandom(1 << 20)
METHOD = "aes-256-gcm"


class Client:
    """A manager's client: by path, or by UDP."""

    def __init__(self, folder, by_path):
        self.sums = {}
        if by_path:
            self.address = str(folder / "manager.sock")
            self.to = self.address
            self.s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self.s.bind(str(folder / "client.sock"))
        else:
            self.to = ("127.0.0.1", wherry.free_port())
            self.address = f"127.0.0.1:{self.to[1]}"
            self.s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.s.bind(("127.0.0.1", 0))
        self.s.settimeout(5 * wherry.PATIENCE)

    def say(self, text):
        self.s.sendto(text if isinstance(text, bytes) else text.encode(),
                      self.to)

    def hear(self):
        """The next answer; pushes before it are added up."""
        while True:
            text = self.s.recv(65536)
            if not text.startswith(b"stat: "):
                return text
            self.add(text)

    def add(self, text):
        assert b" " not in text[6:] and text[6:7] == b"{"
        news = json.loads(text[6:])
        assert 0 < len(news) <= 50
        for port, n in news.items():
            assert n > 0
            self.sums[int(port)] = self.sums.get(int(port), 0) + n

    def ask(self, text):
        self.say(text)
        return self.hear()

    def pushes(self):
        """What still comes, once the server has ended."""
        self.s.settimeout(0.5)
        try:
            while True:
                self.add(self.s.recv(65536))
        except TimeoutError:
            return self.sums


class Middle:
    """Between sslocal and ssserver: counts what goes up."""

    def __init__(self, port):
        self.to, self.up = port, 0

    def __call__(self, s):
        with socket.create_connection(("127.0.0.1", self.to)) as out:
            t = threading.Thread(target=self.back, args=(out, s), daemon=True)
            t.start()
            while data := s.recv(65536):
                self.up += len(data)
                out.sendall(data)
            out.shutdown(socket.SHUT_WR)
            t.join(30)

    @staticmethod
    def back(out, s):
        try:
            while data := out.recv(65536):
                s.sendall(data)
            s.shutdown(socket.SHUT_WR)
        except OSError:
            pass    # the test sees it


def managed(fleet, client, *more):
    server = fleet.wherry("ssserver", "-s", "127.0.0.1", "-m", METHOD,
                          "--forbidden-ip", "", "--manager-address",
                          client.address, *more)

    def answers():
        try:
            client.say("ping")
        except OSError:
            return False    # not there yet
        client.s.settimeout(0.2)
        try:
            return client.hear() == b"pong"
        except OSError:
            return False
    wherry.wait_for("pong", 5, answers)
    client.s.settimeout(5 * wherry.PATIENCE)
    return server


def add(client, port, password="first"):
    return client.ask(f'add: {{"server_port": {port}, '
                      f'"password": "{password}"}}')


@pytest.mark.parametrize("by_path", [True, False], ids=["path", "udp"])
def test_ports_come_and_go(fleet, tmp_path, by_path):
    """Removed under a download, replaced; the sums are exact."""
    client = Client(tmp_path, by_path)
    server = managed(fleet, client)
    port = wherry.free_port()
    assert add(client, port) == b"ok"
    server.listens(port)
    middle = Middle(port)
    go = threading.Event()

    def serve(s):
        s.sendall(BLOB)
        go.wait(20 * wherry.PATIENCE)
        s.sendall(BLOB)

    with net.Target(serve) as target, net.Target(middle) as between:
        local = fleet.local(between.port, METHOD, "first")
        s = net.connect(local.port, "127.0.0.1", target.port)
        assert net.read_exactly(s, len(BLOB)) == BLOB
        assert client.ask('remove: {"server_port": "%d"}' % port) == b"ok"
        wherry.wait_for("the port", 2, lambda: not wherry.listening(port))
        assert add(client, port, "second") == b"ok"
        other = fleet.local(port, METHOD, "second")
        t = net.connect(other.port, "127.0.0.1", target.port)
        assert net.read_exactly(t, len(BLOB)) == BLOB
        t.close()
        go.set()
        assert net.read_exactly(s, len(BLOB)) == BLOB   # the first one lives
        s.close()
        assert client.ask('remove: {"server_port": %d}' % port) == b"ok"
        time.sleep(0.5)
        server.stop()
        # Twice up: the second session sent its header too, of equal length.
        expected = 3 * len(BLOB) + 2 * middle.up
    # The second download may not have been read to its second half.
    assert expected <= client.pushes()[port] <= expected + len(BLOB)
    if by_path:
        assert not os.path.exists(client.address)


def test_sum_is_exact(fleet, tmp_path):
    """One port, one connection, pushed after ten seconds: to the octet."""
    client = Client(tmp_path, True)
    port = wherry.free_port()
    server = managed(fleet, client, "-p", str(port), "-k", "first")
    middle = Middle(port)
    with net.Target(lambda s: s.sendall(BLOB)) as target, \
            net.Target(middle) as between:
        local = fleet.local(between.port, METHOD, "first")
        s = net.connect(local.port, "127.0.0.1", target.port)
        assert net.read_exactly(s, len(BLOB)) == BLOB
        s.close()
        client.s.settimeout(15 * wherry.PATIENCE)
        client.add(client.s.recv(65536))
        assert client.sums == {port: len(BLOB) + middle.up}
        # Nothing new, nothing told.
        server.stop()
    assert client.pushes() == {port: len(BLOB) + middle.up}


def test_socket_is_ours_alone(fleet, tmp_path):
    client = Client(tmp_path, True)
    server = managed(fleet, client)
    assert stat.S_IMODE(os.stat(client.address).st_mode) == 0o600
    second = wherry.run("ssserver", "-s", "127.0.0.1", "-m", METHOD,
                        "--manager-address", client.address)
    assert second.returncode == 1 and "manager_address" in second.stderr
    # A dead one's path makes room.
    server.stopped = True
    server.process.kill()
    server.process.wait()
    assert os.path.exists(client.address)
    managed(fleet, client)


@pytest.mark.parametrize("address, text", [
    ("0.0.0.0:6001", "loopback"), ("192.0.2.1:6001", "loopback"),
    ("127.0.0.1:x", "manager_address"), ("/proc/no/such", "manager_address"),
    ("/etc/passwd", "manager_address"), ("/" + 200 * "x", "manager_address"),
])
def test_addresses_refused(address, text):
    result = wherry.run("ssserver", "-p", wherry.free_port(), "-k", "x",
                        "-m", METHOD, "--manager-address", address)
    assert result.returncode == 1
    assert text in result.stderr


def test_not_with_workers(tmp_path):
    result = wherry.run("ssserver", "-p", wherry.free_port(), "-k", "x", "-m",
                        METHOD, "--workers", "2", "--manager-address",
                        tmp_path / "s")
    assert result.returncode == 1 and "workers" in result.stderr


def test_what_is_not_understood(fleet, tmp_path):
    client = Client(tmp_path, True)
    server = managed(fleet, client)
    taken = socket.create_server(("127.0.0.1", 0))
    number = taken.getsockname()[1]
    for text in ['add: {"server_port": 0, "password": "x"}',
                 'add: {"password": "x"}', 'add: {"server_port": 8001}',
                 'add: {"server_port": 70000, "password": "x"}',
                 'add: {"server_port": 8001, "password": "x", '
                 '"method": "rot13"}',
                 'add: {"server_port": 8001, "password": "x", '
                 '"plugin": "y"}',
                 'add: {"server_port": 8001, "password": "x", '
                 '"users": [{"name": "a", "password": "b"}]}',
                 'add: {"server_port": 8001, "password": "no key", '
                 '"method": "2022-blake3-aes-128-gcm"}',
                 f'add: {{"server_port": {number}, "password": "x"}}',
                 "add: {", "add: []", "remove: {}", "add: \xff\xfe"]:
        assert client.ask(text) == b"err", text
    for text in [b"", b":", b"ad", b"add", b"add:", b"list", b"stop: {}",
                 b"\0" * 100, b"pingping", b"add: " + 3000 * b" ",
                 b"ping" + 3000 * b" ", os.urandom(1400)]:
        client.say(text)
    assert client.ask("ping") == b"pong"
    assert client.ask("ping\n") == b"pong"
    taken.close()
    assert add(client, number) == b"ok"
    assert add(client, number, "second") == b"ok"
    server.listens(number)


def test_fifty_in_a_push(fleet, tmp_path):
    """More ports than fit: each datagram stands alone, none is left out."""
    client = Client(tmp_path, True)
    server = managed(fleet, client)
    ports = set()
    while len(ports) < 120:
        port = wherry.free_port()
        if port in ports:
            continue
        if add(client, port) == b"ok":
            ports.add(port)
            with socket.create_connection(("127.0.0.1", port)) as s:
                s.sendall(b"twelve words")
    assert client.ask("ping") == b"pong"
    time.sleep(0.5)
    server.stop()
    sums = client.pushes()
    assert set(sums) == ports
    assert set(sums.values()) == {len("twelve words")}


def limited(fleet, tmp_path, limits, serve):
    """A connection through a limited port to a target."""
    client = Client(tmp_path, True)
    server = managed(fleet, client)
    port = wherry.free_port()
    extra = "".join(f', "{k}": {v}' for k, v in limits.items())
    assert client.ask(f'add: {{"server_port": {port}, "password": "first"'
                      f'{extra}}}') == b"ok"
    local = fleet.local(port, METHOD, "first")
    return server, local


@pytest.mark.parametrize("key", ["rate_up", "rate_down"])
def test_rate(fleet, tmp_path, key):
    """Two connections share it; the other direction is free."""
    rate, size = 500000, 1000000
    up = key == "rate_up"
    slow, fast = bytes(size // 2), bytes(8 * size)
    took = []

    def serve(s):
        began = time.monotonic()
        if up:
            assert net.read_exactly(s, len(slow)) == slow
            took.append(time.monotonic() - began)
            s.sendall(fast)
        else:
            net.read_exactly(s, len(fast))
            s.sendall(slow)

    with net.Target(serve) as target:
        _, local = limited(fleet, tmp_path, {key: rate}, serve)
        two = [net.connect(local.port, "127.0.0.1", target.port)
               for _ in range(2)]
        began = time.monotonic()
        for s in two:
            s.settimeout(20 * wherry.PATIENCE)
            threading.Thread(target=s.sendall, args=(slow if up else fast,),
                             daemon=True).start()
        for s in two:
            net.read_exactly(s, len(fast if up else slow))
        seconds = time.monotonic() - began
    # A quarter of a second's worth and one read may come before their time.
    # How much it may be late is the machine's affair; the simulation knows.
    assert seconds >= size / rate - 0.35


def test_quota(fleet, tmp_path):
    """The connection ends there, the next one is drained."""
    quota = 300000
    with net.Target(lambda s: s.sendall(BLOB)) as target:
        server, local = limited(fleet, tmp_path, {"quota": quota}, None)
        s = net.connect(local.port, "127.0.0.1", target.port)
        n = 0
        try:
            while data := s.recv(65536):
                n += len(data)
        except ConnectionResetError:
            pass
        assert n <= quota + 65536
        t = net.connect(local.port, "127.0.0.1", target.port)
        t.sendall(b"x")
        t.settimeout(1)
        with pytest.raises((TimeoutError, ConnectionResetError)):
            assert t.recv(1) == b"never"
        assert target.accepted == 1
        server.expect("used up when handling connection from")


def test_expires(fleet, tmp_path):
    """An idle connection ends when the time has come."""
    with net.Target(net.echo) as target:
        end = int(time.time()) + 3
        _, local = limited(fleet, tmp_path, {"expires": end}, None)
        s = net.connect(local.port, "127.0.0.1", target.port)
        s.sendall(b"x")
        assert net.read_exactly(s, 1) == b"x"
        s.settimeout(10 * wherry.PATIENCE)
        try:
            assert s.recv(1) == b""
        except ConnectionResetError:
            pass
        assert end - 0.1 <= time.time() <= end + 1.5 * wherry.PATIENCE


def test_sums_on_signal(fleet):
    """SIGUSR1: what each port moved, in the log."""
    server = fleet.server("aes-256-gcm", "x")
    with socket.create_connection(("127.0.0.1", server.port)) as s:
        s.sendall(b"twelve words")
        time.sleep(0.2 * wherry.PATIENCE)
        server.process.send_signal(signal.SIGUSR1)
        server.expect(rf"port={server.port} up=12 down=0 sessions=1")
