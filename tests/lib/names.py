"""names.py - questions and answers of DNS, as far as tests need them."""

import socket
import struct

HEAD = 12
A, AAAA = 1, 28


def wire(name):
    return b"".join(bytes([len(part)]) + part.encode()
                    for part in name.split(".")) + b"\0"


def question(name, number=1, kind=A):
    return struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + wire(name) + \
        struct.pack(">2H", kind, 1)


def read(ask):
    """Name and type of a question."""
    name, at = [], HEAD
    while ask[at]:
        name.append(ask[at + 1:at + 1 + ask[at]].decode())
        at += 1 + ask[at]
    return ".".join(name), int.from_bytes(ask[at + 1:at + 3], "big")


def answer(ask, addresses, cut=False, ttl=60):
    """To a question, with records of these."""
    end = ask.index(b"\0", HEAD) + 5
    records = b"".join(
        b"\xc0\x0c" + struct.pack(">2HIH", AAAA if ":" in a else A, 1, ttl,
                                  16 if ":" in a else 4) +
        socket.inet_pton(socket.AF_INET6 if ":" in a else socket.AF_INET, a)
        for a in addresses)
    return ask[:2] + (b"\x83\x80" if cut else b"\x81\x80") + struct.pack(
        ">4H", 1, len(addresses), 0, 0) + ask[HEAD:end] + records


def addresses(said):
    """Of an answer whose records are all like answer()'s."""
    at, found = said.index(b"\0", HEAD) + 5, []
    for _ in range(int.from_bytes(said[6:8], "big")):
        kind, size = said[at + 2:at + 4], said[at + 11]
        found.append(socket.inet_ntop(
            socket.AF_INET6 if kind[1] == AAAA else socket.AF_INET,
            said[at + 12:at + 12 + size]))
        at += 12 + size
    return found
