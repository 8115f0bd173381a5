"""bench_udp.py - datagrams through a tunnel and a server: how many, at which
cost, and what a client that is idle holds."""

import socket

import wherry
from measure import (SECONDS, Holder, Pair, calls, each, load, part, row,
                     suites, title)

METHODS = ["none", "aes-256-gcm", "chacha20-ietf-poly1305",
           "2022-blake3-aes-256-gcm", "aes-256-cfb"]
# libev keeps no more than 512.
ASSOCIATIONS = 400
MANY = 100


def free_datagram_port():
    while True:
        port = wherry.free_port()
        with socket.socket(type=socket.SOCK_DGRAM) as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


def one_rate(suite, method, way, size, clients=1):
    """(datagrams a second, CPU seconds a million of both programs, % lost)"""
    target = free_datagram_port()
    with Pair(suite, method, target) as pair:
        load(way, pair.port, target, size, 0.2, clients)
        before = pair.cpu()
        sent, came, seconds = load(way, pair.port, target, size, SECONDS,
                                   clients)
        spent = pair.cpu() - before
        return (came / seconds, spent * 1e6 / max(came, 1),
                (sent - came) * 100 / sent)


def rates(which, methods, clients):
    for way, name in (("gusts", "one way"), ("echoes", "there and back")):
        title(f"datagrams {name}, 64 under way" +
              (f", {clients} clients" if clients > 1 else ""), which[1:])
        for method in methods:
            for size in (64, 512, 1400):
                results = each(which, method, lambda w: one_rate(
                    w, method, way, size, clients))
                row(f"{method} {size}", "per s", part(results, 0), True)
                row("    CPU of both", "s/10^6", part(results, 1), False)
                if any(r and r[2] >= 0.1 for r in results.values()):
                    row("    lost", "%", part(results, 2), False)


def one_count(suite, method, size):
    """System calls for a datagram, of both programs."""
    target = free_datagram_port()
    with Pair(suite, method, target) as pair:
        load("gusts", pair.port, target, size, 0.2)
        came = []
        n = calls(pair.family(), lambda: came.append(
            load("gusts", pair.port, target, size, 1)[1]))
        return n / max(came[0], 1)


def system_calls(which):
    title("system calls of both, by strace", which[1:])
    for size in (64, 1400):
        row(f"aes-256-gcm {size}", "a datagram", each(
            which, "aes-256-gcm", lambda w: one_count(
                w, "aes-256-gcm", size)), False)


def memory(which):
    def measure(suite):
        target = free_datagram_port()
        with Pair(suite, "aes-256-gcm", target) as pair:
            first = [wherry.memory(p)[1] for p in pair.pids]
            with Holder("clients", pair.port, target, ASSOCIATIONS):
                then = [wherry.memory(p)[1] for p in pair.pids]
            return [(t - f) / ASSOCIATIONS for f, t in zip(first, then)]
    results = each(which, "aes-256-gcm", measure)
    title(f"memory, {ASSOCIATIONS} UDP associations", which[1:])
    for i, name in enumerate(("server", "tunnel")):
        row(f"{name}: each", "octets", part(results, i), False)


def udp():
    which = suites()
    memory(which)
    rates(which, METHODS, 1)
    # Hardly any two that follow each other are of one client.
    rates(which, ["aes-256-gcm", "2022-blake3-aes-256-gcm"], MANY)
    system_calls(which)
