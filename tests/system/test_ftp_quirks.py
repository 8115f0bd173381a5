"""What cameras, scanners and old clients say, octet for octet, and the answers
they wait for. Contract: ftp.md 5.2, 5.3, 5.6."""

import re
import socket

import pytest

import ftp
import net
import wherry


@pytest.fixture
def site(fleet):
    return ftp.Site(fleet, ascii_upload_enable="YES")


@pytest.fixture
def writer(site):
    with site.control("writer") as c:
        yield c


def talk(c, *lines):
    """Each line gets a reply that begins with what stands beside it."""
    for line, want in lines:
        text = c(line)[1]
        assert re.match(want, text), (line, want, text)


def active(c, command="PORT"):
    """A socket that waits where PORT or EPRT says."""
    ear = socket.create_server(("127.0.0.1", 0))
    ear.settimeout(20 * wherry.PATIENCE)
    port = ear.getsockname()[1]
    if command == "PORT":
        line = f"PORT 127,0,0,1,{port >> 8},{port & 255}"
    else:
        line = f"EPRT |1|127.0.0.1|{port}|"
    assert c.code(line) == 200
    return ear


def passive(c, verb="PASV"):
    """Connected where the six numbers of a 227 say."""
    code, text = c(verb)
    assert code == 227, text
    n = [int(x) for x in re.search(r"\((.*)\)", text)[1].split(",")]
    return socket.create_connection((".".join(map(str, n[:4])),
                                     n[4] << 8 | n[5]), 20 * wherry.PATIENCE)


def upload(c, data, line, octets, first="150"):
    with data:
        text = c(line)[1]
        assert text.startswith(first), text
        data.sendall(octets)
    code, end = c.reply()
    assert code == 226, end
    return text


def fetch(c, data, line):
    with data:
        assert c.code(line) == 150
        octets = net.read_all(data)
    assert c.reply()[0] == 226
    return octets


def test_busybox_ftpput(site):
    """A camera: EPSV, or it hangs; and it leaves at once."""
    with site.control() as c:
        talk(c, ("USER writer", "331 "), ("PASS may write", "230 "),
             ("TYPE I", "200 "), ("EPSV", r"229 [^\r]*\(\|\|\|\d+\|\)\r\n"))
        upload(c, c.data(), "STOR up/cam.jpg", b"jpeg")
        assert c.code("QUIT") == 221
    assert (site.root / "up" / "cam.jpg").read_bytes() == b"jpeg"


def test_windows_ftp_exe(site):
    """PORT only, X-forms, and OPTS UTF8 ON before login."""
    with site.control() as c:
        talk(c, ("OPTS UTF8 ON", "200 "), ("USER writer", "331 "),
             ("PASS may write", "230 "), ("XPWD", '257 "/"'),
             ("XMKD up/win", '257 "/up/win" '), ("XCWD up/win", "250 "),
             ("XPWD", '257 "/up/win" '), ("TYPE A", "200 "))
        with active(c) as ear:
            c.send(b"NLST\r\n")
            assert c.reply()[0] == 150
            with ear.accept()[0] as d:
                assert net.read_all(d) == b""
            assert c.reply()[0] == 226
        with active(c) as ear:
            c.send(b"STOR text\r\n")
            assert c.reply()[0] == 150
            with ear.accept()[0] as d:
                d.sendall(b"one\r\ntwo\r\n")
            assert c.reply()[0] == 226
        talk(c, ("XCUP", "250 "), ("XPWD", '257 "/up" '))
        assert (site.root / "up" / "win" / "text").read_bytes() == \
            b"one\ntwo\n"
        talk(c, ("DELE win/text", "250 "), ("XRMD win", "250 "),
             ("QUIT", "221 "))


def test_explorer(site):
    """OPTS, SYST, in any case of letters; TYPE A, and names of UTF-8."""
    with site.control() as c:
        talk(c, ("USER anonymous", "331 "), ("PASS IEUser@", "230 "),
             ("opts utf8 on", "200 "), ("OPTS UTF8", "200 "),
             ("syst", "215 UNIX"), ("site help", "(500|550|214) "),
             ("PWD", '257 "/"'), ("CWD /pub/", "250 "), ("TYPE A", "200 "))
        lines = fetch(c, passive(c), "LIST").decode().splitlines()
        assert any(line.endswith(" grüße.txt") for line in lines)
        assert all(re.match(r"[-dl][-rwx]{9} +\d+ \S+ +\S+ +\d+ "
                            r"[A-Z][a-z]{2} \d\d (\d\d:\d\d| \d{4}) ", line)
                   for line in lines), lines
        talk(c, ("noop", "200 "), ("QUIT", "221 "))


def test_scanner(site, writer):
    """HP, Canon and Brother: probes that do no harm, directories that are
    there already, TYPE of two words, STOU with no name and with one."""
    (site.root / "up" / "scans").mkdir()
    talk(writer, ("CWD", "250 "), ("CWD ", "250 "), ("PWD", '257 "/"'),
         ("SITE BLKSIZE", "500 "), ("SITE UMASK", "200 "),
         ("TYPE I N", "200 "), ("TYPE A N", "200 "), ("TYPE i", "200 "),
         ("type L 8 ", "200 "), ("STRU F", "200 "), ("MODE S", "200 "),
         ("ALLO 1000", "200 "), ("ALLO 1000 R 100", "200 "),
         ("ALLO", "202 "), ("ALLO x", "202 "), ("ACCT x", "202 "),
         ("MKD up/scans", "550 .*exists"), ("XMKD /up/scans/", "550 .*exists"),
         ("CWD up/scans", "250 "), ("CWD", "250 "), ("PWD", '257 "/up/scans"'),
         ("TYPE I", "200 "))
    names = [re.match(r"150 FILE: (\S+)\r\n", upload(
        writer, passive(writer), line, b"page"))[1]
        for line in ("STOU", "STOU", "STOU page.pdf", "STOU page.pdf")]
    assert names == ["STOU", "STOU.1", "page.pdf", "page.pdf.1"]
    folder = site.root / "up" / "scans"
    assert sorted(p.name for p in folder.iterdir()) == sorted(names)
    assert all(p.read_bytes() == b"page" for p in folder.iterdir())
    talk(writer, ("RNFR STOU", "350 "), ("RNTO scan.pdf", "250 "),
         ("QUIT", "221 "))


@pytest.mark.parametrize("line", ["PASS", "PASS ", "pass"])
def test_empty_password(site, line):
    """Anonymous users are let in by it, others are not; it is an answer."""
    with site.control() as c:
        talk(c, ("USER ftp", "331 "), (line, "230 "))
    with site.control() as c:
        talk(c, ("USER writer", "331 "), (line, "530 "), ("QUIT", "221 "))


@pytest.mark.parametrize("line,shown", [
    ("LIST -aL", True), ("LIST -al /pub", True), ("LIST -la", True),
    ("LIST -a ", True), ("LIST -l -a pub", True), ("LIST /pub", False),
    ("LIST ", False), ("LIST .", False), ("LIST -R", False),
    ("LIST -alR /pub/", True), ("LIST -- /pub", False),
    ("LIST -la hello.txt", False), ("LIST -z", False)])
def test_options_of_list(site, writer, line, shown):
    """Words that ls would know, a path behind them, or none."""
    (site.root / "pub" / ".dot").write_text("")
    assert writer.code("CWD pub" if " pub" not in line else "CWD /") == 250
    code, octets = writer.get(line)
    assert code == 226
    names = [text.split(maxsplit=8)[8] for text in octets.decode().split(
        "\r\n") if text]
    assert "hello.txt" in names
    assert {".", "..", ".dot"}.issubset(names) == shown, names


def test_options_of_nlst(site, writer):
    assert writer.code("CWD pub") == 250
    assert "hello.txt" in writer.get("NLST -a")[1].decode().split("\r\n")
    assert b"/pub/hello.txt\r\n" in writer.get("NLST /pub")[1]
    assert writer.get("NLST *.txt")[0] == 226
    assert b" 6 " in writer.get("NLST -l")[1]


def test_passive_through_a_nat_box(writer):
    """P@SW is what some make of PASV."""
    assert b"hello.txt" in fetch(writer, passive(writer, "P@SW"), "LIST pub")


def test_glued_before_the_greeting(site):
    """A client that does not listen first."""
    with socket.create_connection(("127.0.0.1", site.port),
                                  20 * wherry.PATIENCE) as s:
        s.sendall(b"USER writer\r\nPASS may write\r\n\r\nPWD\r\nQUIT\r\n")
        said = net.read_all(s)
    assert [line[:4] for line in said.split(b"\r\n")] == [
        b"220 ", b"331 ", b"230 ", b"257 ", b"221 ", b""]


def test_quit_in_a_transfer(site, writer, seeded):
    """The file is whole, then 226 and 221."""
    data = seeded.randbytes(3_000_000)
    (site.root / "pub" / "big").write_bytes(data)
    with writer.data() as d:
        writer.send(b"RETR pub/big\r\n")
        assert writer.reply()[0] == 150
        writer.send(b"QUIT\r\n")
        assert net.read_all(d) == data
    assert [writer.reply()[0] for _ in range(3)] == [226, 221, 0]


def test_quit_in_an_upload(site, writer):
    with writer.data() as d:
        writer.send(b"STOR up/new\r\n")
        assert writer.reply()[0] == 150
        writer.send(b"QUIT\r\n")
        d.sendall(b"all of it")
    assert [writer.reply()[0] for _ in range(3)] == [226, 221, 0]
    assert (site.root / "up" / "new").read_bytes() == b"all of it"


def test_noop_and_stat_in_a_transfer(site, writer):
    ftp.sparse(site.root / "pub" / "big", 1 << 30, {0: b"x"})
    with writer.data() as d:
        assert writer.code("RETR pub/big") == 150
        assert d.recv(1)
        talk(writer, ("NOOP", "200 "), ("STAT", r"211-(.|\r\n)*download, "),
             ("noop", "200 "), ("ABOR", "426 "))
    assert writer.reply()[0] == 226


@pytest.mark.parametrize("prefix", [
    b"\xff\xf4\xff\xf2", b"\xff\xf4\xff", b"\xff\xf2", b"\xf2",
    b"\xff\xfb\x06\xff\xf4\xff\xf2"])
@pytest.mark.parametrize("verb", [b"abor", b"STAT"])
def test_telnet_synch(site, writer, prefix, verb):
    """Whatever of it arrives, the verb behind it is served."""
    ftp.sparse(site.root / "pub" / "big", 1 << 30, {0: b"x"})
    with writer.data() as d:
        assert writer.code("RETR pub/big") == 150
        assert d.recv(1)
        writer.send(prefix + verb + b"\r\n")
        if verb == b"STAT":
            assert writer.reply()[0] == 211
            assert writer.code("ABOR") == 426
        else:
            assert writer.reply()[0] == 426
        assert writer.reply()[0] == 226
    assert writer.get("RETR pub/hello.txt") == (226, b"hello\n")


def test_octets_of_telnet_in_names(site, writer):
    """0xff travels doubled, both ways."""
    writer.send(b"MKD up/a\xff\xffb\r\n")
    assert writer.file.readline() == b'257 "/up/a\xff\xffb" created\r\n'
    assert [p.name.encode("utf-8", "surrogateescape") for p in
            (site.root / "up").iterdir()] == [b"a\xffb"]


def test_lftp_probes(writer):
    """Unknown ones are answered, and nothing else happens."""
    talk(writer, ("CLNT lftp/4.9", "500 "), ("HOST example.com", "500 "),
         ("PRET STOR x", "500 "), ("LANG en", "500 "), ("XCRC x", "500 "),
         ("OPTS MLST type;size;modify;", "200 MLST OPTS type;size;modify;"),
         ("OPTS UTF-8", "501 "), ("SITE FOO", "500 "), ("SMNT /", "502 "),
         ("NOOP", "200 "))


def test_curl_quits_at_once(site):
    """QUIT without waiting for the end of a login or of a listing."""
    with site.control("writer") as c:
        with c.data() as d:
            c.send(b"LIST pub\r\nQUIT\r\n")
            assert b"hello.txt" in net.read_all(d)
        assert [c.reply()[0] for _ in range(4)] == [150, 226, 221, 0]


def test_eprt_then_pasv(writer):
    """One takes the other's place."""
    with active(writer, "EPRT"):
        assert b"hello.txt" in fetch(writer, passive(writer), "NLST pub")
    passive(writer).close()
    with active(writer) as ear:
        writer.send(b"NLST pub\r\n")
        assert writer.reply()[0] == 150
        with ear.accept()[0] as d:
            assert b"hello.txt" in net.read_all(d)
        assert writer.reply()[0] == 226
    assert writer.code("NLST pub") == 425
