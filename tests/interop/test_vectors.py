"""The known answers of tests/vectors, said to shadowsocks-rust as they stand: it
opens each and gives its target what is in it. Its clock is set to the time of
the vectors, and example.com leads to a loopback address.

What a server answers is confirmed by way of ours, which makes those vectors octet
for octet (t_ss_2022, t_ss_packet) and is understood by their client (test_rust).
"""

import base64
import json
import os
import pathlib
import re
import socket
import subprocess

import pytest

import net
import wherry

pytestmark = [
    pytest.mark.host,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a mount")]

FOLDER = wherry.ROOT / "tests" / "vectors"
TIME = "2023-11-14 22:13:20"        # 1700000000
TARGET = "127.0.0.80"
SAID = b"GET / HTTP/1.1\r\n\r\n"
STRING = re.compile(r'"([^"]*)"')


def rows(file, table):
    """Of a table in C, its strings; NULL is None, other words stay."""
    text = (FOLDER / file).read_text(encoding="ascii")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    body = re.search(rf"\b{table}\[\] = \{{(.*?)\n\}};", text, re.S)[1]
    for row in re.findall(r"\{(.*?)\}", body, re.S):
        yield ["".join(STRING.findall(field)) or
               (None if field.strip() == "NULL" else field.strip())
               for field in row.split(",")]


def counting(first, n):
    return base64.b64encode(bytes(range(first, first + n))).decode()


def psk(method):
    return counting(0, wherry.METHODS_2022[method])


def flights():
    """(name, method, password, users, octets) of what begins a connection."""
    requests = {}
    for method, _, _, request, _, chunk in rows("ss_2022.h",
                                                "sip022_vectors"):
        requests[method] = bytes.fromhex(request + chunk)
        yield method, method, psk(method), [], requests[method]
    for method, _, _, header in rows("ss_2022.h", "eih_vectors"):
        n, request = wherry.METHODS_2022[method], requests[method]
        yield (method + " with identity", method, counting(0x10, n),
               [psk(method)], request[:n] + bytes.fromhex(header) + request[n:])
    for method, _, flight in rows("ss_tcp.h", "flight_vectors"):
        yield method, method, "barfoo!", [], bytes.fromhex(flight)


def datagrams():
    for method, up, by_identity, _ in rows("ss_udp.h", "udp_2022_vectors"):
        yield method, method, psk(method), [], bytes.fromhex(up)
        if by_identity:
            n = wherry.METHODS_2022[method]
            yield (method + " with identity", method, counting(0x10, n),
                   [psk(method)], bytes.fromhex(by_identity))
    for method, packet in rows("ss_udp.h", "udp_vectors"):
        yield method, method, "barfoo!", [], bytes.fromhex(packet)


def named(vectors):
    """Those of methods they have; aes-192-gcm they left out."""
    return [pytest.param(*v[1:], id=v[0]) for v in vectors
            if v[1] != "aes-192-gcm"]


@pytest.fixture
def server(fleet, tmp_path):
    """Theirs, in the time and with the names of the vectors: where."""
    # faketime itself would stay between us and the server.
    library = subprocess.run(
        [wherry.peer("faketime"), "2023-11-14", "printenv", "LD_PRELOAD"],
        check=True, capture_output=True, text=True).stdout.strip()
    hosts = tmp_path / "hosts"
    hosts.write_text(f"{TARGET} example.com\n", encoding="ascii")

    def start(method, password, users):
        port = wherry.free_port()
        config = tmp_path / "rust.json"
        config.write_text(json.dumps({"servers": [{
            "address": "127.0.0.1", "port": port, "method": method,
            "password": password, "mode": "tcp_and_udp", **({"users": [
                {"name": "user", "password": u} for u in users]}
                if users else {})}]}), encoding="ascii")
        program = pathlib.Path(wherry.rust()) / "ssserver"
        fleet.start(["unshare", "-m", "sh", "-c",
                     'mount --bind "$0" /etc/hosts && exec "$@"', hosts,
                     "env", "TZ=UTC", f"LD_PRELOAD={library}", f"FAKETIME=@{TIME}",
                     program, "-c", config]).listens(port)
        return "127.0.0.1", port
    return start


@pytest.mark.parametrize("method, password, users, octets",
                         named(flights()))
def test_flight(server, method, password, users, octets):
    want = SAID + (b"hello" if method in wherry.METHODS_2022 else b"")
    with socket.create_server((TARGET, 80)) as target:
        target.settimeout(10 * wherry.PATIENCE)
        with socket.create_connection(server(method, password, users)) as s:
            s.sendall(octets)
            got, _ = target.accept()
            with got:
                got.settimeout(10 * wherry.PATIENCE)
                assert net.read_exactly(got, len(want)) == want


@pytest.mark.parametrize("method, password, users, octets",
                         named(datagrams()))
def test_datagram(server, method, password, users, octets):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as target, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        target.bind((TARGET, 80))
        target.settimeout(10 * wherry.PATIENCE)
        s.sendto(octets, server(method, password, users))
        assert target.recv(2048) == SAID
