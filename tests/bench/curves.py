#!/usr/bin/env python3
"""curves.py - what grows with what: memory and time for each connection, user,
row of a list and name in a directory, at several sizes. Writes a table and a
plot of each to docs/curves; a flat line is a cost that stays what it was.

Memory is private pages (smaps_rollup) of the program beyond those of an idle
one. Time is that of the processor (schedstat) which the program took; both are
divided by the units. Few units look dear: what has been touched once stays
touched. wherry on x86-64, aes-256-gcm. CURVES_MOST=n leaves out what is larger.
"""

import base64
import ftplib
import getpass
import json
import math
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

import measure  # noqa: E402
import wherry  # noqa: E402

OUT = wherry.ROOT / "docs" / "curves"
MOST = int(os.environ.get("CURVES_MOST", 1_000_000))


# ---- What is measured: (octets, microseconds) of all units together

def spent(pid):
    """Microseconds of the processor that a process and its children took."""
    def one(p):
        words = pathlib.Path(f"/proc/{p}/schedstat").read_text("ascii")
        return int(words.split()[0]) / 1000
    return sum(map(one, measure.family(pid)))


def private(pid):
    return sum(wherry.memory(p)[1] for p in measure.family(pid))


def started(folder, *arguments, port):
    """(private octets, microseconds until it listens)"""
    fleet = wherry.Fleet(folder)
    program = fleet.start([*wherry.PREFIX, *arguments]).listens(port)
    try:
        return private(program.pid), spent(program.pid)
    finally:
        fleet.kill()


def beyond(few, many):
    return many[0] - few[0], many[1] - few[1]


def connections(n, _):
    with measure.Pair("wherry", "aes-256-gcm") as pair:
        server = pair.pids[0]
        first = private(server), spent(server)
        with measure.Holder("idle", pair.port, 0, n):
            return beyond(first, (private(server), spent(server)))


def users(n, folder):
    """None: more than LIMIT_USERS of the board."""
    def key(i):
        return base64.b64encode(i.to_bytes(16, "big")).decode()

    def with_users(count):
        port = wherry.free_port()
        path = folder / "config.json"
        path.write_text(json.dumps({
            "server": "127.0.0.1", "server_port": port, "password": key(1),
            "method": "2022-blake3-aes-128-gcm",
            "users": [{"name": f"user{i}", "password": key(1000 + i)}
                      for i in range(count)]}))
        return started(folder, "ssserver", "-c", path, port=port)
    try:
        return beyond(with_users(1), with_users(n + 1))
    except AssertionError:
        return None


def rows(n, folder):
    def with_rows(count):
        port = wherry.free_port()
        path = folder / "list.acl"
        path.write_text("[outbound_block_list]\n" + "".join(
            f"{10 + i // 65536}.{i // 256 % 256}.{i % 256}.0/24\n"
            for i in range(count)))
        return started(folder, "ssserver", "-s", "127.0.0.1", "-p", port,
                       "-k", "x", "-m", "aes-256-gcm", "--acl", path,
                       port=port)
    return beyond(with_rows(1), with_rows(n + 1))


def names(n, folder):
    """Of a listing, over which the server holds no more than for one name."""
    root = folder / "names"
    root.mkdir()
    for i in range(n):
        (root / f"file{i:06}").touch()
    port = wherry.free_port()
    options = {"listen": "YES", "listen_port": port, "anon_root": root,
               "listen_address": "127.0.0.1", "anonymous_enable": "YES",
               "run_as_launching_user": "YES",
               "ftp_username": getpass.getuser()}
    fleet = wherry.Fleet(folder)
    server = fleet.start([*wherry.PREFIX, "ftpd", *(
        f"-o{k}={v}" for k, v in options.items())]).listens(port)
    try:
        with ftplib.FTP() as ftp:
            ftp.connect("127.0.0.1", port, 60)
            ftp.login()
            before = private(server.pid), spent(server.pid)
            seen = []
            ftp.retrlines("LIST", seen.append)
            if len(seen) != n:
                sys.exit(f"{len(seen)} names listed of {n}")
            return beyond(before, (private(server.pid), spent(server.pid)))
    finally:
        fleet.kill()


CURVES = [
    ("connections", connections, [10, 100, 1000, 10_000],
     "idle connections of ssserver"),
    ("users", users, [1, 100, 1000, 10_000], "users of a port"),
    ("acl", rows, [10, 1000, 100_000], "networks in a list"),
    ("directory", names, [100, 10_000, 100_000], "names of a directory, LIST"),
]

# ---- What is drawn

WIDTH, HEIGHT, LEFT, TOP = 480, 260, 60, 40


def axis(values):
    """From a power of ten to another: what its position is, and its ends."""
    least = math.floor(math.log10(min(values)))
    most = max(math.ceil(math.log10(max(values))), least + 1)
    return (lambda v: (math.log10(v) - least) / (most - least)), least, most


def plot(title, unit, points):
    """An SVG, both axes by powers of ten."""
    across, x_least, x_most = axis([p[0] for p in points])
    along, y_least, y_most = axis([max(p[1], 0.01) for p in points])
    width, height = WIDTH - LEFT - 20, HEIGHT - TOP - 40

    def at(n, value):
        return (LEFT + width * across(n),
                TOP + height * (1 - along(max(value, 0.01))))
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
           f'height="{HEIGHT}" font-family="sans-serif" font-size="11">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
           f'<text x="{LEFT}" y="20" font-size="13">{title}: {unit} each'
           '</text>']
    for e in range(x_least, x_most + 1):
        x, _ = at(10.0 ** e, 10.0 ** y_least)
        out.append(f'<path d="M{x:.0f} {TOP}v{height}" stroke="#ddd"/>'
                   f'<text x="{x:.0f}" y="{TOP + height + 16}" '
                   f'text-anchor="middle">{10 ** e}</text>')
    for e in range(y_least, y_most + 1):
        _, y = at(10.0 ** x_least, 10.0 ** e)
        out.append(f'<path d="M{LEFT} {y:.0f}h{width}" stroke="#ddd"/>'
                   f'<text x="{LEFT - 6}" y="{y + 4:.0f}" '
                   f'text-anchor="end">{10.0 ** e:g}</text>')
    places = [at(n, value) for n, value in points]
    line = " ".join(f"{x:.0f},{y:.0f}" for x, y in places)
    out.append(f'<polyline points="{line}" fill="none" stroke="#06c" '
               'stroke-width="2"/>')
    out += [f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="#06c"/>'
            for x, y in places]
    return "\n".join([*out, "</svg>"]) + "\n"


def main():
    measure.prepare()
    OUT.mkdir(parents=True, exist_ok=True)
    lines = ["# What grows with what\n",
             "Written by `make curves` (tests/bench/curves.py says how).\n",
             "| of | how many | octets each | microseconds each |",
             "| --- | --- | --- | --- |"]
    for name, measured, sizes, title in CURVES:
        memory, times = [], []
        for n in sizes:
            if measured is connections:     # two descriptors for each
                n = min(n, measure.descriptors() // 2 - 100)
            if n > MOST:
                continue
            with tempfile.TemporaryDirectory() as folder:
                result = measured(n, pathlib.Path(folder))
            if result is None:
                lines.append(f"| {title} | {n} | more than the board has | |")
            else:
                memory.append((n, result[0] / n))
                times.append((n, result[1] / n))
                lines.append(f"| {title} | {n} | {memory[-1][1]:.0f} | "
                             f"{times[-1][1]:.2f} |")
            print(lines[-1], flush=True)
        (OUT / f"{name}-memory.svg").write_text(plot(title, "octets", memory))
        (OUT / f"{name}-time.svg").write_text(
            plot(title, "microseconds", times))
    lines += ["", *(f"![{title}]({name}-{kind}.svg)"
                    for name, _, _, title in CURVES
                    for kind in ("memory", "time"))]
    (OUT / "README.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
