"""ftp.py - a site to serve, and a bare control connection."""

import os
import pathlib
import pwd
import socket

import net
import wherry

PASSWORDS = {"reader": "only reads", "writer": "may write"}
NOBODY = pwd.getpwnam("nobody").pw_uid


class Site:
    """A folder with files, its users, and ftpd over it."""

    def __init__(self, fleet, **options):
        self.root = pathlib.Path(fleet.folder) / "site"
        (self.root / "pub" / "deep").mkdir(parents=True)
        (self.root / "pub" / "hello.txt").write_text("hello\n")
        (self.root / "pub" / "empty").write_bytes(b"")
        (self.root / "pub" / "a name with  blanks").write_text("blanks\n")
        (self.root / "pub" / "grüße.txt").write_text("grüße\n")
        (self.root / "up").mkdir()
        users = pathlib.Path(fleet.folder) / "users"
        users.write_text("# tests\n" + "".join(
            user_line(name, self.root, "w" if name == "writer" else "")
            for name in PASSWORDS))
        users.chmod(0o600)
        self.users = users
        self.daemon = fleet.ftpd(**{
            "run_as_launching_user": "YES", "anon_root": self.root,
            "local_enable": "YES", "users_file": users,
            "write_enable": "YES", "local_umask": "022",
            "delay_failed_login": "0", "max_per_ip": "0", **options})
        self.port = self.daemon.port

    def control(self, user=None):
        c = Control(self.port)
        if user:
            c.login(user)
        return c


def children(pid):
    """Those that are not only waiting to be asked after."""
    path = f"/proc/{pid}/task/{pid}/children"
    with open(path, encoding="ascii") as f:
        return [int(p) for p in f.read().split() if wherry.alive(int(p))]


class RootSite(Site):
    """Served as root, so that each session becomes its user."""

    def __init__(self, fleet, **options):
        for folder in (pathlib.Path(fleet.folder),
                       *pathlib.Path(fleet.folder).parents[:2]):
            folder.chmod(folder.stat().st_mode | 0o011)
        super().__init__(fleet, run_as_launching_user="NO", **options)
        for name in ("up", "pub"):
            os.chown(self.root / name, NOBODY, NOBODY)

    def sessions(self):
        return children(self.daemon.pid)


def user_line(name, root, rights):
    """NAME:HASH:ROOT:RIGHTS, with the hash that wherry passwd makes."""
    made = wherry.run("passwd", name, stdin=PASSWORDS[name] + "\n")
    assert made.returncode == 0, made.stderr
    fields = made.stdout.strip().split("\n")[-1].split(":")
    assert fields[0] == name and fields[1].startswith("$"), made.stdout
    return f"{name}:{fields[1]}:{root}:{rights}\n"


class Control:
    """A control connection that sends what it is told, octet for octet."""

    def __init__(self, port, source="127.0.0.1", patience=20):
        self.port = port
        self.source = source
        self.socket = socket.create_connection(
            ("127.0.0.1", port), patience * wherry.PATIENCE,
            source_address=(source, 0))
        self.file = self.socket.makefile("rb")
        self.greeting = self.reply()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def send(self, octets):
        self.socket.sendall(octets)

    def reply(self):
        """(code, text) of one reply; code 0 when the connection ended."""
        try:
            line = self.file.readline()
        except ConnectionResetError:
            return 0, ""
        if not line:
            return 0, ""
        text = line
        while line[3:4] == b"-" or line[:4] != text[:3] + b" ":
            line = self.file.readline()
            assert line, text
            text += line
        assert text.endswith(b"\r\n"), text
        return int(text[:3]), text.decode(errors="replace")

    def __call__(self, line):
        self.send(line.encode() + b"\r\n")
        return self.reply()

    def code(self, line):
        return self(line)[0]

    def login(self, user):
        if self.code(f"USER {user}") == 331:
            code, text = self(f"PASS {PASSWORDS.get(user, 'me@')}")
            assert code == 230, text
        assert self.code("TYPE I") == 200

    def passive(self):
        """The port EPSV names."""
        code, text = self("EPSV")
        assert code == 229, text
        return int(text.split("|||")[1].split("|")[0])

    def data(self):
        return socket.create_connection(
            ("127.0.0.1", self.passive()), 20 * wherry.PATIENCE,
            source_address=(self.source, 0))

    def get(self, line):
        """(code of the end, octets) of a transfer to us."""
        with self.data() as d:
            self.send(line.encode() + b"\r\n")
            code, text = self.reply()
            if code != 150:
                return code, text.encode()
            octets = net.read_all(d)
        return self.reply()[0], octets

    def put(self, line, octets):
        with self.data() as d:
            self.send(line.encode() + b"\r\n")
            code, _ = self.reply()
            if code != 150:
                return code
            d.sendall(octets)
        return self.reply()[0]


def sparse(path, size, marks):
    """A file with holes; marks: {offset: octets}."""
    with open(path, "wb") as f:
        f.truncate(size)
        for at, octets in marks.items():
            os.pwrite(f.fileno(), octets, at)
