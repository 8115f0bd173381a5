"""protocol dns: the questions of a house go through the server, but for names
that are listed; nothing else leaves straight, whatever is dead."""

import json
import socket
import threading
import time

import pytest

import names
import net
import wherry
from names import question

pytestmark = pytest.mark.host

METHOD = "2022-blake3-aes-128-gcm"


class NameServer:
    """Answers every question for an A with one address, by UDP and TCP; the
    names it was asked for are kept. "big..." is cut by UDP."""

    def __init__(self, address):
        self.address = address
        self.asked, self.held = [], None
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        for work in (self.by_udp, self.by_tcp):
            threading.Thread(target=work, daemon=True).start()

    def answer(self, ask, udp):
        name, _ = names.read(ask)
        self.asked.append(name)
        cut = udp and name.startswith("big")
        return names.answer(ask, [] if cut else [self.address], cut)

    def by_udp(self):
        try:
            while True:
                ask, who = self.udp.recvfrom(2048)
                if self.held is None:
                    self.udp.sendto(self.answer(ask, True), who)
                else:
                    self.held.append((ask, who))
        except OSError:
            pass    # closed

    def by_tcp(self):
        try:
            while True:
                s, _ = self.tcp.accept()
                with s:
                    while head := s.recv(2):
                        ask = net.read_exactly(s, int.from_bytes(head, "big"))
                        said = self.answer(ask, False)
                        s.sendall(len(said).to_bytes(2, "big") + said)
        except OSError:
            pass

    def close(self):
        self.tcp.close()
        self.udp.close()


class House:
    """A server, sslocal before it with a port for questions, and two name
    servers: of afar and of near."""

    def __init__(self, fleet, tmp_path):
        self.far, self.near = NameServer("192.0.2.1"), NameServer("10.0.0.1")
        self.server = fleet.server(METHOD, wherry.password(METHOD))
        self.port = wherry.free_port()
        acl = tmp_path / "acl"
        acl.write_text("[proxy_all]\n[bypass_list]\n||lan.test\n127.0.0.0/8\n")
        path = tmp_path / "local.json"
        path.write_text(json.dumps({
            "server": "127.0.0.1", "server_port": self.server.port,
            "method": METHOD, "password": wherry.password(METHOD),
            "acl": str(acl), "locals": [{
                "protocol": "dns", "local_address": "127.0.0.1",
                "local_port": self.port, "local_dns_address": "127.0.0.1",
                "local_dns_port": self.near.port, "remote_dns_address":
                    "127.0.0.1", "remote_dns_port": self.far.port}]}))
        self.local = fleet.wherry("sslocal", "-c", path, *wherry.SANDBOX)
        self.local.listens(self.port)

    def ask(self, name, number=1, seconds=5):
        """The address, by UDP."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(seconds * wherry.PATIENCE)
            s.sendto(question(name, number), ("127.0.0.1", self.port))
            said = s.recv(2048)
        assert int.from_bytes(said[:2], "big") == number
        return names.addresses(said)[0]

    def close(self):
        self.far.close()
        self.near.close()


@pytest.fixture
def house(fleet, tmp_path):
    h = House(fleet, tmp_path)
    yield h
    h.close()


def test_each_its_way(house):
    assert house.ask("www.example.test") == "192.0.2.1"
    assert house.ask("nas.lan.test") == "10.0.0.1"
    assert house.far.asked == ["www.example.test"]
    assert house.near.asked == ["nas.lan.test"]
    # From before, to whoever asks, in whatever case.
    for number in range(5):
        assert house.ask("WWW.example.test", number) == "192.0.2.1"
        assert house.ask("nas.LAN.test", number) == "10.0.0.1"
    assert len(house.far.asked) == len(house.near.asked) == 1


def test_nothing_leaks(house):
    """The server is gone: who is not on the list is asked for nowhere."""
    assert house.ask("a.example.test") == "192.0.2.1"
    house.server.stop()
    for name in ("b.example.test", "c.test", "lan.test.example", "notlan.test"):
        with pytest.raises(TimeoutError):
            house.ask(name, seconds=0.2)
    with socket.create_connection(("127.0.0.1", house.port), 5) as s:
        ask = question("d.test")
        s.sendall(len(ask).to_bytes(2, "big") + ask)
        # Its question again, with SERVFAIL.
        assert net.read_exactly(s, 2) == len(ask).to_bytes(2, "big")
        assert net.read_exactly(s, len(ask)) == \
            ask[:2] + b"\x81\x82" + ask[4:]
        assert s.recv(1) == b""
    assert house.ask("printer.lan.test") == "10.0.0.1"
    assert house.near.asked == ["printer.lan.test"]
    assert house.far.asked == ["a.example.test"]
    # What was answered is there still.
    assert house.ask("a.example.test") == "192.0.2.1"


def test_by_tcp(house):
    """A cut answer is asked for again; each name goes its own way."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(5 * wherry.PATIENCE)
        s.sendto(question("big.test"), ("127.0.0.1", house.port))
        assert s.recv(2048)[2] & 2      # TC
    with socket.create_connection(("127.0.0.1", house.port), 5) as s:
        asks = [question(name, 7) for name in (
            "big.test", "other.test", "nas.lan.test", "other.test",
            "big.lan.test", "last.test")]
        # The first by itself, the others all at once, in pieces that fit none.
        told = b"".join(len(a).to_bytes(2, "big") + a for a in asks)
        for piece in (told[:1], told[1:40], told[40:67], told[67:]):
            s.sendall(piece)
            time.sleep(0.02)
        for ask in asks:
            size = int.from_bytes(net.read_exactly(s, 2), "big")
            said = net.read_exactly(s, size)
            assert said[:2] == b"\0\7" and names.read(said) == names.read(ask)
            assert names.addresses(said) == [
                "10.0.0.1" if "lan" in names.read(ask)[0] else "192.0.2.1"]
        # Its end behind its question, and the answer from before.
        s.sendall(len(asks[0]).to_bytes(2, "big") + asks[0])
        s.shutdown(socket.SHUT_WR)
        size = int.from_bytes(net.read_exactly(s, 2), "big")
        assert names.addresses(net.read_exactly(s, size)) == ["192.0.2.1"]
        assert s.recv(1) == b""
    assert house.far.asked == ["big.test", "big.test", "other.test",
                               "last.test"]
    assert house.near.asked == ["nas.lan.test", "big.lan.test"]
    # The name server's own address is on the list, and that changes nothing.
    house.server.expect(rf"connecting 127\.0\.0\.1:{house.far.port}")


def test_forged(house):
    """Answers of others, or with another id, reach nobody and are not
    remembered."""
    house.near.held = []
    near = house.near.udp
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.3 * wherry.PATIENCE)
        client.sendto(question("x.lan.test", 99), ("127.0.0.1", house.port))
        wherry.wait_for("the question", 5, lambda: house.near.held)
        ask, who = house.near.held[0]
        good = house.near.answer(ask, True)
        other.sendto(good, who)
        near.sendto(b"\0\1" + good[2:], who)
        near.sendto(good.replace(b"\1x", b"\1y"), who)
        near.sendto(b"junk", who)
        with pytest.raises(TimeoutError):
            client.recv(2048)
        near.sendto(good, who)
        assert client.recv(2048) == good
        # No second one.
        near.sendto(good, who)
        with pytest.raises(TimeoutError):
            client.recv(2048)


def test_of_a_section(fleet, tmp_path):
    """As a section of `wherry run`, without a list."""
    far = NameServer("192.0.2.9")
    server = fleet.server(METHOD, wherry.password(METHOD))
    port = wherry.free_port()
    path = tmp_path / "wherry.conf"
    path.write_text(f"""[sslocal names]
server = 127.0.0.1
server_port = {server.port}
method = {METHOD}
password = {wherry.password(METHOD)}
protocol = dns
local_address = 127.0.0.1
local_port = {port}
remote_dns_address = 127.0.0.1
remote_dns_port = {far.port}
""")
    run = fleet.start([*wherry.PREFIX, "run", "-c", path])
    run.listens(port)
    house = House.__new__(House)
    house.port = port
    wherry.wait_for("its datagrams", 5, lambda: "starting local" in run.text())
    assert house.ask("x.test") == "192.0.2.9"
    far.close()
