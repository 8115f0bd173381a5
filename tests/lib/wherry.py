"""wherry.py - starts the program under test and its peers, and watches them.

WHERRY_BIN names what to run, a runner included: "qemu-mips-static -cpu 24Kc
build/ath79/wherry". Under an emulator sizes shrink and patience grows.
"""

import base64
import functools
import hashlib
import itertools
import os
import pathlib
import re
import resource
import shlex
import shutil
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PREFIX = shlex.split(os.environ.get("WHERRY_BIN", "build/x86-64/wherry"))
PREFIX[-1] = str(ROOT / PREFIX[-1])
EMULATED = "qemu" in PREFIX[0]
# A call that is not on the list shall not go unseen; emulators take no filter.
SANDBOX = [] if EMULATED else ["--sandbox", "kill"]
# Every wait is this much longer than a quiet host needs.
PATIENCE = 8 if EMULATED else 2

METHODS = ["aes-128-gcm", "aes-192-gcm", "aes-256-gcm",
           "chacha20-ietf-poly1305",
           "aes-128-cfb", "aes-192-cfb", "aes-256-cfb",
           "aes-128-ctr", "aes-192-ctr", "aes-256-ctr"]

# Others, which have few peers left; shadowsocks-libev knows these as well.
METHODS_RARE = ["xchacha20-ietf-poly1305", "camellia-128-cfb",
                "camellia-192-cfb", "camellia-256-cfb", "chacha20",
                "chacha20-ietf", "salsa20", "rc4-md5"]

# Their password is a key in base64, of this many octets.
METHODS_2022 = {"2022-blake3-aes-128-gcm": 16, "2022-blake3-aes-256-gcm": 32,
                "2022-blake3-chacha20-poly1305": 32}

# A program that breaks an invariant of its own says one of these.
BROKEN = re.compile(r"panic|assert|Sanitizer|runtime error|"
                    r"uncaught target signal", re.I)


def password(method, text="correct horse"):
    """Of these words one that the method takes."""
    if method not in METHODS_2022:
        return text
    key = hashlib.sha256(text.encode()).digest()[:METHODS_2022[method]]
    return base64.b64encode(key).decode()


def more_descriptors():
    """As many for this process as it may have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16384), hard))


def usual_descriptors():
    """As few as a login shell gives a program: it must ask for more itself."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 1024), hard))


def is_free(port):
    with socket.socket() as s:
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


# Two runs side by side begin far apart and take each port once, so that none
# takes what the other has chosen and not bound yet.
PORTS = itertools.count(os.getpid() * 997)


def free_port():
    """A TCP port nobody has, outside the range of outgoing connections."""
    while True:
        port = 10000 + next(PORTS) % 20000
        if is_free(port):
            return port


def wait_for(what, seconds, condition):
    """condition() once it is true; fails after so many quiet-host seconds."""
    end = time.monotonic() + seconds * PATIENCE
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds * PATIENCE} s")
        time.sleep(0.01)


def listening(port):
    """Does anyone listen there? Without connecting."""
    wanted = f":{port:04X}"
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table, encoding="ascii") as f:
            for line in f:
                field = line.split()
                if field[1].endswith(wanted) and field[3] == "0A":
                    return True
    return False


def alive(pid):
    """Is it there, and not only waiting for its parent to ask after it?"""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            return f.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def peer(name):
    """Path of a program of others. Missing: a loud skip, in CI a failure."""
    path = shutil.which(name)
    if not path:
        import pytest   # the demo and the bench do without
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
            f"{name} cannot be had on this machine")
    return path


@functools.cache
def rust():
    """The folder of shadowsocks-rust's programs, built at the first call."""
    folder = os.environ.get("WHERRY_SSRUST")
    if folder:
        return folder
    built = subprocess.run([ROOT / "toolchain" / "ssrust"], text=True,
                           stdout=subprocess.PIPE)
    if built.returncode != 0:
        return os.path.dirname(peer("ssserver of shadowsocks-rust"))
    return built.stdout.strip()


@functools.cache
def basicftp():
    """The folder of a client of Node.js, fetched at the first call."""
    fetched = subprocess.run([ROOT / "toolchain" / "basicftp"], text=True,
                             stdout=subprocess.PIPE)
    if fetched.returncode != 0:
        return os.path.dirname(peer("basic-ftp"))
    return fetched.stdout.strip()


def run(*args, stdin=None, timeout=20, env=None):
    """Runs wherry to its end; a CompletedProcess with both outputs as text."""
    return subprocess.run(
        [*PREFIX, *map(str, args)], text=True, capture_output=True,
        input=stdin if stdin is not None else "",
        timeout=timeout * PATIENCE, env=env and {**os.environ, **env})


class Program:
    """A server process; what it prints goes to a file."""

    def __init__(self, command, log, **popen):
        self.command = [str(word) for word in command]
        self.log = pathlib.Path(log)
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=out,
                stderr=popen.pop("stderr", out), **popen)
        self.stopped = False

    @property
    def pid(self):
        return self.process.pid

    def text(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def expect(self, pattern, seconds=5):
        """The match of a regular expression in the log, once it is there."""
        def found():
            m = re.search(pattern, self.text())
            if not m and self.process.poll() is not None:
                # It may have written between the two looks.
                m = re.search(pattern, self.text())
                assert m, f"ended before {pattern!r}:\n{self.text()}"
            return m
        try:
            return wait_for(pattern, seconds, found)
        except AssertionError as e:
            raise AssertionError(f"{e}:\n{self.text()}") from None

    def listens(self, port, seconds=5):
        def there():
            assert self.process.poll() is None, f"ended:\n{self.text()}"
            return listening(port)
        wait_for(f"port {port}", seconds, there)
        return self

    def stop(self, how=signal.SIGTERM):
        """Ends it; it must do so promptly, and must not have died before."""
        early = self.process.poll()
        self.stopped = True
        if early is None:
            self.process.send_signal(how)
        try:
            code = self.process.wait(3 * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(
                f"{self.command}: still there after {how!r}") from None
        text = self.text()
        broken = BROKEN.search(text)
        assert not broken, f"{self.command}: {broken[0]}\n{text[-4000:]}"
        assert early is None, f"{self.command}: died ({early})\n{text[-4000:]}"
        return code


class Fleet:
    """Starts programs in one folder and ends all of them."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.programs = []

    def start(self, command, **popen):
        name = f"{len(self.programs)}-{pathlib.Path(command[0]).name}.log"
        program = Program(command, self.folder / name, **popen)
        self.programs.append(program)
        return program

    def wherry(self, *args, **popen):
        return self.start([*PREFIX, *args], preexec_fn=usual_descriptors,
                          **popen)

    def server(self, method="aes-256-gcm", password="correct horse", *more,
               port=None, forbidden="", **popen):
        """ssserver, ready; .port is where."""
        port = port or free_port()
        p = self.wherry("ssserver", "-s", "127.0.0.1", "-p", port,
                        "-k", password, "-m", method,
                        "--forbidden-ip", forbidden, *SANDBOX, *more,
                        **popen)
        p.port = port
        p.expect(r"starting server at 127\.0\.0\.1:%d" % port)
        return p

    def local(self, server_port, method="aes-256-gcm",
              password="correct horse", *more, **popen):
        """sslocal, ready; .port is where."""
        port = free_port()
        p = self.wherry("sslocal", "-s", "127.0.0.1", "-p", server_port,
                        "-b", "127.0.0.1", "-l", port,
                        "-k", password, "-m", method, *SANDBOX, *more,
                        **popen)
        p.port = port
        p.expect(r"starting local at 127\.0\.0\.1:%d" % port)
        return p

    def pair(self, method="aes-256-gcm", *more):
        """ssserver and sslocal in front of it."""
        server = self.server(method, password(method), *more)
        local = self.local(server.port, method, password(method), *more)
        return server, local

    def ftpd(self, **options):
        """ftpd with these options, ready; .port is where."""
        port = free_port()
        options = {"listen_address": "127.0.0.1", "listen_port": port,
                   **options}
        p = self.wherry("ftpd", *(f"-o{k}={v}" for k, v in options.items()))
        p.port = port
        return p.listens(port)

    def stop(self):
        """All of them, the last first; the first complaint is raised."""
        complaint = None
        for p in reversed(self.programs):
            if p.stopped:
                continue
            try:
                p.stop()
            except AssertionError as e:
                complaint = complaint or e
        if complaint:
            raise complaint

    def kill(self):
        for p in self.programs:
            if p.process.poll() is None:
                p.process.kill()
                p.process.wait()


@functools.cache
def settle():
    """A program that was just built is not on the disk yet: its pages would
    count as written to by whoever runs it."""
    os.sync()


def memory(pid):
    """(resident, private) octets of a process. Private is what no other has: what
    it has written, and what of the program's file it alone has mapped."""
    settle()
    sums = {}
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
        for line in f:
            field = line.split()
            if field[-1] == "kB":
                sums[field[0]] = int(field[1]) * 1024
    return sums["Rss:"], sums["Private_Dirty:"] + sums["Private_Clean:"]
