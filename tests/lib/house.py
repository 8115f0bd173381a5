"""house.py - a house of network namespaces: client, router, internet, server.

    client 10.7.0.2 -- 10.7.0.1 router 192.0.2.1 -- 192.0.2.2 internet
                                                 203.0.113.1 -- .2 server

and the like by IPv6. The router forwards: what is not led to the proxy gets out
by itself, and is counted in the internet. Sockets of this process can be opened
in each of them, by a thread that enters it for that.
"""

import ctypes
import os
import socket
import subprocess
import threading

import wherry

ROOMS = ["client", "router", "internet", "server"]
LAN = [("10.7.0.", 24), ("fd07::", 64)]
WAN = [("192.0.2.", 24), ("2001:db8:1::", 64)]
FAR = [("203.0.113.", 24), ("2001:db8:2::", 64)]
# Of targets, all of them in the internet.
TARGETS = ["198.51.100.7", "198.51.100.8", "2001:db8:7::7", "2001:db8:7::8"]
SERVER = "203.0.113.2"

SETUP = """
link add c0 netns {router} type veth peer name eth0 netns {client}
link add w0 netns {router} type veth peer name eth0 netns {internet}
link add far netns {internet} type veth peer name eth0 netns {server}
"""

# What came from the house by itself and not through the server.
COUNTER = """
table inet count {
    chain in {
        type filter hook prerouting priority -300;
        iifname != "eth0" accept
        meta l4proto ipv6-icmp accept
        ip daddr 203.0.113.2 accept
        counter accept
    }
}"""


class House:
    """Its namespaces are the test's own."""

    def __init__(self, fleet):
        self.fleet = fleet
        self.names = {r: f"wherry-{r}-{os.getpid()}" for r in ROOMS}
        self.sockets = []
        for name in self.names.values():
            self.call("ip", "netns", "add", name)
        self.batch(None, SETUP.format(**self.names))
        for room, links in (("client", [("eth0", LAN, 2)]),
                            ("router", [("c0", LAN, 1), ("w0", WAN, 1)]),
                            ("internet", [("eth0", WAN, 2), ("far", FAR, 1)]),
                            ("server", [("eth0", FAR, 2)])):
            self.batch(room, "link set lo up\n" + "".join(
                f"addr add {net}{last}/{bits} dev {dev}"
                f"{' nodad' if ':' in net else ''}\n"
                for dev, nets, last in links for net, bits in nets) +
                "".join(f"link set {dev} up\n" for dev, _, _ in links))
        self.batch("internet", "".join(
            f"addr add {a}/{128 if ':' in a else 32} dev lo"
            f"{' nodad' if ':' in a else ''}\n" for a in TARGETS))
        for room in ("router", "internet"):
            for key in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
                self.within(room, lambda k=key: self.write(k))
        for room, by, net in (("client", LAN, 1), ("router", WAN, 2),
                              ("server", FAR, 1)):
            self.batch(room, "".join(
                f"route add default via {n}{net}\n" for n, _ in by))
        self.batch("internet", "".join(
            f"route add {n}{'' if ':' in n else '0'}/{bits} via {via}1\n"
            for (n, bits), (via, _) in zip(LAN, WAN)))
        self.nft("internet", COUNTER)

    @staticmethod
    def write(key):
        with open(f"/proc/sys/net/{key}", "w", encoding="ascii") as f:
            f.write("1")

    @staticmethod
    def call(*words, text=None, codes=(0,)):
        done = subprocess.run(list(map(str, words)), input=text, text=True,
                              capture_output=True,
                              timeout=20 * wherry.PATIENCE)
        assert done.returncode in codes, (words, done.stdout, done.stderr)
        return done.stdout

    def batch(self, room, text):
        """Lines for ip, in a room: addresses of either family."""
        where = ["-n", self.names[room]] if room else []
        self.call("ip", *where, "-b", "-", text=text)

    def command(self, room, *words):
        return ["ip", "netns", "exec", self.names[room], *map(str, words)]

    def run(self, room, *words, text=None, codes=(0,)):
        return self.call(*self.command(room, *words), text=text, codes=codes)

    def nft(self, room, text):
        return self.run(room, "nft", "-f", "-", text=text)

    def start(self, room, *words, ready, **popen):
        p = self.fleet.start(self.command(room, *words), **popen)
        p.expect(ready)
        return p

    def within(self, room, what):
        """what(), by a thread in the room; its result."""
        got = []

        def enter():
            libc = ctypes.CDLL(None, use_errno=True)
            fd = os.open(f"/run/netns/{self.names[room]}", os.O_RDONLY)
            try:
                if libc.setns(fd, 0x40000000) == 0:
                    got.append(what())
            finally:
                os.close(fd)
        t = threading.Thread(target=enter)
        t.start()
        t.join()
        assert got, room
        return got[0]

    def socket(self, room, at, kind=socket.SOCK_DGRAM):
        """One that is bound; closed with the house."""
        family = socket.AF_INET6 if ":" in at[0] else socket.AF_INET
        s = self.within(room, lambda: socket.socket(family, kind))
        self.sockets.append(s)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.settimeout(5 * wherry.PATIENCE)
        s.bind(at)
        return s

    def leaked(self):
        """Packets of the house that went their own way."""
        text = self.run("internet", "nft", "list", "chain", "inet", "count",
                        "in")
        return int(text.split("packets ")[1].split()[0])

    def close(self):
        for s in self.sockets:
            s.close()
        for name in self.names.values():
            subprocess.run(["ip", "netns", "del", name], check=False,
                           capture_output=True)
