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

    def __init__(self, fleet):
        self.fleet = fleet
        self.name = f"wherry-{os.getpid()}"
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
