"""measure.py - what all parts of the bench share: the load program, the suites
of programs side by side, and rows with their ratios."""

import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import time

import wherry

ROOT = wherry.ROOT
FOLDER = ROOT / "build" / "bench"
LOAD = FOLDER / "load"
OCTETS = int(os.environ.get("BENCH_OCTETS", 200_000_000))
SECONDS = float(os.environ.get("BENCH_SECONDS", 3))
TICK = os.sysconf("SC_CLK_TCK")


def run(*command):
    return subprocess.run([str(w) for w in command], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def load(*arguments):
    return [float(word) for word in run(LOAD, *arguments).split()]


def family(pid):
    """A process and its children, the workers."""
    pids = [pid]
    for table in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in table.read_text(encoding="ascii").split():
            pids += family(int(child))
    return pids


def cpu(pid):
    """Seconds of CPU of a process and of its children that ended."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICK


def prepare():
    """The load program, and as many descriptors as can be had: how many."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    run(os.environ.get("CC", "gcc"), "-O2", "-Wall", "-o", LOAD,
        pathlib.Path(__file__).with_name("load.c"), "-lpthread")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for most in (50_000, hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE,
                               (most, max(most, hard)))
            return
        except (OSError, ValueError):
            pass


def descriptors():
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


# ---- Rows

def title(text, peers):
    print(f"\n{text:42} {'wherry':>9}"
          + "".join(f" {p:>9} {'ratio':>6}" for p in peers))


def row(name, unit, values, more_is_better):
    """values: {suite: figure}; None: it cannot do that."""
    ours = values["wherry"]
    digits = 0 if min(v for v in values.values() if v is not None) >= 100 \
        else 2
    line = f"{name + ', ' + unit:42} {ours:9.{digits}f}"
    for which, theirs in values.items():
        if which == "wherry":
            continue
        if theirs is None:
            line += f" {'-':>9} {'':6}"
            continue
        up, down = (ours, theirs) if more_is_better else (theirs, ours)
        ratio = f"{up / down:6.2f}" if down > 0 else f"{'-':>6}"
        line += f" {theirs:9.{digits}f} {ratio}"
    print(line, flush=True)


# ---- Suites

def suites():
    """wherry, and those of its peers that can be had."""
    found = ["wherry"]
    if shutil.which("ss-server"):
        found.append("libev")
    else:
        print("shadowsocks-libev: SKIPPED, not installed")
    try:
        wherry.rust()
        found.append("rust")
    except AssertionError:
        print("shadowsocks-rust: SKIPPED, toolchain/ssrust cannot build it")
    return found


# What a peer never had.
LACKS = {"wherry": (), "libev": ("none", *wherry.METHODS_2022),
         "rust": ("aes-192-gcm",)}


def knows(which, method):
    return method not in LACKS[which]


def programs(which):
    """(server, SOCKS5 proxy, tunnel) of a suite."""
    if which == "wherry":
        return ([*wherry.PREFIX, "ssserver", "--forbidden-ip", ""],
                [*wherry.PREFIX, "sslocal"], [*wherry.PREFIX, "ss-tunnel"])
    if which == "libev":
        return ["ss-server"], ["ss-local"], ["ss-tunnel"]
    return ([f"{wherry.rust()}/ssserver"], [f"{wherry.rust()}/sslocal"],
            [f"{wherry.rust()}/sslocal", "--protocol", "tunnel"])


def commands(which, method, server_port, local_port, tunnel_to=None):
    """(server, client) command lines; tunnel_to: datagrams go to this port."""
    server, proxy, tunnel = programs(which)
    word = wherry.password(method, "benchmark")
    local = tunnel if tunnel_to else proxy
    if which == "rust":
        common = ["-s", f"127.0.0.1:{server_port}", "-k", word, "-m", method]
        ends = ["-b", f"127.0.0.1:{local_port}"]
        forward, datagrams = "-f", ["-U"]
    else:
        common = ["-s", "127.0.0.1", "-p", server_port, "-k", word,
                  "-m", method]
        ends = ["-b", "127.0.0.1", "-l", local_port]
        forward, datagrams = "-L", ["-u"]
    if not tunnel_to:
        return [*server, *common], [*local, *common, *ends]
    if which != "wherry":
        server = [*server, *datagrams]  # ours has both anyway
    return ([*server, *common],
            [*local, *common, *ends, *datagrams,
             forward, f"127.0.0.1:{tunnel_to}"])


def shared(which, workers):
    """(processes of the server, its options, processes of the client, its
    options) for so many workers of each; None: as it is by itself."""
    if workers is None:
        return 1, [], 1, []
    if which == "rust":
        how = ["--worker-threads", workers] if workers > 1 \
            else ["--single-threaded"]
        return 1, how, 1, how
    if which == "libev":
        return workers, ["--reuse-port"], workers, ["--reuse-port"]
    return 1, ["--workers", workers], workers, ["--reuse-port"]


class Pair:
    """Server and client of one suite, for one method."""

    def __init__(self, which, method, tunnel_to=None, workers=None):
        self.fleet = wherry.Fleet(FOLDER)
        self.port = wherry.free_port()
        server_port = wherry.free_port()
        server, local = commands(which, method, server_port, self.port,
                                 tunnel_to)
        servers, s_how, locals_, l_how = shared(which, workers)
        if workers and which == "wherry":   # sslocal has that in files only
            local = ["ss-local" if word == "sslocal" else word
                     for word in local]
        first = [self.fleet.start([*server, *s_how])
                 .listens(server_port) for _ in range(servers)]
        then = [self.fleet.start([*local, *l_how])
                .listens(self.port) for _ in range(locals_)]
        self.pids = first[0].pid, then[0].pid
        self.parents = [p.pid for p in first + then]

    def family(self):
        return [pid for p in self.parents for pid in family(p)]

    def cpu(self):
        return sum(map(cpu, self.family()))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.fleet.kill()


def each(which, method, measure):
    """{suite: what it measures}, None for who does not know the method."""
    return {w: measure(w) if knows(w, method) else None for w in which}


def part(results, *path):
    """Of each suite's result the one figure."""
    def find(result):
        for step in path:
            result = None if result is None else result[step]
        return result
    return {which: find(result) for which, result in results.items()}


def calls(pids, measure):
    """System calls of these processes, counted by strace, while it runs."""
    report = FOLDER / "strace.txt"
    report.unlink(missing_ok=True)
    tracer = subprocess.Popen(
        ["strace", "-f", "-c", "-o", report,
         *(word for p in pids for word in ("-p", str(p)))],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wherry.wait_for("strace", 10, lambda: all(map(is_traced, pids)))
    measure()
    tracer.send_signal(signal.SIGINT)
    tracer.wait(30)
    for line in report.read_text(encoding="ascii").splitlines():
        if line.endswith(" total"):
            return int(line.split()[3])
    sys.exit("strace counted nothing")


def is_traced(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return "TracerPid:\t0\n" not in status


class Holder:
    """A load that is held until it is left."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [str(w) for w in (LOAD, *arguments)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        self.ready = self.process.stdout.readline() == b"ready\n"

    def __enter__(self):
        if not self.ready:
            sys.exit(f"load ended: {self.process.args}")
        # What comes with the last of them is over as well.
        time.sleep(0.5)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
