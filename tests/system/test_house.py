"""The transparent proxy of a house: what a client sends to anywhere goes through
the server and nowhere else, and comes back as from there."""

import json
import os
import shutil
import signal
import socket
import subprocess
import threading

import pytest

import house as houses
import names
import net
import wherry
from house import SERVER, TARGETS

pytestmark = [
    pytest.mark.host,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: namespaces")]

CONF = {"server": SERVER, "server_port": 8388, "password": "x" * 16,
        "method": "aes-256-gcm"}
PORT, MARK = 1080, 77


@pytest.fixture
def house(fleet):
    for name in ("ip", "nft", "curl"):
        wherry.peer(name)
    h = houses.House(fleet)
    try:
        yield h
        fleet.stop()
    finally:
        h.close()


def serve(house, tmp_path, **more):
    path = tmp_path / f"server{more.get('server_port', '')}.json"
    path.write_text(json.dumps(
        {**CONF, "server": "::", "forbidden_ip": "",
         "mode": "tcp_and_udp", **more}), encoding="ascii")
    return house.start("server", *wherry.PREFIX, "ssserver", "-c", path,
                       *wherry.SANDBOX, ready="starting server")


def redir(house, tmp_path, *words, **more):
    path = tmp_path / "redir.json"
    path.write_text(json.dumps(
        {**CONF, "local_address": "::", "local_port": PORT, "timeout": 30,
         "outbound_fwmark": MARK, "mode": "tcp_and_udp", **more}),
        encoding="ascii")
    return house.start("router", *wherry.PREFIX, "ss-redir", "-c", path,
                       *words, *wherry.SANDBOX,
                       ready="udp server listening at")


def rules(house, tmp_path, *words, codes=(0,)):
    return house.run("router", *wherry.PREFIX, "rules", "-c",
                     tmp_path / "redir.json", "-i", "c0", *words, codes=codes)


def echo(house, host, port, peers):
    """A target that says everything back; peers gets who asked."""
    s = house.socket("internet", (host, port))

    def work():
        try:
            while True:
                data, peer = s.recvfrom(2000)
                peers.add(peer[:2])
                s.sendto(b"echo " + data, peer)
        except OSError:
            return
    s.settimeout(None)
    threading.Thread(target=work, daemon=True).start()
    return s


def answered(client, to, data=b"hello"):
    client.sendto(data, to)
    try:
        answer, peer = client.recvfrom(2000)
    except socket.timeout:
        return False
    assert (answer, peer[:2]) == (b"echo " + data, to)
    return True


def ask(client, to, data):
    """As games do: again, where it is lost."""
    assert any(answered(client, to, data) for _ in range(3)), to


def test_datagrams(house, tmp_path):
    serve(house, tmp_path)
    redir(house, tmp_path)
    rules(house, tmp_path, "--apply")
    for family in ("10.7.0.2", "fd07::2"):
        client = house.socket("client", (family, 4000))
        hosts = [t for t in TARGETS if (":" in t) == (":" in family)]
        # One of them has the proxy's own port.
        peers = set()
        targets = [echo(house, host, port, peers) for host in hosts
                   for port in (53, PORT, 3478)]
        for s in targets * 2:
            ask(client, s.getsockname()[:2], os.urandom(20).hex().encode())
        assert len(peers) == 1, "not one port for all: no full cone"
        # From where nothing was sent to.
        stranger = house.socket("internet", (hosts[0], 9999))
        stranger.sendto(b"hello", peers.pop())
        assert client.recvfrom(100) == (b"hello", stranger.getsockname())
    assert house.leaked() == 0


def site(house, tmp_path):
    """A file for whoever asks for it, at each target."""
    (tmp_path / "hello").write_text("hello from afar\n", encoding="ascii")
    house.start("internet", shutil.which("python3"), "-u", "-m", "http.server",
                "80", "--bind", "::", "--directory", tmp_path,
                ready="Serving HTTP")


def fetches(house, host, room="client", seconds=10):
    url = f"http://[{host}]/hello" if ":" in host else f"http://{host}/hello"
    done = subprocess.run(
        house.command(room, "curl", "-sS", "-g", "--max-time",
                      str(seconds), url),
        capture_output=True, text=True, timeout=30, check=False)
    return done.stdout == "hello from afar\n"


def seen(house):
    """What a router has of rules."""
    return [house.run("router", *words, codes=(0, 2)) for words in (
        ("nft", "list", "ruleset"), ("ip", "-4", "rule"), ("ip", "-6", "rule"),
        ("ip", "-4", "route", "show", "table", "100"),
        ("ip", "-6", "route", "show", "table", "100"))]


@pytest.mark.parametrize("way", ["redirect", "tproxy"])
def test_nothing_gets_out(house, tmp_path, way):
    """While the proxy is killed, started again, reloaded, and its server goes
    away and comes back."""
    before = seen(house)
    words = ["-T"] if way == "tproxy" else []
    server = serve(house, tmp_path)
    proxy = redir(house, tmp_path, *words, mode="tcp_and_udp",
                  tcp_redir=way)
    site(house, tmp_path)
    rules(house, tmp_path, "--apply")
    once = seen(house)
    rules(house, tmp_path, "--apply")
    assert seen(house) == once
    for host in TARGETS:
        assert fetches(house, host), host
    server.expect(rf"connecting {TARGETS[0]}:80")
    os.kill(proxy.pid, signal.SIGKILL)
    proxy.process.wait()
    proxy.stopped = True
    for host in (TARGETS[0], TARGETS[2]):
        assert not fetches(house, host, seconds=1)
    client = house.socket("client", ("10.7.0.2", 4000))
    client.sendto(b"x", (TARGETS[0], 53))
    proxy = redir(house, tmp_path, *words, tcp_redir=way)
    wherry.wait_for("the proxy", 5, lambda: fetches(house, TARGETS[0]))
    os.kill(proxy.pid, signal.SIGHUP)
    proxy.expect("configuration reloaded")
    assert fetches(house, TARGETS[0])
    server.stop()
    assert not fetches(house, TARGETS[0], seconds=1)
    serve(house, tmp_path)
    wherry.wait_for("the server", 10, lambda: fetches(house, TARGETS[0]))
    assert house.leaked() == 0
    # What is not to be led goes by itself.
    rules(house, tmp_path, "--apply", "--bypass", f"{TARGETS[0]}/32")
    assert fetches(house, TARGETS[0]) and house.leaked() > 0
    counted = house.leaked()
    assert fetches(house, TARGETS[1]) and house.leaked() == counted
    rules(house, tmp_path, "--apply", "--forward", TARGETS[0])
    assert fetches(house, TARGETS[0]) and house.leaked() == counted
    assert fetches(house, TARGETS[1]) and house.leaked() > counted
    rules(house, tmp_path, "--remove")
    assert seen(house) == before


@pytest.mark.parametrize("way", ["redirect", "tproxy"])
def test_another_server(house, tmp_path, way):
    """One of two goes away: connections, and who sent datagrams before, are led
    by the other, and nothing by itself."""
    ports = [CONF["server_port"], CONF["server_port"] + 1]
    servers = {p: serve(house, tmp_path, server_port=p) for p in ports}
    redir(house, tmp_path, *(["-T"] if way == "tproxy" else []), tcp_redir=way,
          server_choice="latency", check_target=f"{TARGETS[1]}:80",
          check_interval=2, servers=[
              {**CONF, "server_port": p} for p in ports])
    site(house, tmp_path)
    rules(house, tmp_path, "--apply")
    client = house.socket("client", ("10.7.0.2", 4000))
    client.settimeout(1)
    target = echo(house, TARGETS[0], 53, set()).getsockname()
    for gone, other in (ports, reversed(ports)):
        for host in TARGETS:
            assert fetches(house, host), host
        ask(client, target, b"hello")
        servers[gone].stop()
        for host in TARGETS:
            assert fetches(house, host), host
        wherry.wait_for("the other one", 10, lambda: answered(client, target))
        servers[gone] = serve(house, tmp_path, server_port=gone)
    assert house.leaked() == 0


def test_of_the_router_itself(house, tmp_path):
    serve(house, tmp_path)
    redir(house, tmp_path)
    site(house, tmp_path)
    rules(house, tmp_path, "--apply", "--local")
    for host in TARGETS:
        assert fetches(house, host, "router"), host
    peers = set()
    s = echo(house, TARGETS[0], 53, peers)
    ask(house.socket("router", ("192.0.2.1", 4000)), s.getsockname()[:2],
        b"hello")
    assert house.leaked() == 0


def test_many_networks(house, tmp_path):
    """At once, and in place of those before."""
    serve(house, tmp_path)
    redir(house, tmp_path)
    path = tmp_path / "nets"
    path.write_text("# ten thousand\n" + "".join(
        f"{20 + i // 16384}.{i // 64 % 256}.{i % 64 * 4}.0/24  # {i}\n"
        for i in range(10000)) + "2001:db8:7::/48\n", encoding="ascii")
    rules(house, tmp_path, "--apply", "--bypass-file", path)
    got = house.run("router", "nft", "list", "set", "inet", "wherry",
                    "bypass4")
    assert got.count(".0/24") == 10000
    assert "2001:db8:7::/48" in house.run("router", "nft", "list", "set",
                                          "inet", "wherry", "bypass6")
    # A line that is none, and all is as before.
    path.write_text("10.0.0.0/8\n\nhello\n", encoding="ascii")
    rules(house, tmp_path, "--apply", "--bypass-file", path, codes=(1,))
    assert house.run("router", "nft", "list", "set", "inet", "wherry",
                     "bypass4") == got


class Zone:
    """A name server in the internet: A and AAAA of names, by UDP and TCP."""

    def __init__(self, house, at, names):
        self.names, self.asked = names, []
        self.udp = house.socket("internet", (at, 53))
        self.udp.settimeout(None)
        self.tcp = house.socket("internet", (at, 53), socket.SOCK_STREAM)
        self.tcp.settimeout(None)
        self.tcp.listen()
        for work in (self.by_udp, self.by_tcp):
            threading.Thread(target=work, daemon=True).start()

    def answer(self, ask):
        name, kind = names.read(ask)
        self.asked.append(name)
        return names.answer(ask, [a for a in self.names.get(name, ())
                                  if (kind == 28) == (":" in a)])

    def by_udp(self):
        try:
            while True:
                ask, who = self.udp.recvfrom(2048)
                self.udp.sendto(self.answer(ask), who)
        except OSError:
            pass    # closed

    def by_tcp(self):
        try:
            while True:
                s, _ = self.tcp.accept()
                with s:
                    size = int.from_bytes(net.read_exactly(s, 2), "big")
                    said = self.answer(net.read_exactly(s, size))
                    s.sendall(len(said).to_bytes(2, "big") + said)
        except OSError:
            pass


def resolve(house, name, kind=1, tcp=False):
    """As a client of the house does."""
    ask = names.question(name, 7, kind)
    if tcp:
        with house.socket("client", ("10.7.0.2", 0), socket.SOCK_STREAM) as s:
            s.connect(("10.7.0.1", 53))
            s.sendall(len(ask).to_bytes(2, "big") + ask)
            size = int.from_bytes(net.read_exactly(s, 2), "big")
            return names.addresses(net.read_exactly(s, size))
    with house.socket("client", ("10.7.0.2", 0)) as s:
        s.sendto(ask, ("10.7.0.1", 53))
        return names.addresses(s.recv(2048))


def named(house, name):
    return house.run("router", "nft", "list", "set", "inet", "wherry", name)


@pytest.mark.parametrize("way", ["redirect", "tproxy"])
def test_by_names(house, tmp_path, way):
    """What the house's own resolver finds decides who is led: with one list
    what its names lead to goes by itself, with the other nothing else is
    led."""
    lists = tmp_path / "acl"
    lists.write_text("[proxy_all]\n[bypass_list]\n||near.test\n",
                     encoding="ascii")
    serve(house, tmp_path)
    near = Zone(house, "192.0.2.2", {"www.near.test": [TARGETS[0], TARGETS[2]]})
    far = Zone(house, TARGETS[0], {"www.far.test": [TARGETS[1], TARGETS[3]]})
    redir(house, tmp_path, acl=str(lists), tcp_redir=way, locals=[
        {"protocol": "dns", "local_address": "10.7.0.1", "local_port": 53,
         "remote_dns_address": TARGETS[0], "local_dns_address": "192.0.2.2",
         "nft_direct": "inet wherry direct4 direct6",
         "nft_proxied": "inet wherry proxied4 proxied6"}])
    site(house, tmp_path)

    def straight(host):
        before = house.leaked()
        assert fetches(house, host), host
        return house.leaked() > before

    rules(house, tmp_path, "--apply", "--named-direct")
    assert not any(map(straight, TARGETS))
    # No set for these yet: said, and answered all the same.
    assert resolve(house, "www.far.test") == [TARGETS[1]]
    assert resolve(house, "www.near.test") == [TARGETS[0]]
    assert [straight(t) for t in TARGETS] == [True, False, False, False]
    assert resolve(house, "www.near.test", 28, tcp=True) == [TARGETS[2]]
    assert [straight(t) for t in TARGETS] == [True, False, True, False]
    assert "expires 1h59m" in named(house, "direct4")
    assert (near.asked, far.asked) == (["www.near.test"] * 2,
                                       ["www.far.test"])

    # The same answers, from before, in sets that are new.
    rules(house, tmp_path, "--apply", "--named-proxied", "--forward",
          TARGETS[2])
    assert [straight(t) for t in TARGETS] == [True, True, False, True]
    assert resolve(house, "www.far.test") == [TARGETS[1]]
    assert resolve(house, "www.near.test") == [TARGETS[0]]
    assert [straight(t) for t in TARGETS] == [True, False, False, True]
    assert resolve(house, "www.far.test", 28, tcp=True) == [TARGETS[3]]
    assert [straight(t) for t in TARGETS] == [True, False, False, False]
    assert (near.asked, far.asked) == (["www.near.test"] * 2,
                                       ["www.far.test"] * 2)
    for s in (near.udp, near.tcp, far.udp, far.tcp):
        s.close()


def test_as_iptables(house, tmp_path):
    redir(house, tmp_path)
    text = rules(house, tmp_path, "--iptables", "--from", "10.7.0.0/24",
                 "--not-from", "10.7.0.9", "--bypass", TARGETS[0])
    v4, v6 = text.split("# ip6tables-restore -n\n")
    for line in ("-A WHERRY -s 10.7.0.9/32 -j RETURN",
                 f"-A WHERRY -d {TARGETS[0]}/32 -j RETURN",
                 f"-A WHERRY -d {SERVER}/32 -j RETURN",
                 "-A WHERRY -p tcp -j REDIRECT --to-ports 1080",
                 "-A WHERRY -p udp -j TPROXY --on-port 1080 --tproxy-mark 1",
                 "-A PREROUTING -i c0 -s 10.7.0.0/24 -p tcp -j WHERRY"):
        assert line + "\n" in v4, line
    assert v4.count("COMMIT") == v6.count("COMMIT") == 2
    assert "-s 10." not in v6 and "PREROUTING" not in v6


@pytest.mark.parametrize("form", ["conf", "uci", "other file"])
def test_of_a_file_of_sections(house, tmp_path, form):
    """That of `wherry run`: its section rules, and the proxy it runs."""
    redir(house, tmp_path)
    values = {"server": SERVER, "server_port": 8388, "password": "x",
              "method": "aes-256-gcm", "local_port": PORT}
    of_rules = {"interface": "c0", "bypass": TARGETS[0]}
    path = tmp_path / "sections"
    if form == "uci":
        path.write_text("config ss_redir 'house'\n" + "".join(
            f"\toption {k} '{v}'\n" for k, v in values.items()) +
            "config rules\n" + "".join(
                f"\tlist {k} '{v}'\n" for k, v in of_rules.items()))
    else:
        if form == "other file":
            values = {"config": tmp_path / "redir.json"}
        path.write_text("log_file =\n[rules]\n" + "".join(
            f"{k} = {v}\n" for k, v in of_rules.items()) +
            "[ss-redir house]\n" + "".join(
                f"{k} = {v}\n" for k, v in values.items()))
    text = house.run("router", *wherry.PREFIX, "rules", "-c", path, "--bypass",
                     TARGETS[1])
    for part in ('iifname != { "c0" } return', f"{TARGETS[0]}/32",
                 f"{TARGETS[1]}/32", f"{SERVER}/32",
                 f"redirect to :{PORT}\n"):
        assert part in text, text
    assert wherry.run("check", path).returncode == 0 or form == "other file"


@pytest.mark.parametrize("words, why", [
    ([], "no configuration of the proxy"),
    (["-c", "/nonexistent"], "/nonexistent"),
    (["--bypass", "10.0.0.0/33"], "is no address or network"),
    (["-i", 'a"b'], "no name of an interface"),
    (["--mark", "0"], "not within 1"),
    (["--nonsense"], "--nonsense")])
def test_misuse(words, why):
    done = wherry.run("rules", *words)
    assert done.returncode == 1 and why in done.stderr
