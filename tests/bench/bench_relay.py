"""bench_relay.py - TCP through a SOCKS5 proxy and a server: how soon they are
there, what they hold, how many connections, how many octets."""

import socket
import statistics
import subprocess
import sys
import time

import wherry
from measure import (LOAD, OCTETS, ROOT, SECONDS, Holder, Pair, calls,
                     commands, descriptors, each, load, part, row, run,
                     suites, title)

ALL = [*wherry.METHODS, *wherry.METHODS_2022]
# Of each kind one.
FEW = ["aes-256-gcm", "chacha20-ietf-poly1305", "2022-blake3-aes-256-gcm",
       "aes-256-cfb"]


def answers(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def start_seconds(command, port):
    """From exec until it takes a connection."""
    begun = time.monotonic()
    process = subprocess.Popen([str(w) for w in command],
                               stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    while not answers(port):
        if time.monotonic() - begun > 10:
            process.kill()
            sys.exit(f"does not start: {command}")
    taken = time.monotonic() - begun
    process.terminate()
    process.wait()
    return taken


def start_up():
    which = suites()
    title("start-up, median of 11", which[1:])
    for i, name in enumerate(("server", "local")):
        def measure(suite):
            times = []
            for _ in range(11):
                ports = wherry.free_port(), wherry.free_port()
                times.append(start_seconds(
                    commands(suite, "aes-256-gcm", *ports)[i], ports[i]))
            return statistics.median(times) * 1000
        row(name, "ms", each(which, "aes-256-gcm", measure), False)


def memory():
    """Of an idle program, and of each connection more: private pages."""
    which = suites()
    title("memory, idle TCP connections", which[1:])
    # Two for each, in a relay as in the load: ulimit -Hn may allow fewer.
    for n in (10, 1000, min(10_000, descriptors() // 2 - 100)):
        def measure(suite):
            with Pair(suite, "aes-256-gcm") as pair:
                first = [wherry.memory(p) for p in pair.pids]
                with Holder("idle", pair.port, 0, n):
                    then = [wherry.memory(p) for p in pair.pids]
                return ([f[0] / 1024 for f in first],
                        [(t[1] - f[1]) / n for f, t in zip(first, then)],
                        [t[0] / 1024 for t in then])
        results = each(which, "aes-256-gcm", measure)
        for i, name in enumerate(("server", "local")):
            if n == 10:
                row(f"{name}: resident when idle", "KiB",
                    part(results, 0, i), False)
            row(f"{name}: each of {n}", "octets", part(results, 1, i), False)
            row(f"{name}: resident with {n}", "KiB", part(results, 2, i),
                False)


class Target:
    """The far end; its port."""

    def __enter__(self):
        self.process = subprocess.Popen([LOAD, "target"],
                                        stdout=subprocess.PIPE, text=True)
        return self.process.stdout.readline().strip()

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def connections():
    which = suites()
    title("connections, 8 at a time", which[1:])
    with Target() as target:
        for method in ["none", *FEW]:
            def measure(suite):
                with Pair(suite, method) as pair:
                    return load("conns", pair.port, target, SECONDS)[0]
            row(method, "per s", each(which, method, measure), True)


def one_transfer(suite, method, direction, target, streams, workers=None):
    """(MB/s, seconds of CPU a GB of both programs)"""
    with Pair(suite, method, workers=workers) as pair:
        load(direction, pair.port, target, OCTETS // 20, streams)
        before = pair.cpu()
        seconds = load(direction, pair.port, target, OCTETS, streams)[0]
        return (OCTETS / seconds / 1e6,
                (pair.cpu() - before) * 1e9 / OCTETS)


def throughput():
    which = suites()
    with Target() as target:
        for streams in (1, 16):
            title(f"{OCTETS // 10**6} MB, {streams} at a time", which[1:])
            for method in ["none", *(ALL if streams == 1 else FEW)]:
                for way in ("up", "down"):
                    results = each(which, method, lambda w: one_transfer(
                        w, method, way, target, streams))
                    row(f"{method} {way}", "MB/s", part(results, 0), True)
                    row("    CPU of both", "s/GB", part(results, 1), False)


def workers():
    """What a second process, or thread, brings: 16 connections."""
    which = suites()
    with Target() as target:
        for n in (1, 2):
            title(f"{OCTETS // 10**6} MB, 16 at a time, {n} workers",
                  which[1:])
            for method in ("aes-256-gcm", "chacha20-ietf-poly1305"):
                for way in ("up", "down"):
                    results = each(which, method, lambda w: one_transfer(
                        w, method, way, target, 16, n))
                    row(f"{method} {way}", "MB/s", part(results, 0), True)
                    row("    CPU of all", "s/GB", part(results, 1), False)


def one_count(suite, method, direction, target):
    """System calls a MB, of both programs."""
    octets = OCTETS // 4
    with Pair(suite, method) as pair:
        load(direction, pair.port, target, octets // 10, 1)
        n = calls(pair.family(), lambda: load(
            direction, pair.port, target, octets, 1))
        return n * 1e6 / octets


def one_conn_count(suite, method, target):
    """System calls a connection, of both programs."""
    with Pair(suite, method) as pair:
        load("conns", pair.port, target, 0.1)
        done = []
        n = calls(pair.family(), lambda: done.append(
            load("conns", pair.port, target, 1)[0]))
        return n / done[0]


def system_calls():
    which = suites()
    title("system calls of both, by strace", which[1:])
    with Target() as target:
        for method in ("none", *FEW[:3]):
            for way in ("up", "down"):
                row(f"{method} {way}", "per MB", each(
                    which, method, lambda w: one_count(
                        w, method, way, target)), False)
        row("aes-256-gcm, a connection", "calls", each(
            which, "aes-256-gcm", lambda w: one_conn_count(
                w, "aes-256-gcm", target)), False)


# Of the methods that both know: OpenSSL's names.
CIPHERS = {"aes-128-gcm": "aes-128-gcm", "aes-256-gcm": "aes-256-gcm",
           "chacha20-ietf-poly1305": "chacha20-poly1305"}
RECORD = 16383


def our_cipher(method):
    """MB/s of records that are sealed or opened, with nothing around it."""
    program = ROOT / "build/x86-64/tests/bench/insn"
    records = 5 * OCTETS // RECORD

    def seconds(n):
        times = []
        for _ in range(3):
            begun = time.monotonic()
            run(program, method, n, RECORD)
            times.append(time.monotonic() - begun)
        return min(times)
    taken = seconds(2 * records) - seconds(records)
    return 2 * records * RECORD / taken / 1e6


def their_cipher(name):
    said = subprocess.run(
        ["openssl", "speed", "-elapsed", "-seconds", "1", "-bytes",
         str(RECORD), "-mr", "-evp", name], check=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return float(said.split(":")[-1]) / 1e6


def ciphers():
    """The limit on one core: a cipher alone, as OpenSSL has it."""
    title(f"cipher alone, records of {RECORD}", ["openssl"])
    for method, name in CIPHERS.items():
        row(method, "MB/s", {"wherry": our_cipher(method),
                             "openssl": their_cipher(name)}, True)


def relay():
    ciphers()
    start_up()
    memory()
    connections()
    throughput()
    workers()
    system_calls()
