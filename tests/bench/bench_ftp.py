"""bench_ftp.py - ftpd beside vsftpd, pure-ftpd and proftpd: what a session costs,
how fast it logs in, and files and listings, plain and by TLS."""

import concurrent.futures
import contextlib
import ftplib
import os
import shutil
import ssl
import statistics
import time

import ftp_peers
import wherry
from measure import family, row, title

OCTETS = int(os.environ.get("BENCH_FTP_OCTETS", 300_000_000))
LOGINS = int(os.environ.get("BENCH_LOGINS", 60))
ENTRIES = int(os.environ.get("BENCH_ENTRIES", 20_000))
CLIENTS = int(os.environ.get("BENCH_CLIENTS", 200))
IDLE = 10
CHUNK = 1 << 20


class Client(ftplib.FTP_TLS):
    """Logged in; data resume the session of the control connection."""

    def __init__(self, port, tls):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        super().__init__(context=context, timeout=20)
        self.connect("127.0.0.1", port)
        self.tls = tls
        self.login("bench", ftp_peers.PASSWORD, secure=tls)
        if tls:
            self.prot_p()

    def ntransfercmd(self, cmd, rest=None):
        data, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        if self.tls:
            data = self.context.wrap_socket(data, session=self.sock.session)
        return data, size

    def finish(self, data):
        if self.tls:
            with contextlib.suppress(OSError):
                data.unwrap()
        data.close()
        self.voidresp()

    def get(self, command):
        """Octets that came."""
        data, _ = self.ntransfercmd(command)
        room, got = memoryview(bytearray(CHUNK)), 0
        while n := data.recv_into(room):
            got += n
        self.finish(data)
        return got

    def put(self, name, octets):
        data, _ = self.ntransfercmd(f"STOR {name}")
        piece = memoryview(b"x" * CHUNK)
        for at in range(0, octets, CHUNK):
            data.sendall(piece[:octets - at])
        self.finish(data)


class Server:
    """One of them, started for a measurement."""

    def __init__(self, place, which, tls):
        self.fleet = wherry.Fleet(ftp_peers.FOLDER)
        self.port, self.tls = wherry.free_port(), tls
        self.pid = place.start(self.fleet, which, self.port, tls).pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pid in reversed(family(self.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        self.fleet.kill()

    def client(self):
        return Client(self.port, self.tls)

    def cpu(self):
        """Seconds of CPU of all its processes that live."""
        total = 0
        for pid in family(self.pid):
            with contextlib.suppress(OSError), \
                    open(f"/proc/{pid}/schedstat", encoding="ascii") as f:
                total += int(f.read().split()[0])
        return total / 1e9


# ---- What is measured

def sessions(server):
    """(processes, private KiB) of a session that has logged in and is idle."""
    def held():
        pids = family(server.pid)
        return len(pids), sum(wherry.memory(p)[1] for p in pids)

    with contextlib.ExitStack() as stack:
        first = stack.enter_context(server.client())
        first.sendcmd("NOOP")
        time.sleep(0.3)
        before = held()
        for _ in range(IDLE):
            stack.enter_context(server.client())
        time.sleep(0.3)
        after = held()
    return ((after[0] - before[0]) / IDLE,
            (after[1] - before[1]) / IDLE / 1024)


def login(server):
    """ms from connect until logged in, the median."""
    took = []
    for _ in range(LOGINS):
        start = time.perf_counter()
        with server.client():
            took.append(time.perf_counter() - start)
    return statistics.median(took) * 1e3


def transfers(server, place):
    """{"down": (MB/s, s/GB), "up": ...}, the best of 3. What others wrote is on
    the disk before."""
    found = {}
    os.sync()
    with server.client() as c:
        c.voidcmd("TYPE I")
        for way in ("down", "up"):
            runs = []
            for _ in range(3):
                (place.root / "upload").unlink(missing_ok=True)
                cpu, start = server.cpu(), time.perf_counter()
                if way == "down":
                    assert c.get("RETR file") == OCTETS
                else:
                    c.put("upload", OCTETS)
                seconds = time.perf_counter() - start
                runs.append((OCTETS / seconds / 1e6,
                             (server.cpu() - cpu) * 1e9 / OCTETS))
            assert way == "down" or \
                (place.root / "upload").stat().st_size == OCTETS
            found[way] = (max(r[0] for r in runs), min(r[1] for r in runs))
        (place.root / "upload").unlink(missing_ok=True)
    return found


def listing(server, verb):
    """ms of the whole list, the best of 3."""
    took = []
    with server.client() as c:
        c.voidcmd("TYPE A")
        for _ in range(3):
            start = time.perf_counter()
            assert c.get(f"{verb} many") >= ENTRIES * 13
            took.append(time.perf_counter() - start)
    return min(took) * 1e3


def crowd(server):
    """Seconds until so many clients at once have logged in, got 100 kB, left."""
    def one(_):
        with server.client() as c:
            c.voidcmd("TYPE I")
            return c.get("RETR small")

    # One with a short queue of connections may leave a client waiting for ever.
    for last in (False, False, True):
        start = time.perf_counter()
        try:
            with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
                assert set(pool.map(one, range(CLIENTS))) == {100_000}
            break
        except TimeoutError:
            if last:
                raise
    return time.perf_counter() - start


def measure(place, which, tls):
    found = {}
    with Server(place, which, tls) as server:
        found["processes"], found["memory"] = sessions(server)
        found["login"] = login(server)
        for way, (speed, cpu) in transfers(server, place).items():
            found[way], found[f"{way} cpu"] = speed, cpu
        if not tls:
            found["LIST"] = listing(server, "LIST")
            found["NLST"] = listing(server, "NLST")
        found["crowd"] = crowd(server)
    return found


ROWS = [
    ("processes", "processes of a session", "n", False),
    ("memory", "private memory of a session", "KiB", False),
    ("login", "login", "ms", False),
    ("down", "download", "MB/s", True),
    ("down cpu", "download, CPU", "s/GB", False),
    ("up", "upload", "MB/s", True),
    ("up cpu", "upload, CPU", "s/GB", False),
    ("LIST", f"LIST of {ENTRIES}", "ms", False),
    ("NLST", f"NLST of {ENTRIES}", "ms", False),
    ("crowd", f"{CLIENTS} clients at once", "s", False),
]


def ftp():
    if os.geteuid() != 0:
        print("\nFTP: SKIPPED, its servers take root")
        return
    place = ftp_peers.Place()
    with open(place.root / "file", "wb") as f:
        piece = os.urandom(CHUNK)
        for at in range(0, OCTETS, CHUNK):
            f.write(piece[:OCTETS - at])
    (place.root / "small").write_bytes(b"s" * 100_000)
    (place.root / "many").mkdir(exist_ok=True)
    for n in range(ENTRIES):
        (place.root / "many" / f"entry{n:06}").touch()
    for tls in (False, True):
        results = {which: measure(place, which, tls)
                   for which in ftp_peers.have()}
        title(f"FTP {'by TLS' if tls else 'plain'}, {OCTETS // 10**6} MB",
              [w for w in results if w != "wherry"])
        for key, name, unit, more in ROWS:
            if key in results["wherry"]:
                row(name, unit, {w: r[key] for w, r in results.items()}, more)
    shutil.rmtree(place.folder)
