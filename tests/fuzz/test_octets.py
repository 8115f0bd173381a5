"""Short runs of bad input against every listening port: random octets, cut and
changed good input. The program must neither die nor stop serving others."""

import socket

import pytest

import ftp
import net
import wherry

ROUNDS = 30 if wherry.EMULATED else 300

GOOD = {
    "sslocal": [b"\x05\x01\x00", b"\x05\x02\x00\x02",
                net.socks_request("127.0.0.1", 9),
                net.socks_request("name.invalid", 9),
                net.socks_request("::1", 9), bytes(100)],
    "ftpd": [b"USER reader\r\n", b"PASS only reads\r\n", b"LIST -al /\r\n",
             b"EPSV\r\n", b"REST 9223372036854775807\r\n", b"CWD ..\r\n",
             b"RETR pub/hello.txt\r\n", b"STOR x\r\n", b"\xff\xf4\xff\xf2ABOR\r\n",
             b"OPTS UTF8 ON\r\n", b"MDTM 20000101000000 x\r\n"],
    "ssserver": [bytes(range(256))],
}


def bad_input(rng, service):
    """Good parts in any order, or none; some octets changed, cut anywhere."""
    if rng.random() < 0.3:
        return rng.randbytes(rng.choice([1, 2, 3, 17, 50, 1000, 20000]))
    octets = bytearray(b"".join(
        rng.choice(GOOD[service]) for _ in range(rng.randrange(1, 12))))
    for _ in range(rng.choice([0, 1, 1, 5, 50])):
        octets[rng.randrange(len(octets))] = rng.randrange(256)
    return bytes(octets[:rng.randrange(1, len(octets) + 1)])


def send(rng, port, octets):
    """In a few pieces; then an end, a reset, or just gone."""
    with socket.create_connection(("127.0.0.1", port), 20) as s:
        try:
            while octets:
                n = rng.randrange(1, len(octets) + 1)
                s.sendall(octets[:n])
                octets = octets[n:]
            if rng.random() < 0.5:
                s.settimeout(0.01)
                s.recv(65536)
            if rng.random() < 0.3:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             b"\x01\0\0\0\0\0\0\0")
        except OSError:
            pass


@pytest.mark.parametrize("method", ["aes-256-gcm", "aes-256-cfb"])
@pytest.mark.parametrize("service", ["ssserver", "sslocal"])
def test_shadowsocks(fleet, seeded, service, method):
    # Only the echo's address may be reached, whatever comes out of the octets.
    server = fleet.server(method, "x", "-t", "1", forbidden=",".join(
        ["0.0.0.0/2", "64.0.0.0/3", "96.0.0.0/4", "112.0.0.0/5",
         "120.0.0.0/6", "124.0.0.0/7", "126.0.0.0/8", "128.0.0.0/1", "::/0"]))
    local = fleet.local(server.port, method, "x", "-t", "2")
    port = {"ssserver": server.port, "sslocal": local.port}[service]
    for _ in range(ROUNDS):
        send(seeded, port, bad_input(seeded, service))
    with net.Target(net.echo) as target:
        with net.connect(local.port, "127.0.0.1", target.port) as s:
            s.sendall(b"hello")
            assert net.read_exactly(s, 5) == b"hello"


def test_ftp(fleet, seeded):
    site = ftp.Site(fleet)
    for _ in range(ROUNDS):
        send(seeded, site.port, bad_input(seeded, "ftpd"))

    def served():
        with site.control() as c:
            return c.greeting[0] == 220
    wherry.wait_for("a free place", 5, served)
    with site.control("reader") as c:
        assert c.get("RETR pub/hello.txt") == (226, b"hello\n")
