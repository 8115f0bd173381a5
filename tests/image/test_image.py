"""An image of a board on its emulated machine, worked from outside: `make
test-image BOARD=x`. What a kernel of its own shows and an emulated program
does not: memory, syscall filters, the first process, power."""

import contextlib
import ftplib
import os
import random
import re
import shlex
import socket
import ssl
import subprocess
import time

import pytest

import net
import udp
import wherry

BOARD = os.environ["WHERRY_IMAGE"]
MACHINE = shlex.split(os.environ["WHERRY_MACHINE"])
FOLDER = wherry.ROOT / "build" / BOARD / "image"
HOST = "10.0.2.2"       # the host's loopback, as the machine sees it
PASSIVE = 4
UNIT_TESTS = ["t_port_sandbox", "t_port_landlock"]
BOOT_S = 120
CONNECTIONS, MINUTE = 50, int(os.environ.get("WHERRY_IMAGE_SECONDS", "60"))
METHODS = {"2022-blake3-aes-128-gcm": 0, "chacha20-ietf-poly1305": 1}


def free_ports(n):
    """n ports in a row that nobody has."""
    while True:
        ports = [wherry.free_port() for _ in range(n)]
        if ports[-1] == ports[0] + n - 1:
            return ports[0]


class Machine:
    def __init__(self, folder):
        self.folder = folder
        self.fleet = wherry.Fleet(folder)
        self.agent, self.ftp, self.ss = (wherry.free_port(), None, {})
        base = free_ports(PASSIVE + 1 + len(METHODS))
        self.ftp = base + PASSIVE
        self.passive = base
        self.ss = {m: base + PASSIVE + 1 + i for m, i in METHODS.items()}
        self.console = folder / "console"
        self.figures = []
        self.make_files(folder / "files")
        self.start()

    def make_files(self, files):
        (files / "etc").mkdir(parents=True)
        (files / "test").mkdir()
        for name in ("agent", *UNIT_TESTS):
            source = (FOLDER if name == "agent" else
                      FOLDER.parent / "tests" / "unit") / name
            (files / "test" / name).write_bytes(source.read_bytes())
            (files / "test" / name).chmod(0o755)
        line = wherry.run("passwd", "-w", "-r", "/tmp", "-n", "1000",
                          "writer", stdin="secret\n")
        assert line.returncode == 0, line.stderr
        (files / "etc" / "ftp-users").write_text(line.stdout,
                                                 encoding="ascii")
        sections = "".join(f"""
[ssserver {method}]
server = 0.0.0.0
server_port = {port}
method = {method}
password = {wherry.password(method)}
mode = tcp_and_udp
forbidden_ip =
sandbox = kill
user = nobody
""" for method, port in self.ss.items())
        (files / "etc" / "wherry.conf").write_text(f"""verbose = 1
{sections}
[ftpd]
listen_port = {self.ftp}
pasv_min_port = {self.passive}
pasv_max_port = {self.passive + PASSIVE - 1}
pasv_address = 127.0.0.1
pasv_promiscuous = YES
local_enable = YES
write_enable = YES
users_file = /etc/ftp-users
ssl_enable = YES
rsa_cert_file = /run/ftp.pem
""", encoding="ascii")

    def start(self):
        initrd = self.folder / "initrd.gz"
        subprocess.run([wherry.ROOT / "toolchain" / "cpio.py", initrd,
                        wherry.ROOT / "board" / "image" / "files",
                        FOLDER / "files", self.folder / "files"], check=True)
        forwards = [("tcp", p, p) for p in range(
            self.passive, self.passive + PASSIVE)]
        forwards += [("tcp", self.ftp, self.ftp), ("tcp", self.agent, 7000)]
        for port in self.ss.values():
            forwards += [("tcp", port, port), ("udp", port, port)]
        user = "user,id=n0" + "".join(
            f",hostfwd={kind}:127.0.0.1:{outer}-:{inner}"
            for kind, outer, inner in forwards)
        dtb = FOLDER / "dtb"
        words = [*MACHINE, "-kernel", FOLDER / "kernel", "-initrd", initrd,
                 *(["-dtb", dtb] if dtb.exists() else []),
                 "-append", f"console={os.environ['WHERRY_MACHINE_CONSOLE']} "
                 f"panic=-1 quiet wherry.test wherry.clock={int(time.time())} "
                 "wherry.address=10.0.2.15/24 "
                 "wherry.gateway=10.0.2.2", "-netdev", user, "-device",
                 f"{os.environ['WHERRY_MACHINE_NET']},netdev=n0",
                 "-vga", "none", "-nographic", "-no-reboot",
                 "-serial", f"file:{self.console}", "-monitor", "none"]
        began = time.monotonic()
        self.qemu = wherry.Program(words, self.folder / "qemu")
        while not all(
                f"starting server at 0.0.0.0:{port}" in self.said()
                for port in self.ss.values()):
            assert self.qemu.process.poll() is None, (
                self.qemu.text() + self.said())
            assert time.monotonic() - began < BOOT_S, self.said()
            time.sleep(0.05)
        self.note("boot to ready, s", f"{time.monotonic() - began:.1f}")

    def said(self):
        return (self.console.read_text(encoding="utf-8", errors="replace")
                if self.console.exists() else "")

    def note(self, what, figure):
        self.figures.append((what, figure))

    def ask(self, *words):
        """What the agent in the machine answers."""
        with socket.create_connection(("127.0.0.1", self.agent), 20) as s:
            s.settimeout(120)
            s.sendall("\t".join(map(str, words)).encode() + b"\n")
            return net.read_all(s).decode(errors="replace")

    def processes(self):
        """name -> pid of what runs wherry in it."""
        found = {1: "run"}
        for name, pid in re.findall(r"INFO +([\w -]+): started, pid (\d+)",
                                    self.said()):
            found[int(pid)] = name
        return {name: pid for pid, name in found.items()}

    def field(self, pid, name):
        m = re.search(rf"^{name}:\s*(.*)$",
                      self.ask("read", f"/proc/{pid}/status"), re.M)
        return m and m[1]

    def local(self, method):
        return self.fleet.local(self.ss[method], method,
                                wherry.password(method))

    def close(self):
        self.fleet.kill()
        code = self.qemu.process.poll()
        if code is None:
            self.qemu.process.kill()
            self.qemu.process.wait()
        elif code < 0:
            # For toolchain/image.mk: the emulator, and nothing in it.
            (FOLDER / "emulator-died").write_text(f"{-code}\n",
                                                  encoding="ascii")


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    m = Machine(tmp_path_factory.mktemp("image"))
    try:
        yield m
    finally:
        m.close()
        print(f"\n{BOARD} on {' '.join(MACHINE)}")
        for what, figure in m.figures:
            print(f"  {what:44} {figure:>12}")


@contextlib.contextmanager
def ended(program):
    try:
        yield program
    finally:
        program.stop()


@pytest.mark.parametrize("method", METHODS)
def test_relay(machine, seeded, method):
    data = seeded.randbytes(300_000)
    with net.Target(net.echo) as target, ended(machine.local(method)) as p:
        with net.connect(p.port, HOST, target.port) as s:
            s.settimeout(60)
            for i in range(0, len(data), 20_000):
                s.sendall(data[i:i + 20_000])
                assert net.read_exactly(s, 20_000) == data[i:i + 20_000]


@pytest.mark.parametrize("method", METHODS)
def test_datagrams(machine, seeded, method):
    with udp.Target() as one, udp.Target() as two, \
            ended(machine.local(method)) as p, udp.Client(p.port) as c:
        for size in (1, 512, 1300):
            for target in (one, two):
                data = seeded.randbytes(size)
                assert c.ask(HOST, target.port, data)[1] == data


def ftp_session(machine):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    c = ftplib.FTP_TLS(context=context, timeout=60)
    c.connect("127.0.0.1", machine.ftp)
    c.login("writer", "secret")
    c.prot_p()
    return c


def test_ftp_over_tls(machine, seeded, tmp_path):
    data = seeded.randbytes(500_000)
    source = tmp_path / "data"
    source.write_bytes(data)
    c = ftp_session(machine)
    with open(source, "rb") as f:
        c.storbinary("STOR up", f)
    back = bytearray()
    c.retrbinary("RETR up", back.extend)
    assert bytes(back) == data
    assert c.size("up") == len(data)
    assert "up" in c.nlst()
    c.delete("up")
    c.quit()


def test_fifty_connections(machine):
    """For a minute; then what they took, and that all of it is back."""
    method = "2022-blake3-aes-128-gcm"
    with net.Target(net.echo) as target, ended(machine.local(method)) as p:
        conns = []
        for _ in range(CONNECTIONS):
            # One by one: QEMU's network loses what comes in a burst.
            conns.append(net.connect(p.port, HOST, target.port))
            conns[-1].sendall(b"x")
            assert net.read_exactly(conns[-1], 1) == b"x"
        end = time.monotonic() + MINUTE
        rounds = 0
        while time.monotonic() < end:
            for some in range(0, CONNECTIONS, 10):
                for s in conns[some:some + 10]:
                    s.sendall(b"%1000d" % rounds)
                for s in conns[some:some + 10]:
                    assert net.read_exactly(s, 1000) == b"%1000d" % rounds
            rounds += 1
            time.sleep(0.2)
        pid = machine.processes()[f"ssserver {method}"]
        machine.note("RSS of that server with 50 connections",
                     machine.field(pid, "VmRSS"))
        for s in conns:
            s.close()
    assert rounds > 5


def test_filters(machine):
    """On in each process that serves, and what is not on a list refused."""
    for name, pid in machine.processes().items():
        if name.startswith("ssserver"):
            assert machine.field(pid, "Seccomp") == "2", name
            assert machine.field(pid, "Uid").split()[0] == "65534", name
    for test in UNIT_TESTS:
        said = machine.ask("run", f"/test/{test}")
        assert said.endswith("\nexit 0"), said
        assert "SKIPPED" not in said and "has no" not in said, said


def test_reload(machine):
    before = machine.said().count("configuration reloaded")
    machine.ask("kill", 1, "HUP")
    wherry.wait_for("reload", 10, lambda: machine.said().count(
        "configuration reloaded") >= before + 1 + len(METHODS))
    test_relay(machine, random.Random(1), "chacha20-ietf-poly1305")


def test_check(machine):
    """The configuration it runs with; its own services have the ports."""
    said = machine.ask("run", "/bin/wherry", "check")
    assert said.endswith("\nexit 0"), said
    for method, port in machine.ss.items():
        assert f"[ssserver {method}]" in said
        assert f"TCP 0.0.0.0:{port} is taken" in said
    assert said.count("the configuration is fine") == len(METHODS) + 1
    said = machine.ask("run", "/bin/wherry", "check", "/etc/wherry.conf",
                       "ftpd")
    assert "no such option" in said and said.endswith("\nexit 1")


def test_figures(machine):
    """Printed at the end, not judged but for what must be there."""
    for name, pid in machine.processes().items():
        rss = machine.field(pid, "VmRSS")
        assert rss, name
        machine.note(f"RSS of {name}", rss)
    machine.ask("kill", 1, "USR1")
    peaks = r"INFO +([\w -]+): pool_(\w+)_peak ([1-9]\d*)"
    last = "ss_sessions_peak"       # of those that are looked for
    wherry.wait_for("counters", 5,
                    lambda: machine.said().count(last) == len(METHODS))
    time.sleep(1)
    for service, pool, peak in re.findall(peaks, machine.said()):
        machine.note(f"{service}: peak of {pool}", peak)
    memory = machine.ask("read", "/proc/meminfo")
    for word in ("MemTotal", "MemFree", "MemAvailable"):
        machine.note(word, re.search(rf"{word}:\s*(.*)", memory)[1])


def test_power_off(machine):
    # A machine without a switch is restarted, which ends QEMU as well.
    machine.ask("kill", 1, os.environ.get("WHERRY_MACHINE_END") or "TERM")
    assert machine.qemu.process.wait(20 * wherry.PATIENCE) == 0
    said = machine.said()
    assert "all have ended" in said
    assert not wherry.BROKEN.search(said.replace("panic=-1", "")), said[-3000:]
