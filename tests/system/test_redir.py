"""ss-redir in a network namespace of its own: what the firewall leads to it
goes through the server, to where it was meant for."""

import json
import os
import shutil
import subprocess

import pytest

import wherry

pytestmark = [
    pytest.mark.host,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a namespace")]

# Addresses of the target's machine; the namespace has them on its loopback. What
# the server sends out is marked, and left alone.
V4, V6, MARK = "198.51.100.7", "2001:db8::7", 77
REDIRECT = """
table inet wherry_test {{
    chain out {{
        type nat hook output priority -100;
        meta mark {mark} return
        ip daddr {v4} tcp dport 80 redirect to :{port}
        ip6 daddr {v6} tcp dport 80 redirect to :{port}
    }}
}}"""
# Output is marked, comes in again by loopback, and is taken there.
TPROXY = """
table inet wherry_test {{
    chain out {{
        type route hook output priority -150;
        meta mark {mark} return
        ip daddr {v4} tcp dport 80 meta mark set 1
        ip6 daddr {v6} tcp dport 80 meta mark set 1
    }}
    chain in {{
        type filter hook prerouting priority -150;
        meta mark 1 meta nfproto ipv4 tcp dport 80 tproxy ip to :{port} accept
        meta mark 1 meta nfproto ipv6 tcp dport 80 tproxy ip6 to :{port} accept
        meta mark 1 drop
    }}
}}"""


class House:
    """A namespace; its name is the test's own."""

    def __init__(self, fleet, name="house"):
        self.fleet = fleet
        self.name = f"wherry-{name}-{os.getpid()}"
        self.run("ip", "netns", "add", self.name, inside=False)

    def command(self, *words):
        return ["ip", "netns", "exec", self.name, *map(str, words)]

    def run(self, *words, inside=True, text=None, codes=(0,)):
        done = subprocess.run(
            self.command(*words) if inside else words, input=text, text=True,
            capture_output=True, timeout=20 * wherry.PATIENCE)
        assert done.returncode in codes, (words, done.stdout, done.stderr)
        return done.stdout

    def start(self, *words, ready):
        p = self.fleet.start(self.command(*words))
        p.expect(ready)
        return p

    def close(self):
        """Its programs end after it, with the fleet."""
        subprocess.run(["ip", "netns", "del", self.name], check=False)


@pytest.fixture
def house(fleet):
    for name in ("ip", "nft", "curl"):
        wherry.peer(name)
    h = House(fleet)
    try:
        h.run("ip", "link", "set", "lo", "up")
        h.run("ip", "addr", "add", f"{V4}/32", "dev", "lo")
        h.run("ip", "addr", "add", f"{V6}/128", "dev", "lo", "nodad")
        yield h
    finally:
        h.close()


def serve(house, tmp_path, port, *more):
    (tmp_path / "hello").write_text("hello from afar\n", encoding="ascii")
    house.start(shutil.which("python3"), "-u", "-m", "http.server", "80",
                "--bind", "::", "--directory", tmp_path, ready="Serving HTTP")
    conf = {"server": "127.0.0.1", "server_port": 8388, "password": "x" * 16,
            "method": "aes-256-gcm"}
    (tmp_path / "server.json").write_text(json.dumps(
        {**conf, "forbidden_ip": "", "outbound_fwmark": MARK}),
        encoding="ascii")
    server = house.start(*wherry.PREFIX, "ssserver", "-c",
                         tmp_path / "server.json", *wherry.SANDBOX,
                         ready="starting server")
    (tmp_path / "redir.json").write_text(json.dumps(
        {**conf, "local_address": "::", "local_port": port}),
        encoding="ascii")
    redir = house.start(*wherry.PREFIX, "ss-redir", "-c",
                        tmp_path / "redir.json", *more, ready="listening at")
    return server, redir


def fetch(house, host, codes=(0,)):
    return house.run("curl", "-sS", "-g", "--max-time", "3",
                     f"http://{host}/hello", codes=codes)


@pytest.mark.parametrize("way", ["redirect", "tproxy"])
def test_led_by_the_firewall(house, tmp_path, way):
    port = 1080
    server, redir = serve(house, tmp_path, port,
                          *(["-T"] if way == "tproxy" else []))
    rules = TPROXY if way == "tproxy" else REDIRECT
    if way == "tproxy":
        for family in ("-4", "-6"):
            house.run("ip", family, "rule", "add", "fwmark", "1", "table", "9")
            house.run("ip", family, "route", "add", "local", "default", "dev",
                      "lo", "table", "9")
    house.run("nft", "-f", "-", text=rules.format(v4=V4, v6=V6, port=port,
                                                  mark=MARK))
    for host, target in ((V4, f"{V4}:80"), (f"[{V6}]", f"[{V6}]:80")):
        assert fetch(house, host) == "hello from afar\n"
        server.expect("connecting " + target.replace("[", r"\[").replace(
            "]", r"\]"))
    # Who comes to the proxy itself is not led round and round.
    house.run("curl", "-sS", "--max-time", "5", f"http://127.0.0.1:{port}/",
              codes=(52, 56))
    redir.expect("was not led here by the firewall")
    # Without the proxy nothing gets through another way.
    redir.stop()
    fetch(house, V4, codes=(7, 28))


UDP = """
table inet wherry_test {{
    chain out {{
        type route hook output priority -150;
        meta mark {mark} return
        ip daddr {v4} udp dport 700-710 meta mark set 1
        ip6 daddr {v6} udp dport 700-710 meta mark set 1
    }}
    chain in {{
        type filter hook prerouting priority -150;
        meta mark 1 meta nfproto ipv4 udp dport 1-65535 tproxy ip to :{port} accept
        meta mark 1 meta nfproto ipv6 udp dport 1-65535 tproxy ip6 to :{port} accept
        meta mark 1 drop
    }}
}}"""

# Answers each datagram by it, with its own port behind; "from PORT" makes that
# port answer instead: the other end of a full cone.
ECHO = """
import select, socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
socks = {}
for port in range(700, 706):
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.bind((sys.argv[1], port))
    socks[port] = s
print("echo ready", flush=True)
while True:
    for s in select.select(list(socks.values()), [], [])[0]:
        data, who = s.recvfrom(2048)
        port = int(data[5:]) if data.startswith(b"from ") else \\
            s.getsockname()[1]
        socks[port].sendto(data + b" %d" % port, who)
"""

# One socket, several targets and ports; prints each answer and whose it was.
ASK = """
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
s = socket.socket(family, socket.SOCK_DGRAM)
s.settimeout(5)
for port, text in (700, "a"), (701, "b"), (702, "from 705"), (700, "c"):
    for _ in range(3):          # datagrams may be lost at the start
        s.sendto(text.encode(), (sys.argv[1], port))
        try:
            data, who = s.recvfrom(2048)
            break
        except TimeoutError:
            pass
    print(data.decode(), who[0], who[1])
"""


@pytest.fixture
def far(fleet):
    """The server's and the targets' machine, at the other end of a cable."""
    for name in ("ip", "nft"):
        wherry.peer(name)
    h = House(fleet, "far")
    try:
        h.run("ip", "link", "set", "lo", "up")
        for address in (f"{V4}/32", f"{V6}/128"):
            h.run("ip", "addr", "add", address, "dev", "lo", "nodad")
        yield h
    finally:
        h.close()


def cable(near, far):
    near.run("ip", "link", "add", "wan", "type", "veth", "peer", "name", "wan",
             "netns", far.name)
    for place, n in ((near, 2), (far, 1)):
        place.run("ip", "link", "set", "lo", "up")
        place.run("ip", "addr", "add", f"10.77.0.{n}/24", "dev", "wan")
        place.run("ip", "addr", "add", f"fd77::{n}/64", "dev", "wan", "nodad")
        place.run("ip", "link", "set", "wan", "up")
    near.run("ip", "route", "add", "default", "via", "10.77.0.1")
    near.run("ip", "-6", "route", "add", "default", "via", "fd77::1")


@pytest.fixture
def near(fleet):
    h = House(fleet, "near")
    try:
        yield h
    finally:
        h.close()


@pytest.mark.parametrize("target", [V4, V6])
def test_datagrams(near, far, tmp_path, target):
    """By TPROXY, through the server; answers come in the name of whoever sent
    them, also of one that was never asked."""
    port = 1080
    python = shutil.which("python3")
    cable(near, far)
    far.start(python, "-c", ECHO, target, ready="echo ready")
    conf = {"server": "10.77.0.1", "server_port": 8388, "password": "x" * 16,
            "method": "aes-256-gcm", "mode": "tcp_and_udp"}
    (tmp_path / "server.json").write_text(json.dumps(
        {**conf, "forbidden_ip": ""}), encoding="ascii")
    far.start(*wherry.PREFIX, "ssserver", "-c", tmp_path / "server.json",
              *wherry.SANDBOX, ready="starting server")
    (tmp_path / "redir.json").write_text(json.dumps(
        {**conf, "local_address": "::", "local_port": port,
         "outbound_fwmark": MARK}), encoding="ascii")
    redir = near.start(*wherry.PREFIX, "ss-redir", "-c",
                       tmp_path / "redir.json", *wherry.SANDBOX,
                       ready="udp server listening at")
    for family in ("-4", "-6"):
        near.run("ip", family, "rule", "add", "fwmark", "1", "table", "9")
        near.run("ip", family, "route", "add", "local", "default", "dev",
                 "lo", "table", "9")
    near.run("nft", "-f", "-", text=UDP.format(v4=V4, v6=V6, port=port,
                                               mark=MARK))
    # Whatever gets there but through the server is counted.
    far.run("nft", "-f", "-", text="""
table inet wherry_test {
    chain in {
        type filter hook input priority 0;
        iifname wan udp dport 700-710 counter drop
    }
}""")
    said = near.run(python, "-c", ASK, target)
    assert said.splitlines() == [
        f"a 700 {target} 700", f"b 701 {target} 701",
        f"from 705 705 {target} 705", f"c 700 {target} 700"]
    # Nobody led this one here.
    near.run(python, "-c", "import socket; s = socket.socket(socket.AF_INET, "
             "socket.SOCK_DGRAM); s.sendto(b'x', ('127.0.0.1', 1080))")
    # Without the proxy nothing gets through another way.
    redir.stop()
    near.run(python, "-c", ASK.replace("settimeout(5)", "settimeout(0.1)"),
             target, codes=(1,))
    assert "counter packets 0 " in far.run("nft", "list", "table", "inet",
                                           "wherry_test")
