"""Many clients that do much and break off: nothing half there, nothing left,
and the right codes. In short here; `make campaign-ftp` is the long form."""

import collections
import concurrent.futures
import os
import random
import re
import shlex
import signal
import socket
import struct
import time

import pytest

import ftp
import wherry

pytestmark = [pytest.mark.host,
              pytest.mark.skipif(os.geteuid() != 0, reason="takes root")]

LONG = os.environ.get("CAMPAIGN") == "long"
KINDS = {"one": ftp.Site, "processes": ftp.RootSite}


def times(short, long):
    return long if LONG else short


class Watched:
    """A site, and what it held before any client came."""

    def __init__(self, site):
        self.site = site
        self.before = self.held()

    def held(self):
        pid = self.site.daemon.pid
        return (len(os.listdir(f"/proc/{pid}/fd")), len(ftp.children(pid)))

    def gauges(self):
        """Objects in use, as the server counts them; a monitor has none."""
        log = self.site.daemon
        n = len(log.text())
        log.process.send_signal(signal.SIGUSR1)
        wherry.wait_for("gauges", 5, lambda: re.search(
            r"ftp_(sessions_refused|processes) \d+", log.text()[n:]))
        text = log.text()[n:]
        return {k: int(v) for k, v in re.findall(r"(pool_\w+_used) (\d+)",
                                                 text)}

    def clean(self):
        """All as it was: descriptors, processes, pools."""
        wherry.wait_for("what it had before", 20,
                        lambda: self.held() == self.before)
        used = self.gauges()
        assert not any(used.values()), used
        assert used or isinstance(self.site, ftp.RootSite)
        up = self.site.root / "up"
        assert not list(up.glob(".in.*"))
        with self.site.control("writer") as c:
            assert c.put("STOR up/after", b"it goes on") == 226
            assert c.code("DELE up/after") == 250


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


def address(i):
    """Each client has its own, as the server slows down by address."""
    return f"127.{1 + i // 60000}.{i // 240 % 250}.{1 + i % 240}"


def together(work, items, threads):
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, items))


def test_logins(fleet, seeded, kind):
    """Right, wrong, unknown, anonymous, and those that leave while they wait."""
    watched = Watched(kind(fleet, max_clients="100"))
    plans = [seeded.choice(["right", "wrong", "unknown", "anonymous", "gone"])
             for _ in range(times(60, 10_000))]

    def attempt(numbered):
        i, plan = numbered
        with ftp.Control(watched.site.port, address(i), 60) as c:
            assert c.greeting[0] == 220
            name = {"unknown": "stranger", "anonymous": "ftp"}.get(
                plan, "writer")
            assert c.code(f"USER {name}") == 331
            word = "wrong" if plan in ("wrong", "unknown") else \
                ftp.PASSWORDS["writer"]
            if plan == "gone":
                c.send(f"PASS {word}\r\n".encode())
                return plan
            assert c.code(f"PASS {word}") == (
                530 if plan in ("wrong", "unknown") else 230), plan
            if plan in ("right", "anonymous"):
                assert c.code("QUIT") == 221
            return plan

    start = time.monotonic()
    done = together(attempt, enumerate(plans), 20)
    seconds = time.monotonic() - start
    print(f"{len(done)} logins, {len(done) / seconds:.0f}/s: "
          f"{dict(collections.Counter(done))}")
    watched.clean()


def test_two_hundred(fleet, kind):
    """All there at once, each with a file of its own."""
    many, size = 200, times(20_000, 1_000_000)
    watched = Watched(kind(fleet, max_clients="0"))
    there = []

    def one(i):
        data = random.Random(i).randbytes(size)
        with ftp.Control(watched.site.port, address(i), 60) as c:
            c.login("writer")
            there.append(i)
            wherry.wait_for("the others", 60, lambda: len(there) == many)
            assert c.put(f"STOR up/{i}", data) == 226
            assert c.get(f"RETR up/{i}") == (226, data)
            return c.code("QUIT")

    start = time.monotonic()
    assert set(together(one, range(many), many)) == {221}
    print(f"200 clients, {size} octets up and down each: "
          f"{time.monotonic() - start:.1f} s")
    watched.clean()


# ---- Files, and those who break off

def content(name, version, size):
    """Says what it is, so that a half or a mixture is seen."""
    head = f"{name} {version} {size} ".encode()
    return (head + random.Random(f"{name} {version}").randbytes(size))[
        :max(size, len(head))]


def reset(s):
    """Closes with RST: an end that is none."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                 struct.pack("ii", 1, 0))
    s.close()


class Worker:
    """One user's client, at files of its own, with a random of its own."""

    def __init__(self, watched, seed):
        self.random = random.Random(seed)
        self.watched, self.seed = watched, seed
        self.names = [f"f{seed}-{i}" for i in range(4)]
        self.sure = {}		# name: version that 226 was said for
        self.tried = collections.defaultdict(dict)   # name: version: octets
        self.control = None
        self.codes = collections.Counter()

    def work(self, rounds):
        for i in range(rounds):
            if self.control is None:
                self.control = ftp.Control(self.watched.site.port,
                                           address(self.seed), 60)
                self.control.login("writer")
            name = self.random.choice(self.names)
            way = self.random.choice([self.put, self.put, self.get])
            fate = self.random.choice(["whole", "whole", "reset", "abort",
                                       "gone"])
            code = way(name, i, fate)
            self.codes[way.__name__, fate, code] += 1
        if self.control:
            self.control.__exit__()
        return self

    def lose(self, data):
        """The control connection goes in the middle."""
        reset(data)
        self.control.file.close()
        reset(self.control.socket)
        self.control = None
        return 0

    def abort(self, c):
        """The answer to the transfer; ABOR's own is read, too."""
        c.send(b"ABOR\r\n")
        code = c.reply()[0]
        assert code in (226, 426), code
        assert c.reply()[0] in (225, 226)
        return code

    def put(self, name, version, fate):
        octets = content(name, version, self.random.randrange(300_000))
        self.tried[name][version] = octets
        c = self.control
        data = c.data()
        assert c.code(f"STOR up/{name}") == 150
        if fate == "whole":
            data.sendall(octets)
            data.close()
            code = c.reply()[0]
            assert code == 226
        else:
            data.sendall(octets[:self.random.randrange(len(octets))])
            if fate == "gone":
                return self.lose(data)
            if fate == "abort":
                code = self.abort(c)
                data.close()
                assert code == 426
            else:
                reset(data)
                code = c.reply()[0]
                assert code in (426, 451), code
            del self.tried[name][version]
        if code == 226:
            self.sure[name] = version
        return code

    def get(self, name, _, fate):
        c = self.control
        data = c.data()
        c.send(f"RETR up/{name}\r\n".encode())
        code = c.reply()[0]
        if code == 550:
            assert name not in self.sure
            data.close()
            return code
        assert code == 150
        if fate == "whole":
            got = b""
            while part := data.recv(1 << 16):
                got += part
            data.close()
            self.is_one(name, got)
            code = c.reply()[0]
            assert code == 226
            return code
        data.recv(self.random.randrange(1, 1000))
        if fate == "gone":
            return self.lose(data)
        if fate == "abort":
            code = self.abort(c)
            data.close()
            return code
        reset(data)
        # All of a small file was out before it broke off.
        code = c.reply()[0]
        assert code in (226, 426), code
        return code

    def is_one(self, name, octets):
        """Whole, of the last that was said to be there or one after it."""
        assert any(octets == tried and version >= self.sure.get(name, -1)
                   for version, tried in self.tried[name].items()), (
                       name, octets[:40])

    def check(self):
        for name in self.names:
            path = self.watched.site.root / "up" / name
            if path.exists():
                self.is_one(name, path.read_bytes())
            else:
                assert name not in self.sure, name


def test_files_and_aborts(fleet, seeded, kind):
    watched = Watched(kind(fleet, delete_failed_uploads="YES"))
    rounds, workers = times(10, 125), 8
    first = seeded.randrange(10_000)
    start = time.monotonic()
    done = together(lambda i: Worker(watched, first + i).work(rounds),
                    range(workers), workers)
    codes = sum((w.codes for w in done), collections.Counter())
    print(f"{rounds * workers} files in {time.monotonic() - start:.1f} s:",
          *(f"{way} {fate}: {code} x {n}"
            for (way, fate, code), n in sorted(codes.items())), sep="\n  ")
    watched.clean()
    for worker in done:
        worker.check()


# ---- No room

def in_small_disk(fleet, site):
    """The same again, with a disk of 2 MB of its own for uploads."""
    site.daemon.stop()
    up = site.root / "up"
    site.daemon = fleet.start(
        ["unshare", "-m", "sh", "-c",
         f"mount -t tmpfs -o size=2M,mode=777 none {up} && exec "
         f"{shlex.join(site.daemon.command)}"]).listens(site.port)
    return f"/proc/{site.daemon.pid}/root{up}"


def test_disk_full(fleet, kind):
    """452 or 552, the file before it is as it was, and then there is room."""
    site = kind(fleet, delete_failed_uploads="YES")
    up = in_small_disk(fleet, site)
    watched = Watched(site)
    old = b"old" * 100_000
    with site.control("writer") as c:
        assert c.put("STOR up/old", old) == 226
        for i in range(times(3, 100)):
            for name in ("old", "new"):
                with c.data() as d:
                    assert c.code(f"STOR up/{name}") == 150
                    try:
                        d.sendall(b"x" * 4_000_000)
                    except (BrokenPipeError, ConnectionResetError):
                        pass
                assert c.reply()[0] in (452, 552)
                assert os.listdir(up) == ["old"]
            assert c.put("STOR up/more", b"y" * 1_000_000) == 226
            assert c.get("RETR up/old") == (226, old)
            assert c.code("DELE up/more") == 250
    watched.clean()


def test_quota_full(fleet, kind):
    """552, no part of it stays, and what is removed is room again."""
    site = kind(fleet, delete_failed_uploads="YES")
    line = ftp.user_line("writer", site.root, "w").strip()
    site.users.write_text(f"{line}:quota=1M\n")
    watched = Watched(site)
    for i in range(times(3, 100)):
        with site.control("writer") as c:
            assert c.put("STOR up/a", b"a" * 700_000) == 226
            assert c.put("STOR up/b", b"b" * 700_000) == 552
            assert os.listdir(site.root / "up") == ["a"]
            assert c.code("DELE up/a") == 250
    watched.clean()


# ---- Who dies

def test_sessions_killed(fleet):
    """In the middle of an upload: nothing under its name, others go on."""
    watched = Watched(ftp.RootSite(fleet))
    site = watched.site
    with site.control("writer") as other:
        for i in range(times(5, 200)):
            with site.control("writer") as c, c.data() as d:
                mine = max(site.sessions())
                assert c.code("STOR up/name") == 150
                d.sendall(b"x" * 10_000)
                os.kill(mine, signal.SIGKILL)
                assert c.reply()[0] == 0
            assert not (site.root / "up" / "name").exists()
        assert other.get("RETR pub/hello.txt") == (226, b"hello\n")
        assert other.code("QUIT") == 221
    # What they had begun goes when it is old (test_ftp_uploads).
    for path in (site.root / "up").iterdir():
        assert path.name.startswith(".in.")
        path.unlink()
    watched.clean()


def test_monitors_killed(fleet):
    """With sessions at all they do: none is left, and another one starts."""
    site = ftp.RootSite(fleet, delete_failed_uploads="YES")
    for i in range(times(2, 50)):
        if i:
            site.daemon = fleet.start(site.daemon.command).listens(site.port)
        with site.control("writer") as c, site.control() as guest, \
                c.data() as d, site.control("writer") as idle:
            assert c.code("STOR up/name") == 150
            d.sendall(b"x" * 100_000)
            pids = site.sessions()
            assert len(pids) == 3
            site.daemon.process.kill()
            site.daemon.process.wait()
            site.daemon.stopped = True
            wherry.wait_for("their ends", 5, lambda: not any(
                map(wherry.alive, pids)))
            assert guest.reply()[0] == 0
            assert idle.reply()[0] in (0, 421)
        assert os.listdir(site.root / "up") == []
