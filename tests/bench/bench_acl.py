"""bench_acl.py - lists of networks and names: how long a proxy takes to read
one, what it holds, and what a look-up costs."""

import random
import statistics

import wherry
from bench_relay import start_seconds
from measure import FOLDER, ROOT, commands, row, run, suites, title

PROGRAM = ROOT / "build" / "x86-64" / "tests" / "bench" / "acl"
NETWORKS, NAMES, LOOKS = 100_000, 300_000, 1_000_000


def networks(n):
    """Of all lengths that lists have, anywhere, in no order."""
    of = random.Random(1)
    for _ in range(n):
        bits = of.choice([16, 19, 20, 21, 22, 22, 23, 24, 24, 24])
        ip = of.getrandbits(bits) << (32 - bits)
        yield ".".join(str(ip >> s & 255) for s in (24, 16, 8, 0)) + f"/{bits}"


def names(n):
    for i in range(n):
        yield f"||name{i}.example{i % 7}.net"


def command(suite, path, ports):
    local = commands(suite, "aes-256-gcm", *ports)[1]
    return [*local, "--acl", path] if path else local


def held(suite, path):
    """Private octets of a proxy that has the list."""
    ports = wherry.free_port(), wherry.free_port()
    fleet = wherry.Fleet(FOLDER)
    try:
        p = fleet.start(command(suite, path, ports)).listens(ports[1], 60)
        return wherry.memory(p.pid)[1]
    finally:
        fleet.kill()


def taken(suite, path):
    ports = wherry.free_port(), wherry.free_port()
    return start_seconds(command(suite, path, ports), ports[1])


def one(suite, path):
    """(milliseconds to read it, KiB held)"""
    return (1000 * (statistics.median(taken(suite, path) for _ in range(5)) -
                    statistics.median(taken(suite, None) for _ in range(5))),
            (held(suite, path) - held(suite, None)) / 1024)


def acl():
    which = suites()
    for n, what, lines, who in (
            (NETWORKS, "networks", networks, which),
            # libev has expressions only, and tries one after another.
            (NAMES, "names", names, [w for w in which if w != "libev"])):
        path = FOLDER / f"{what}.acl"
        path.write_text("[bypass_list]\n" + "\n".join(lines(n)) + "\n",
                        encoding="ascii")
        title(f"a list of {n} {what}", which[1:])
        results = {w: one(w, path) if w in who else None for w in which}
        for i, (name, unit) in enumerate((("read", "ms"), ("held", "KiB"))):
            row(name, unit, {w: r and r[i] for w, r in results.items()},
                False)
        ns = run(PROGRAM, path, LOOKS, n).split()
        row("look-up of an address" if what == "networks" else
            "look-up of a name", "ns",
            {"wherry": float(ns[what == "names"])}, False)
