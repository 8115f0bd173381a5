"""udp.py - clients and targets for datagrams that go through a relay."""

import socket
import struct
import threading

import net
from wherry import PATIENCE


def header(host, port):
    """RSV, FRAG and the address, RFC 1928 7."""
    return b"\x00\x00\x00" + net.socks_request(host, port)[3:]


def parse(data):
    """((host, port), payload) of a datagram that a proxy sent."""
    assert data[:3] == b"\x00\x00\x00", data[:10]
    family, size = {1: (socket.AF_INET, 4), 4: (socket.AF_INET6, 16)}[data[3]]
    host = socket.inet_ntop(family, data[4:4 + size])
    port = struct.unpack(">H", data[4 + size:6 + size])[0]
    return (host, port), data[6 + size:]


class Client:
    """A SOCKS5 client that associated; `at` is where its datagrams go."""

    def __init__(self, socks_port, host="127.0.0.1", associate=True):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.at = (host, socks_port)
        self.tcp = None
        if associate:
            self.tcp = socket.create_connection((host, socks_port),
                                                20 * PATIENCE)
            self.tcp.sendall(b"\x05\x01\x00")
            assert net.read_exactly(self.tcp, 2) == b"\x05\x00"
            self.tcp.sendall(b"\x05\x03\x00\x01" + bytes(6))
            self.at = self.bound()
        self.udp = socket.socket(family, socket.SOCK_DGRAM)
        self.udp.settimeout(20 * PATIENCE)

    def bound(self):
        """BND.ADDR and BND.PORT of the reply."""
        version, code, _, kind = net.read_exactly(self.tcp, 4)
        assert (version, code) == (5, 0)
        family, size = {1: (socket.AF_INET, 4),
                        4: (socket.AF_INET6, 16)}[kind]
        host = socket.inet_ntop(family, net.read_exactly(self.tcp, size))
        return host, struct.unpack(">H", net.read_exactly(self.tcp, 2))[0]

    def send(self, host, port, data):
        self.udp.sendto(header(host, port) + data, self.at)

    def take(self):
        """((host, port), payload) of the next one."""
        data, source = self.udp.recvfrom(65536)
        assert source[:2] == self.at
        return parse(data)

    def ask(self, host, port, data, tries=3):
        """What came back to it. As programs do, asks again when it is lost."""
        for i in range(tries):
            self.send(host, port, data)
            self.udp.settimeout((1 if i < tries - 1 else 5) * PATIENCE)
            try:
                return self.take()
            except socket.timeout:
                continue
        raise AssertionError(f"no answer from {host}:{port}")

    def silent(self, seconds=0.3):
        """Does nothing come for a while?"""
        self.udp.settimeout(seconds)
        try:
            self.udp.recv(65536)
        except socket.timeout:
            return True
        finally:
            self.udp.settimeout(20 * PATIENCE)
        return False

    def close(self):
        self.udp.close()
        if self.tcp:
            self.tcp.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Target:
    """Echoes datagrams; remembers whom they came from, in order."""

    def __init__(self, host="127.0.0.1", answer=lambda data: data):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.host = host
        self.port = self.socket.getsockname()[1]
        self.sources = []
        self.answer = answer
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            data, source = self.socket.recvfrom(65536)
            if data == b"stop" and source[0] == self.host and \
                    source[1] == self.port:
                return
            self.sources.append(source[:2])
            back = self.answer(data)
            if back is not None:
                self.socket.sendto(back, source)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.sendto(b"stop", (self.host, self.port))
        self.thread.join(5)
        self.socket.close()
