#!/usr/bin/env python3
"""insn.py [--update] - instructions an octet, exactly, of each method on each
board, sealed and opened once, at records of 1,400 octets and of 16,383.

QEMU counts them (icount.c): the figure is the same on every machine, and says
nothing of caches and multipliers. What it was is in insn.txt; a figure that
has grown by more than 3 % fails. --update writes the table anew. The last line
is "N passed, N failed, N skipped".
"""

import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = pathlib.Path(__file__).with_name("insn.txt")
METHODS = ["aes-128-gcm", "aes-256-gcm", "chacha20-ietf-poly1305"]
SIZES = [1400, 16383]
# Beyond what starting costs.
RECORDS = [10, 60]
# QEMU 7.2 knows no AVX2; figures of x86-64 would be those of no one's.
LEFT_OUT = {"x86-64"}
GROWTH = 1.03


def asked(board, variable):
    return subprocess.run(
        ["make", "--no-print-directory", f"BOARD={board}",
         f"print-{variable}"], cwd=ROOT, check=True, text=True,
        stdout=subprocess.PIPE).stdout.strip()


def count(qemu, plugin, program, *arguments):
    with tempfile.NamedTemporaryFile("r") as out:
        subprocess.run([*qemu, "-plugin", f"{plugin},out={out.name}",
                        str(program), *map(str, arguments)], check=True)
        return int(out.read())


def figures(board, plugin):
    """{(method, size): instructions for each octet of one direction}"""
    qemu = asked(board, "QEMU").replace("-static", "").split()
    program = ROOT / "build" / board / "tests" / "bench" / "insn"
    result = {}
    for method in METHODS:
        for size in SIZES:
            few, many = (count(qemu, plugin, program, method, n, size)
                         for n in RECORDS)
            octets = 2 * (RECORDS[1] - RECORDS[0]) * size
            result[method, size] = (many - few) / octets
    return result


def read_table():
    table = {}
    for line in TABLE.read_text(encoding="ascii").splitlines():
        field = line.split()
        if field and not line.startswith("#"):
            table[field[0], field[1], int(field[2])] = float(field[3])
    return table


def main():
    update = sys.argv[1:] == ["--update"]
    old = read_table() if TABLE.exists() else {}
    plugin = ROOT / "build" / "bench" / "icount.so"
    lines, failed = [], 0
    print(f"{'board':10} {'method':24} {'octets':>6} {'now':>8} {'was':>8}")
    for board in asked("x86-64", "BOARDS").split():
        if board in LEFT_OUT:
            continue
        for (method, size), now in figures(board, plugin).items():
            was = old.get((board, method, size))
            grown = not update and (was is None or now > was * GROWTH)
            failed += grown
            print(f"{board:10} {method:24} {size:6} {now:8.2f} "
                  f"{was if was is not None else 0:8.2f}"
                  f"{'  GROWN' if grown else ''}", flush=True)
            lines.append(f"{board} {method} {size} {now:.2f}\n")
    if update:
        TABLE.write_text("# board, method, octets of a record, instructions "
                         "an octet\n" + "".join(lines), encoding="ascii")
    print(f"{len(lines) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
