"""FTP as the protocol has it: what a client may do, and what it may not.
Contract: ftp.md 5; issue 2 section 5."""

import concurrent.futures
import ftplib
import io
import os
import pwd
import socket
import time

import pytest

import ftp
import net
import wherry

GIB = 1 << 30


@pytest.fixture
def site(fleet):
    return ftp.Site(fleet)


@pytest.fixture
def writer(site):
    with site.control("writer") as c:
        yield c


# ---- Login

def test_before_login(site):
    """Nothing but what a login needs."""
    with site.control() as c:
        assert c.greeting[0] == 220
        for line in ("LIST", "RETR pub/hello.txt", "PASV", "EPSV", "CWD pub",
                     "PWD", "SIZE pub/hello.txt", "STOR x", "REST 5"):
            assert c.code(line) == 530, line
        assert c.code("PASS x") == 503
        assert c.code("QUIT") == 221
        assert c.reply()[0] == 0


def test_anonymous(site):
    with site.control() as c:
        assert c.code("USER anonymous") == 331
        assert c.code("PASS me@") == 230
        assert c("PWD")[1].startswith('257 "/"')
        # It may read, and it may not write.
        assert c.put("STOR up/new", b"x") in (550, 553)
        assert not (site.root / "up" / "new").exists()


def test_wrong_password(site):
    with site.control() as c:
        for attempt in range(3):
            assert c.code("USER writer") == 331
            code, text = c("PASS wrong")
            assert code in (530, 421, 0), text
        # The third one ends the session.
        assert c.code("NOOP") == 0


@pytest.mark.parametrize("user", ["nobody-here", "Writer", "root",
                                  "#", "../writer", "writer:x", "w" * 500])
def test_unknown_user(site, user):
    """Answers as to a wrong password."""
    with site.control() as c:
        assert c.code(f"USER {user}") in (331, 530, 501)
        assert c.code("PASS may write") in (530, 503)


def test_unknown_user_costs_as_much(site):
    """No telling who exists by the clock."""
    def seconds(user):
        with site.control() as c:
            c(f"USER {user}")
            start = time.monotonic()
            c("PASS wrong")
            return time.monotonic() - start
    def ratio():
        known = min(seconds("writer") for _ in range(5))
        return min(seconds("stranger") for _ in range(5)) / known
    assert any(0.3 < ratio() < 3 for _ in range(3))


def test_nobody_waits_for_a_hash(site):
    """While a password is checked the others are served. (The machine may be
    busy with something else: it has three tries.)"""
    def waited(idle):
        logins = [site.control() for _ in range(8)]
        for c in logins:
            c("USER writer")
            c.send(b"PASS wrong\r\n")
        start = time.monotonic()
        assert idle.code("NOOP") == 200
        seconds = time.monotonic() - start
        for c in logins:
            assert c.reply()[0] == 530
            c.__exit__()
        return seconds
    with site.control("anonymous") as idle:
        assert any(waited(idle) < 0.1 * wherry.PATIENCE for _ in range(3))


def test_reader_may_not_write(site):
    with site.control("reader") as c:
        assert c.get("RETR pub/hello.txt") == (226, b"hello\n")
        assert c.put("STOR up/new", b"x") in (550, 553)
        assert not (site.root / "up" / "new").exists()


def test_login_twice(site):
    with site.control("reader") as c:
        code, text = c("USER writer")
        assert code in (530, 230, 331), text
        assert c.put("STOR up/new", b"x") in (550, 553, 530)


# ---- Commands

def test_simple_replies(writer):
    assert writer.code("SYST") == 215
    assert writer.code("NOOP") == 200
    assert writer.code("noop") == 200
    assert writer.code("OPTS UTF8 ON") == 200
    assert writer.code("TYPE I") == 200
    assert writer.code("TYPE A") == 200
    assert writer.code("TYPE L 8") == 200
    assert writer.code("TYPE E") in (504, 500)
    assert writer.code("XYZZY") == 500
    code, text = writer("FEAT")
    assert code == 211
    for feature in ("EPSV", "MDTM", "PASV", "REST STREAM", "SIZE", "UTF8"):
        assert f" {feature}\r\n" in text, text


def test_walking(writer):
    assert writer.code("CWD pub/deep") == 250
    assert writer("PWD")[1].startswith('257 "/pub/deep"')
    assert writer.code("CDUP") == 250
    assert writer("PWD")[1].startswith('257 "/pub"')
    assert writer.code("CWD hello.txt") == 550
    assert writer.code("CWD nowhere") == 550
    assert writer.code("CWD ///pub//./deep/../") == 250
    assert writer("PWD")[1].startswith('257 "/pub"')


def test_quotes_in_the_directory(site, writer):
    (site.root / 'a"b').mkdir()
    assert writer.code('CWD a"b') == 250
    assert writer("PWD")[1].startswith('257 "/a""b"')


def test_size_and_time(site, writer):
    os.utime(site.root / "pub" / "hello.txt", (0, 1234567890))
    assert writer("SIZE pub/hello.txt")[1] == "213 6\r\n"
    assert writer("MDTM pub/hello.txt")[1] == "213 20090213233130\r\n"
    for verb in ("SIZE", "MDTM"):
        assert writer.code(f"{verb} pub/none") == 550
    assert writer.code("SIZE pub") == 550


def test_lists(site, writer):
    os.utime(site.root / "pub" / "hello.txt", (0, 1234567890))
    (site.root / "pub" / ".hidden").write_text("")
    code, octets = writer.get("LIST pub")
    assert code == 226
    lines = octets.decode().split("\r\n")
    assert lines.pop() == ""
    by_name = {line.split(maxsplit=8)[8]: line for line in lines}
    assert set(by_name) == {"hello.txt", "empty", "a name with  blanks",
                            "grüße.txt", "deep"}
    assert by_name["deep"].startswith("drwx")
    assert by_name["hello.txt"].startswith("-rw")
    assert "6 Feb 13  2009 hello.txt" in by_name["hello.txt"]
    _, octets = writer.get("NLST -a pub")
    assert b".hidden" in octets
    writer("CWD pub")
    code, octets = writer.get("NLST")
    assert code == 226
    assert set(octets.decode().split("\r\n")) == {*by_name, ""}
    assert writer.get("LIST hello.txt")[1].endswith(b" hello.txt\r\n")
    assert writer.get("LIST none")[0] == 550
    assert writer.get("NLST deep") == (226, b"")


def test_large_directory(site, writer):
    """A list is streamed; no number of entries is too many."""
    many = 2000 if wherry.EMULATED else 20000
    folder = site.root / "many"
    folder.mkdir()
    for i in range(many):
        (folder / f"file {i:06}").touch()
    code, octets = writer.get("LIST many")
    assert code == 226
    names = octets.decode().split("\r\n")[:-1]
    assert len(names) == many and len({n[-6:] for n in names}) == many


def test_passive_port_is_forgotten(writer):
    """After a failed transfer, and with a new PASV."""
    port = writer.passive()
    again = writer.passive()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 5)
    assert writer.code("RETR pub/none") == 550
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", again), 5)
    assert writer.code("RETR pub/hello.txt") == 425


def test_data_connection_of_another(site, writer):
    """Who is not the client gets nothing, and does not spoil it for the client."""
    port = writer.passive()
    thief = socket.create_connection(("127.0.0.1", port), 20,
                                     source_address=("127.0.0.7", 0))
    with socket.create_connection(("127.0.0.1", port), 20) as d:
        writer.send(b"RETR pub/hello.txt\r\n")
        assert writer.reply()[0] == 150
        assert net.read_all(d) == b"hello\n"
    assert writer.reply()[0] == 226
    try:
        assert thief.recv(1) == b""
    except ConnectionResetError:
        pass
    thief.close()


def test_pasv_names_the_address(writer):
    code, text = writer("PASV")
    assert code == 227
    numbers = text[text.index("(") + 1:text.index(")")].split(",")
    assert numbers[:4] == ["127", "0", "0", "1"]
    port = int(numbers[4]) * 256 + int(numbers[5])
    with socket.create_connection(("127.0.0.1", port), 20) as d:
        assert writer.code("NLST pub/deep") == 150
        assert net.read_all(d) == b""
    assert writer.reply()[0] == 226


# ---- Transfers

def test_get_and_put(site, writer, seeded):
    size = 1_000_000 if wherry.EMULATED else 30_000_000
    data = seeded.randbytes(size)
    assert writer.put("STOR up/large", data) == 226
    assert (site.root / "up" / "large").read_bytes() == data
    assert writer.get("RETR up/large") == (226, data)
    assert writer.put("STOR up/large", b"short") == 226
    assert (site.root / "up" / "large").read_bytes() == b"short"
    assert writer.put("STOR up/none", b"") == 226
    assert (site.root / "up" / "none").read_bytes() == b""
    assert sorted(p.name for p in (site.root / "up").iterdir()) == [
        "large", "none"]


def test_resume(site, writer):
    assert writer.code("REST 2") == 350
    assert writer.get("RETR pub/hello.txt") == (226, b"llo\n")
    # It held for one transfer.
    assert writer.get("RETR pub/hello.txt") == (226, b"hello\n")
    assert writer.put("STOR up/part", b"0123456789") == 226
    assert writer.code("REST 4") == 350
    assert writer.put("STOR up/part", b"abc") == 226
    assert (site.root / "up" / "part").read_bytes()[:7] == b"0123abc"
    assert writer.code("REST 7") == 350
    assert writer.get("RETR pub/hello.txt")[0] in (550, 554)


@pytest.mark.parametrize("offset", ["-1", "x", "", "18446744073709551616",
                                    "9223372036854775808", "1 2", "0x10"])
def test_absurd_offsets(writer, offset):
    code, text = writer(f"REST {offset}")
    assert code in (500, 501, 554), text
    assert writer.get("RETR pub/hello.txt") == (226, b"hello\n")


def test_five_gigabytes(site, writer):
    """Beyond 4 GiB on every board: size, list, the end of it, both ways."""
    size = 5 * GIB + 7
    path = site.root / "up" / "huge"
    ftp.sparse(path, size, {4 * GIB: b"four", size - 7: b"the end"})
    assert writer("SIZE up/huge")[1] == f"213 {size}\r\n"
    assert str(size).encode() in writer.get("LIST up/huge")[1]
    assert writer.code(f"REST {size - 7}") == 350
    assert writer.get("RETR up/huge") == (226, b"the end")
    with writer.data() as d:
        assert writer.code(f"REST {4 * GIB}") == 350
        writer.send(b"RETR up/huge\r\n")
        assert writer.reply()[0] == 150
        assert net.read_exactly(d, 6) == b"four\0\0"
    assert writer.reply()[0] in (426, 451)
    assert writer.code(f"REST {size}") == 350
    assert writer.put("STOR up/huge", b" and more") == 226
    assert path.stat().st_size == size + 9
    with open(path, "rb") as f:
        f.seek(size - 7)
        assert f.read() == b"the end and more"


def test_client_leaves_in_a_transfer(site, writer):
    """No 226 for a download that was cut, and the session goes on."""
    ftp.sparse(site.root / "up" / "large", GIB, {})
    d = writer.data()
    writer.send(b"RETR up/large\r\n")
    assert writer.reply()[0] == 150
    net.read_exactly(d, 1000)
    d.close()
    assert writer.reply()[0] in (426, 451)
    assert writer.get("RETR pub/hello.txt") == (226, b"hello\n")


def test_control_connection_goes_in_a_transfer(site):
    """Nothing of the session stays behind once its data connection ends."""
    ftp.sparse(site.root / "up" / "large", GIB, {})
    def descriptors():
        return len(os.listdir(f"/proc/{site.daemon.pid}/fd"))
    before = descriptors()
    c = site.control("writer")
    d = c.data()
    c.send(b"RETR up/large\r\n")
    assert c.reply()[0] == 150
    c.__exit__()
    d.close()
    wherry.wait_for("closed descriptors", 2, lambda: descriptors() == before)


def test_folders_are_no_files(site, writer):
    assert writer.get("RETR pub")[0] == 550
    assert writer.put("STOR pub", b"x") in (550, 553)
    assert writer.put("STOR none/x", b"x") in (550, 553)
    os.mkfifo(site.root / "pub" / "fifo")
    assert writer.get("RETR pub/fifo")[0] == 550
    assert writer.get("RETR")[0] in (501, 550)


# ---- Paths

def test_nothing_leads_out(site, writer):
    secret = site.root.parent / "secret"
    secret.write_text("secret")
    (site.root / "out").symlink_to(secret)
    (site.root / "up-out").symlink_to("../secret")
    (site.root / "dir-out").symlink_to("..")
    (site.root / "etc").symlink_to("/etc")
    (site.root / "in").symlink_to("/pub/hello.txt")
    (site.root / "loop").symlink_to("loop")
    for path in ("../secret", "/../secret", "pub/../../secret", "out",
                 "up-out", "dir-out/secret", "./pub/./../../secret",
                 f"/..{secret}", str(secret), "etc/passwd", "/etc/passwd",
                 "loop", "pub/../dir-out/../secret", "%2e%2e/secret"):
        code, octets = writer.get(f"RETR {path}")
        assert code == 550, path
        assert writer.code(f"SIZE {path}") == 550, path
        assert writer.code(f"MDTM {path}") == 550, path
    # A link from the root on is one of the root that is served.
    assert writer.get("RETR in") == (226, b"hello\n")
    for path in ("../secret", "out", "up-out", "dir-out/secret", "etc/x"):
        assert writer.put(f"STOR {path}", b"changed") in (226, 550, 553)
    assert secret.read_text() == "secret"
    assert not os.path.exists("/etc/x")
    for path in ("..", "/..", "dir-out", "../..", "etc"):
        writer(f"CWD {path}")
        _, octets = writer.get("NLST -a")
        assert b"users" not in octets and b"passwd" not in octets
        writer("CWD /")


def test_long_paths(writer):
    assert writer.code("CWD " + "a/" * 600) in (550, 501)
    assert writer.code("CWD " + "x" * 1500) in (550, 501)
    assert writer.code("NOOP") == 200


# ---- What is not FTP

@pytest.mark.parametrize("verb", ["GET / HTTP/1.1", "POST / HTTP/1.1",
                                  "HEAD / HTTP/1.0", "OPTIONS * HTTP/1.1",
                                  "CONNECT a:1 HTTP/1.1"])
def test_a_browser_is_sent_away(site, verb):
    """ALPACA: its headers are never taken for commands."""
    with site.control() as c:
        c.send(f"{verb}\r\nHost: x\r\nUSER writer\r\n\r\n".encode())
        codes = []
        while code := c.reply()[0]:
            codes.append(code)
        assert 331 not in codes and len(codes) <= 1, codes


def test_bad_lines(site):
    """Whatever is sent, the next session is served."""
    lines = [b"\r\n" * 100, b"A" * 3000 + b"\r\n", b"\xff\xf4\xff\xf2ABOR\r\n",
             b"USER \0\r\n", b"USER\r\n", b" USER x\r\n", b"USER  x\r\n",
             b"\xff" * 300 + b"\r\n", b"USER %s%n%s%n\r\n", b"\0" * 64 + b"\n",
             b"PASS\r\n", b"TYPE\r\n", b"REST\r\n", b"QUIT now\r\n"]
    for line in lines:
        with site.control() as c:
            print(line)
            c.send(line + b"NOOP\r\n")
            c.socket.shutdown(socket.SHUT_WR)
            code = 1
            while code:
                code, text = c.reply()
                assert code == 0 or 200 <= code < 600, text
    site.control("writer").__exit__()


def test_endless_line(site):
    """4096 octets at most: then 500, and it ends."""
    with site.control() as c:
        try:
            for _ in range(100):
                c.send(b"x" * 1000)
        except (BrokenPipeError, ConnectionResetError):
            pass
        codes = [c.reply()[0], c.reply()[0]]
        assert codes in ([500, 0], [0, 0])


def test_commands_in_one_segment(site):
    with site.control() as c:
        c.send(b"USER reader\r\nPASS only reads\r\nPWD\r\nNOOP\r\n")
        assert [c.reply()[0] for _ in range(4)] == [331, 230, 257, 200]


def test_commands_octet_by_octet(site):
    with site.control() as c:
        c.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in b"USER reader\r\n":
            c.send(bytes([octet]))
        assert c.reply()[0] == 331


# ---- Limits

def test_idle_session_ends(fleet):
    site = ftp.Site(fleet, idle_session_timeout=1)
    with site.control("reader") as c:
        start = time.monotonic()
        assert c.reply()[0] == 421
        assert c.reply()[0] == 0
        assert time.monotonic() - start > 0.5


def test_data_connection_that_never_comes(fleet):
    site = ftp.Site(fleet, accept_timeout=1)
    with site.control("reader") as c:
        c.passive()
        assert c.code("RETR pub/hello.txt") == 150
        assert c.reply()[0] == 425
        assert c.get("RETR pub/hello.txt") == (226, b"hello\n")


def test_data_connection_that_stalls(fleet):
    site = ftp.Site(fleet, data_connection_timeout=1)
    ftp.sparse(site.root / "up" / "large", GIB, {})
    with site.control("reader") as c, c.data():
        c.send(b"RETR up/large\r\n")
        assert c.reply()[0] == 150
        assert c.reply()[0] in (421, 426)


def test_max_clients(fleet):
    site = ftp.Site(fleet, max_clients=2)
    first, second = site.control("reader"), site.control("reader")
    with site.control() as third:
        assert third.greeting[0] == 421
    second.__exit__()

    def taken():
        with site.control() as c:
            return c.greeting[0] == 220
    wherry.wait_for("the place that became free", 2, taken)
    assert first.code("NOOP") == 200
    first.__exit__()


def test_max_per_ip(fleet):
    site = ftp.Site(fleet, max_per_ip=1)
    with site.control("reader"):
        with site.control() as c:
            assert c.greeting[0] == 421


def test_many_at_once(fleet, seeded):
    """Each puts a file of its own and gets it back."""
    # The smaller boards have places for 32.
    many = 30 if wherry.EMULATED else 50
    site = ftp.Site(fleet)
    size = 20_000 if wherry.EMULATED else 1_000_000

    def one(i):
        data = os.urandom(size)
        with ftplib.FTP() as client:
            client.connect("127.0.0.1", site.port, 60 * wherry.PATIENCE)
            client.login("writer", ftp.PASSWORDS["writer"])
            client.storbinary(f"STOR up/{i}", io.BytesIO(data))
            back = io.BytesIO()
            client.retrbinary(f"RETR up/{i}", back.write)
            client.quit()
        return back.getvalue() == data

    with concurrent.futures.ThreadPoolExecutor(many) as pool:
        assert all(pool.map(one, range(many)))


@pytest.mark.host
def test_ftp_memory(fleet):
    """Idle: 1 MiB resident at most."""
    site = ftp.Site(fleet)
    resident, _ = wherry.memory(site.daemon.pid)
    print(f"ftpd: idle {resident / 1024:.0f} KiB resident")
    assert resident <= 1 << 20


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give it up")
def test_root_is_given_up(fleet, tmp_path):
    """In one process, started as root, it becomes nopriv_user."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o011)
    site = ftp.Site(fleet, run_as_launching_user="NO", local_enable="NO",
                    session_processes="NO")
    # It says so when the port is open and root is gone, in that order.
    site.daemon.expect("ftpd listening at")
    with open(f"/proc/{site.daemon.pid}/status", encoding="ascii") as f:
        ids = [line.split()[1:] for line in f if line.startswith("Uid:")]
    assert ids == [[str(pwd.getpwnam("nobody").pw_uid)] * 4]
    with site.control("anonymous") as c:
        assert c.get("RETR pub/hello.txt") == (226, b"hello\n")


@pytest.mark.parametrize("urgent", [True, False])
def test_abort_with_telnet_synch(site, urgent):
    """IP, DM and ABOR in the middle of a download, as Telnet clients send
    them; and the next transfer is whole."""
    ftp.sparse(site.root / "pub" / "big", GIB, {0: b"big"})
    with site.control("writer") as c:
        with c.data() as d:
            assert c.code("RETR pub/big") == 150
            assert d.recv(3)
            c.send(b"\xff\xf4\xff")
            c.socket.send(b"\xf2", socket.MSG_OOB if urgent else 0)
            c.send(b"ABOR\r\n")
            assert c.reply()[0] == 426
            assert c.reply()[0] == 226
        assert c.get("RETR pub/hello.txt") == (226, b"hello\n")
        assert c.code("ABOR") == 225


def test_denied_names(fleet):
    """deny_file holds for every way to write a name."""
    site = ftp.Site(fleet, deny_file="{*.txt,deep}", hide_file="empty")
    with site.control("writer") as c:
        for name in ("pub/hello.txt", "/pub//./hello.txt",
                     "up/../pub/hello.txt"):
            assert c.get(f"RETR {name}")[0] == 550
            assert c.code(f"DELE {name}") == 550
        assert c.code("CWD pub/deep") == 550
        assert b"empty" not in c.get("LIST pub")[1]
        assert c.get("RETR pub/empty") == (226, b"")
    assert (site.root / "pub" / "hello.txt").exists()


def test_lists_below(fleet):
    """-R, where the owner allows it; else the letter means nothing."""
    site = ftp.Site(fleet, ls_recurse_enable="YES")
    with site.control("reader") as c:
        code, octets = c.get("NLST -R pub")
        assert code == 226
        head, *folders = octets.decode().split("\r\n\r\n")
        assert head.startswith("pub:\r\n") and "hello.txt" in head
        assert folders == ["pub/deep:\r\n"]
        assert b"./pub/deep:\r\n" in c.get("LIST -lR")[1]
        assert b":\r\n" not in c.get("NLST pub")[1]
        code, text = c("STAT -R pub")
        assert code == 213 and "pub:" not in text
