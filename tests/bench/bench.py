#!/usr/bin/env python3
"""bench.py [relay] [ftp] - wherry beside the programs it replaces, in one run.

Both pairs run on this machine with the same load, turn by turn, so that the
ratios mean something where the figures do not. Ratios above 1 are in wherry's
favour. MB is 10^6 octets, KiB 1024.
"""

import getpass
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

import wherry  # noqa: E402

FOLDER = wherry.ROOT / "build" / "bench"
LOAD = FOLDER / "load"
OCTETS = int(os.environ.get("BENCH_OCTETS", 200_000_000))
IDLE = 1000
TICK = os.sysconf("SC_CLK_TCK")


def run(*command):
    return subprocess.run([str(w) for w in command], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def load(*arguments):
    return float(run(LOAD, *arguments))


def cpu(pid):
    """Seconds of CPU of a process and of its children that ended."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICK


def row(name, unit, ours, theirs, more_is_better):
    ratio = ours / theirs if more_is_better else theirs / ours
    digits = 0 if min(ours, theirs) >= 100 else 2
    print(f"{name:34} {ours:10.{digits}f} {theirs:10.{digits}f} {unit:9}"
          f" {ratio:6.2f}", flush=True)


def title(text, other):
    print(f"\n{text:34} {'wherry':>10} {other:>10} {'':9} {'ratio':>6}")


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
            sys.exit(f"does not start: {command}")
    taken = time.monotonic() - begun
    process.terminate()
    process.wait()
    return taken


# ---- Relay

def commands(which, method, server_port, local_port):
    """(server, local) command lines of one of the two suites."""
    server, local = {
        "wherry": ([*wherry.PREFIX, "ssserver", "--forbidden-ip", ""],
                   [*wherry.PREFIX, "sslocal"]),
        "libev": (["ss-server"],
                  ["ss-local"]),
    }[which]
    common = ["-s", "127.0.0.1", "-p", server_port, "-k", "benchmark",
              "-m", method]
    return ([*server, *common],
            [*local, *common, "-b", "127.0.0.1", "-l", local_port])


class Pair:
    """Both programs of one suite, for one method."""

    def __init__(self, which, method):
        self.fleet = wherry.Fleet(FOLDER)
        self.port = wherry.free_port()
        server_port = wherry.free_port()
        server, local = commands(which, method, server_port, self.port)
        self.server = self.fleet.start(server).listens(server_port)
        self.local = self.fleet.start(local).listens(self.port)

    def cpu(self):
        return cpu(self.server.pid) + cpu(self.local.pid)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.fleet.kill()


def each(function):
    """The same for both suites."""
    return [function(which) for which in ("wherry", "libev")]


def throughput(target):
    title(f"relay, {OCTETS // 10**6} MB, one connection", "libev")
    for method in wherry.METHODS:
        for direction in ("up", "down"):
            def measure(which):
                with Pair(which, method) as pair:
                    load(direction, pair.port, target, OCTETS // 20)
                    before = pair.cpu()
                    seconds = load(direction, pair.port, target, OCTETS)
                    return seconds, pair.cpu() - before
            (ours, our_cpu), (theirs, their_cpu) = each(measure)
            row(f"{method} {direction}", "MB/s", OCTETS / ours / 1e6,
                OCTETS / theirs / 1e6, True)
            row("    CPU of both", "s/GB", our_cpu * 1e9 / OCTETS,
                their_cpu * 1e9 / OCTETS, False)


def connections(target):
    title("connections, 8 at a time", "libev")
    for method in ("aes-256-gcm", "aes-256-cfb"):
        def measure(which):
            with Pair(which, method) as pair:
                return load("conns", pair.port, target, 3)
        row(method, "per s", *each(measure), True)


def idle_memory(target):
    def measure(which):
        with Pair(which, "aes-256-gcm") as pair:
            pids = pair.server.pid, pair.local.pid
            resident = [wherry.memory(p)[0] for p in pids]
            before = [wherry.memory(p)[1] for p in pids]
            with subprocess.Popen(
                    [str(LOAD), "idle", str(pair.port), target, str(IDLE)],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
                assert holder.stdout.readline() == b"ready\n"
                each_one = [(wherry.memory(p)[1] - b) / IDLE
                            for p, b in zip(pids, before)]
                holder.stdin.close()
            return resident, each_one
    (our_rss, our_each), (their_rss, their_each) = each(measure)
    title(f"memory, {IDLE} idle connections", "libev")
    for i, name in enumerate(("server", "local")):
        row(f"{name}: resident when idle", "KiB", our_rss[i] / 1024,
            their_rss[i] / 1024, False)
        row(f"{name}: private per connection", "octets", our_each[i],
            their_each[i], False)


def start_up():
    title("start-up, median of 11", "libev")
    for i, name in enumerate(("server", "local")):
        def measure(which):
            times = []
            for _ in range(11):
                ports = wherry.free_port(), wherry.free_port()
                times.append(start_seconds(
                    commands(which, "aes-256-gcm", *ports)[i], ports[i]))
            return statistics.median(times) * 1000
        row(name, "ms", *each(measure), False)


def relay():
    if not shutil.which("ss-server"):
        sys.exit("bench: shadowsocks-libev is not installed")
    with subprocess.Popen([LOAD, "target"], stdout=subprocess.PIPE,
                          text=True) as process:
        try:
            target = process.stdout.readline().strip()
            start_up()
            idle_memory(target)
            connections(target)
            throughput(target)
        finally:
            process.kill()


# ---- FTP

def unpacked_vsftpd():
    """vsftpd from Debian's package without installing it, as that would start
    a service; (program, library path), or None."""
    if path := shutil.which("vsftpd"):
        return path, ""
    folder = FOLDER / "vsftpd"
    if not (folder / "usr/sbin/vsftpd").exists():
        folder.mkdir(exist_ok=True)
        got = subprocess.run(["apt-get", "-q", "download", "vsftpd",
                              "libwrap0"], cwd=folder, check=False,
                             stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        if got.returncode != 0:
            return None
        for package in folder.glob("*.deb"):
            run("dpkg", "-x", package, folder)
    libraries = {str(p.parent) for p in folder.glob("**/*.so.*")}
    return folder / "usr/sbin/vsftpd", ":".join(sorted(libraries))


def ftp_server(fleet, which, port, root):
    """Started; the process."""
    options = {"listen": "YES", "listen_ipv6": "NO", "listen_port": port,
               "listen_address": "127.0.0.1", "anonymous_enable": "YES",
               "anon_root": root, "write_enable": "YES",
               "anon_upload_enable": "YES", "anon_other_write_enable": "YES",
               "run_as_launching_user": "YES", "allow_writeable_chroot": "YES",
               "anon_umask": "022", "ftp_username": getpass.getuser()}
    if which == "wherry":
        command, environment = [*wherry.PREFIX, "ftpd"], None
    else:
        program, libraries = unpacked_vsftpd()
        # A file named on the command line keeps /etc/vsftpd.conf out.
        empty = FOLDER / "vsftpd.conf"
        empty.write_text("")
        command = [program, empty]
        environment = {**os.environ, "LD_LIBRARY_PATH": libraries}
    return fleet.start([*command, *(f"-o{k}={v}" for k, v in options.items())],
                       env=environment).listens(port)


def ftp():
    if not unpacked_vsftpd():
        print("\nFTP: SKIPPED, vsftpd cannot be had")
        return
    size = 500_000_000
    root = FOLDER / "ftp"
    root.mkdir(exist_ok=True)
    with open(root / "file", "wb") as f:
        for _ in range(size // 10**6):
            f.write(os.urandom(10**6))

    def measure(which):
        fleet = wherry.Fleet(FOLDER)
        port = wherry.free_port()
        server = ftp_server(fleet, which, port, root)
        url = f"ftp://127.0.0.1:{port}"
        results = []
        try:
            for arguments in (["-o", "/dev/null", f"{url}/file"],
                              ["-T", root / "file", f"{url}/upload"]):
                times = []
                for _ in range(3):
                    (root / "upload").unlink(missing_ok=True)
                    before = cpu(server.pid)
                    begun = time.monotonic()
                    run("curl", "-sS", *arguments)
                    seconds = time.monotonic() - begun
                    # A child's time counts once it has been waited for.
                    time.sleep(0.1)
                    times.append((seconds, cpu(server.pid) - before))
                results.append(min(times))
        finally:
            fleet.kill()
        return results

    ours, theirs = measure("wherry"), measure("vsftpd")
    title(f"FTP, {size // 10**6} MB, best of 3", "vsftpd")
    for i, verb in enumerate(("RETR", "STOR")):
        row(verb, "MB/s", size / ours[i][0] / 1e6, size / theirs[i][0] / 1e6,
            True)
        row(f"{verb} CPU", "s/GB", ours[i][1] * 1e9 / size + 1e-3,
            theirs[i][1] * 1e9 / size + 1e-3, False)
    shutil.rmtree(root)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    run(os.environ.get("CC", "gcc"), "-O2", "-o", LOAD,
        pathlib.Path(__file__).with_name("load.c"), "-lpthread")
    for what in sys.argv[1:] or ["relay", "ftp"]:
        {"relay": relay, "ftp": ftp}[what]()


if __name__ == "__main__":
    main()
