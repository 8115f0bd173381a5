"""net.py - small clients and targets for what goes through a relay."""

import asyncio
import hashlib
import socket
import struct
import threading

from wherry import PATIENCE

BLOCK = 256 * 1024


class Target:
    """A TCP server on 127.0.0.1; one thread runs handler(socket) for each."""

    def __init__(self, handler):
        self.handler = handler
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self.listener.getsockname()[1]
        self.accepted = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self.one, args=(s,), daemon=True).start()

    def one(self, s):
        with s:
            s.settimeout(60 * PATIENCE)
            try:
                self.handler(s)
            except OSError:
                pass    # the test sees it from the other end

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def echo(s):
    while data := s.recv(65536):
        s.sendall(data)


def read_exactly(s, n):
    data = bytearray()
    while len(data) < n:
        more = s.recv(min(n - len(data), BLOCK))
        assert more, f"ended after {len(data)} of {n} octets"
        data += more
    return bytes(data)


def read_all(s):
    data = b""
    while more := s.recv(65536):
        data += more
    return data


def hash_rest(s):
    """(octets, sha256 in hexadecimal) of all that comes until the end."""
    digest, n, block = hashlib.sha256(), 0, bytearray(BLOCK)
    view = memoryview(block)
    while got := s.recv_into(block):
        digest.update(view[:got])
        n += got
    return n, digest.hexdigest()


def socks_request(host, port):
    """CONNECT, RFC 1928 4."""
    try:
        address = b"\x01" + socket.inet_pton(socket.AF_INET, host)
    except OSError:
        try:
            address = b"\x04" + socket.inet_pton(socket.AF_INET6, host)
        except OSError:
            address = b"\x03" + bytes([len(host)]) + host.encode()
    return b"\x05\x01\x00" + address + struct.pack(">H", port)


def read_reply(s):
    """Reply code of a SOCKS5 request; the bound address is read over."""
    version, code, _, kind = read_exactly(s, 4)
    assert version == 5
    length = {1: 4, 4: 16}.get(kind) or read_exactly(s, 1)[0]
    read_exactly(s, length + 2)
    return code


def connect(socks_port, host, port, timeout=30):
    """A socket to host:port through the SOCKS5 proxy on socks_port."""
    s = socket.create_connection(("127.0.0.1", socks_port),
                                 timeout * PATIENCE)
    s.sendall(b"\x05\x01\x00")
    assert read_exactly(s, 2) == b"\x05\x00"
    s.sendall(socks_request(host, port))
    assert read_reply(s) == 0
    return s


async def connect_async(socks_port, host, port):
    """The same for asyncio: (reader, writer)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", socks_port)
    writer.write(b"\x05\x01\x00")
    assert await reader.readexactly(2) == b"\x05\x00"
    writer.write(socks_request(host, port))
    head = await reader.readexactly(4)
    assert head[1] == 0, head
    await reader.readexactly({1: 6, 4: 18}[head[3]])
    return reader, writer


async def echo_server():
    """(asyncio server that echoes and half-closes, its port)."""
    async def serve(reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=2048)
    return server, server.sockets[0].getsockname()[1]
