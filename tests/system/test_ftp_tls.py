"""FTP over TLS: RFC 4217, with the clients people have.
Contract: ftp.md findings 1-6, 5.5."""

import contextlib
import ftplib
import io
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import types

import pytest

import ftp
import net
import wherry

WRITER = f"writer:{ftp.PASSWORDS['writer']}"
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


KINDS = {"alone": ftp.Site, "processes": ftp.RootSite}


@pytest.fixture(autouse=True, params=KINDS)
def kind(request, fleet):
    """One process for all, or one for each session."""
    if request.param == "processes" and os.geteuid() != 0:
        pytest.skip("processes are for root")
    fleet.kind = KINDS[request.param]
    return request.param


def make_site(fleet, **options):
    return fleet.kind(fleet, ssl_enable="YES",
                      rsa_cert_file=f"{fleet.folder}/cert.pem",
                      **{"allow_anon_ssl": "YES", **options})


@pytest.fixture
def site(fleet):
    return make_site(fleet)


def run(*command, code=0, **more):
    result = subprocess.run([str(word) for word in command],
                            capture_output=True, check=False,
                            timeout=20 * wherry.PATIENCE, **more)
    assert result.returncode == code, (result.stdout[-2000:],
                                       result.stderr[-2000:])
    return result.stdout


def curl(*words, **more):
    return run(wherry.peer("curl"), "-sS", "-k", *words, **more)


def context(version=None):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    if version:
        made.minimum_version = made.maximum_version = VERSIONS[version]
    return made


class Client(ftplib.FTP_TLS):
    """ftplib's, that resumes the session of whom it is told."""

    def __init__(self, site, version=None, user="writer", resume=None):
        super().__init__(context=context(version),
                         timeout=20 * wherry.PATIENCE)
        self.resume = resume
        self.connect("127.0.0.1", site.port)
        if user:
            self.login(user, ftp.PASSWORDS.get(user, "me@"))
            self.prot_p()

    def ntransfercmd(self, cmd, rest=None):
        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        session = self.resume.sock.session if self.resume else None
        return self.context.wrap_socket(conn, session=session), size

    def put(self, name, data):
        return self.storbinary(f"STOR {name}", io.BytesIO(data))

    def get(self, name):
        got = io.BytesIO()
        self.retrbinary(f"RETR {name}", got.write)
        return got.getvalue()


# ---- Clients

@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_curl(site, tmp_path, seeded, version):
    data = seeded.randbytes(3_000_000)
    (tmp_path / "data").write_bytes(data)
    url = f"ftp://127.0.0.1:{site.port}"
    words = ["-u", WRITER, "--ssl-reqd", f"--tlsv{version}",
             "--tls-max", version]
    curl(*words, "-T", tmp_path / "data", f"{url}/up/data")
    assert (site.root / "up" / "data").read_bytes() == data
    assert curl(*words, f"{url}/up/data") == data
    assert b"hello.txt" in curl(*words, f"{url}/pub/")
    assert curl(*words, f"{url}/pub/empty") == b""
    # Without TLS nobody logs in.
    curl("-u", WRITER, f"{url}/pub/hello.txt", code=67)


def test_implicit(fleet, tmp_path):
    port = wherry.free_port()
    site = make_site(fleet, implicit_listen_port=port)
    url = f"ftps://127.0.0.1:{port}"
    (tmp_path / "x").write_bytes(b"x" * 100_000)
    assert curl("-u", WRITER, f"{url}/pub/hello.txt") == b"hello\n"
    curl("-u", WRITER, "-T", tmp_path / "x", f"{url}/up/x")
    assert (site.root / "up" / "x").read_bytes() == b"x" * 100_000
    with site.control() as c:
        assert c.code("AUTH TLS") == 234


def test_lftp(fleet, tmp_path, seeded):
    """Which resumes the session: data must be of it."""
    site = make_site(fleet, require_ssl_reuse="YES")
    data = seeded.randbytes(500_000)
    (tmp_path / "data").write_bytes(data)
    run(wherry.peer("lftp"), "-c", f"""
        set ssl:verify-certificate no
        set ftp:ssl-force yes
        set ftp:ssl-protect-data yes
        set ftp:ssl-copy-sid yes
        set net:max-retries 1
        open -u writer,"{ftp.PASSWORDS['writer']}" 127.0.0.1:{site.port}
        put -O up {tmp_path}/data
        get up/data -o {tmp_path}/back
        mirror pub {tmp_path}/pub
        """)
    assert (site.root / "up" / "data").read_bytes() == data
    assert (tmp_path / "back").read_bytes() == data
    assert (tmp_path / "pub" / "hello.txt").read_text() == "hello\n"


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_ftplib(site, seeded, version):
    """unwrap() waits for our close_notify, both ways."""
    data = seeded.randbytes(1_000_000)
    with Client(site, version) as c:
        assert "AUTH TLS" in c.sendcmd("FEAT")
        assert c.put("up/data", data).startswith("226")
        assert c.get("up/data") == data
        assert c.put("up/none", b"").startswith("226")
        assert c.get("pub/hello.txt") == b"hello\n"
        assert "pub/hello.txt" in c.nlst("pub")
        c.set_pasv(False)
        assert c.get("up/data") == data
        assert c.sendcmd("STAT pub").startswith("213")


# ---- What is refused

def test_before(site):
    """Words and their order, in the clear."""
    with site.control() as c:
        assert " AUTH TLS\r\n" in c("FEAT")[1]
        assert c.code("PBSZ 0") == 503
        assert c.code("PROT P") == 503
        assert c.code("AUTH KERBEROS") == 504
        assert c.code("USER writer") == 530
        assert c.reply()[0] == 0


def test_nothing_comes_along(site):
    """CVE-2011-0411: a line behind AUTH is not one said by TLS."""
    with site.control() as c:
        c.send(b"AUTH TLS\r\nUSER anonymous\r\n")
        assert c.reply()[0] == 0
    with site.control() as c:
        assert c.code("AUTH TLS") == 234
        c.send(b"USER anonymous\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert b"331" not in net.read_all(c.socket)


def test_data_in_the_clear(site):
    with Client(site, user=None) as c:
        c.login("writer", ftp.PASSWORDS["writer"])
        c.sendcmd("TYPE I")
        c.makepasv()
        with pytest.raises(ftplib.error_perm, match="522"):
            c.voidcmd("RETR pub/hello.txt")
        assert c.sendcmd("PBSZ 0").startswith("200")
        for level, answer in [("S", "536"), ("X", "504"), ("C", "534")]:
            with pytest.raises(ftplib.error_perm, match=answer):
                c.sendcmd(f"PROT {level}")
        c.prot_p()
        assert c.get("pub/hello.txt") == b"hello\n"


def test_anonymous(fleet):
    site = make_site(fleet, allow_anon_ssl="NO")
    with Client(site, user=None) as c, \
            pytest.raises(ftplib.error_perm, match="530"):
        c.login()
    with site.control("anonymous") as c:
        assert c.get("RETR pub/hello.txt") == (226, b"hello\n")


def test_other_protocol(site):
    """ALPACA: who speaks HTTP is turned away in the handshake."""
    with contextlib.closing(socket.create_connection(
            ("127.0.0.1", site.port), 20 * wherry.PATIENCE)) as s:
        s.recv(1000)
        s.sendall(b"AUTH TLS\r\n")
        assert s.recv(1000).startswith(b"234")
        c = context()
        c.set_alpn_protocols(["http/1.1"])
        with pytest.raises(ssl.SSLError):
            c.wrap_socket(s)


# ---- The session of another

def refused(c):
    """In TLS 1.3 the client has done with it before we have."""
    with pytest.raises((OSError, EOFError, ftplib.Error)):
        c.get("pub/hello.txt")
    if not c.lastresp.startswith("522"):
        with pytest.raises(ftplib.error_perm, match="522"):
            c.voidresp()


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_reuse(fleet, version):
    """Data must resume the session of its control connection, no other."""
    site = make_site(fleet, require_ssl_reuse="YES")
    with Client(site, version) as c, Client(site, version, None) as other:
        other.context = c.context
        other.auth()
        other.sendcmd("NOOP")
        c.sendcmd("NOOP")
        for resume in (None, other):
            c.resume = resume
            refused(c)
        c.resume = c
        assert c.get("pub/hello.txt") == b"hello\n"
        assert c.put("up/x", b"y" * 100_000).startswith("226")
        assert (site.root / "up" / "x").stat().st_size == 100_000


def test_reuse_once_shown(site):
    """Not said: who has resumed once has to go on so."""
    with Client(site) as c:
        for _ in range(2):
            assert c.get("pub/hello.txt") == b"hello\n"
        c.resume = c
        assert c.get("pub/hello.txt") == b"hello\n"
        c.resume = None
        refused(c)
    site.daemon.expect("its data does not resume its TLS session")
    assert site.daemon.text().count("does not resume") == 1


# ---- The end of a file

@pytest.mark.parametrize("strict", ["YES", "NO"])
def test_cut_upload(fleet, strict):
    """An end without close_notify is not the end of the file."""
    site = make_site(fleet, strict_ssl_read_eof=strict)
    with Client(site) as c:
        data, _ = c.ntransfercmd("STOR up/cut")
        data.sendall(b"x" * 10_000)
        data.shutdown(socket.SHUT_WR)
        if strict == "NO":
            assert c.voidresp().startswith("226")
        else:
            with pytest.raises(ftplib.error_temp, match="426"):
                c.voidresp()
        data.close()


def test_silent_handshake(fleet):
    """Who connects and says nothing does not wait for ever."""
    site = make_site(fleet, data_connection_timeout="1",
                     require_ssl_reuse="NO")
    with Client(site) as c:
        conn, _ = ftplib.FTP.ntransfercmd(c, "RETR pub/hello.txt")
        with pytest.raises(ftplib.error_temp, match="421"):
            c.voidresp()
        conn.close()


# ---- The certificate

# ---- Back to plain text

@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_clear_commands(fleet, seeded, version):
    """CCC: close_notify both ways, commands without TLS, data with it."""
    site = make_site(fleet, ccc_enable="YES", require_ssl_reuse="YES")
    data = seeded.randbytes(300_000)
    c = Client(site, version)
    c.resume = c
    assert " CCC" in c.sendcmd("FEAT").splitlines()
    c.put("up/before", data)
    session = c.sock.session
    c.resume = None
    assert c.ccc().startswith("200")
    assert c.sock.version() is None
    assert c.sendcmd("NOOP").startswith("200")
    assert c.sendcmd("PWD").startswith("257")
    for verb in "CCC", "AUTH TLS":
        with pytest.raises(ftplib.error_perm, match="503"):
            c.sendcmd(verb)
    refused(c)
    c.resume = types.SimpleNamespace(sock=types.SimpleNamespace(session=session))
    c.put("up/after", data)
    assert c.get("up/before") == data
    c.quit()
    assert (site.root / "up" / "after").read_bytes() == data


@pytest.mark.parametrize("mode", ["active", "passive"])
def test_clear_commands_with_curl(fleet, mode):
    """Passive: curl says no close_notify of its own, it just goes on."""
    site = make_site(fleet, ccc_enable="YES")
    url = f"ftp://127.0.0.1:{site.port}/pub/hello.txt"
    assert curl("-u", WRITER, "--ssl-reqd", "--ftp-ssl-ccc",
                "--ftp-ssl-ccc-mode", mode, url) == b"hello\n"


def test_clear_commands_not_asked_for(site):
    c = Client(site)
    assert "CCC" not in c.sendcmd("FEAT")
    with pytest.raises(ftplib.error_perm, match="534"):
        c.sendcmd("CCC")
    assert c.get("pub/hello.txt") == b"hello\n"
    with site.control("anonymous") as plain:
        assert plain.code("CCC") == 503


def test_nothing_follows_ccc(fleet):
    """What came behind it in TLS would be served as if it had come without."""
    site = make_site(fleet, ccc_enable="YES")
    c = Client(site)
    c.sock.sendall(b"CCC\r\nDELE up/x\r\n")
    assert c.sock.recv(100) == b""


def test_cut_before_close_notify(fleet):
    site = make_site(fleet, ccc_enable="YES")
    c = Client(site)
    assert c.sendcmd("CCC").startswith("200")
    c.sock.shutdown(socket.SHUT_WR)
    while c.sock.recv(100):                 # close_notify, then the end
        pass
    with site.control() as other:
        assert other.code("NOOP") == 200


@pytest.mark.parametrize("login", [False, True])
def test_begins_again(site, kind, login):
    """REIN ends TLS (RFC 4217 11); AUTH and all that follows is as new."""
    c = Client(site, user="writer" if login else None)
    if not login:
        c.auth()
    if login and kind == "processes":
        with pytest.raises(ftplib.error_perm, match="502"):
            c.sendcmd("REIN")
        return
    assert c.sendcmd("REIN").startswith("220")
    c.sock = socket.socket(fileno=c.sock.unwrap().detach())
    c.sock.settimeout(20 * wherry.PATIENCE)
    c.file = c.sock.makefile("r", encoding="utf-8")
    with pytest.raises(ftplib.error_perm, match="530"):
        c.sendcmd("PWD")
    c.login("writer", ftp.PASSWORDS["writer"])
    c.prot_p()
    assert c.get("pub/hello.txt") == b"hello\n"


def fingerprint(path):
    shown = run(wherry.peer("openssl"), "x509", "-in", path, "-noout",
                "-fingerprint", "-sha256").decode()
    return shown.strip().split("=")[1].lower()


def test_certificate(fleet, site):
    """Made once, its fingerprint in the log; read again at SIGHUP."""
    path = pathlib.Path(f"{fleet.folder}/cert.pem")
    assert path.stat().st_mode & 0o777 == 0o600
    first = fingerprint(path)
    site.daemon.expect(first)
    with Client(site, "1.3") as old:
        run(wherry.peer("openssl"), "req", "-x509", "-newkey", "rsa:4096",
            "-nodes", "-subj", "/CN=other", "-days", "30", "-keyout", path,
            "-out", f"{path}.new")
        with path.open("a", encoding="ascii") as f:
            f.write(pathlib.Path(f"{path}.new").read_text("ascii"))
        second = fingerprint(path)
        site.daemon.process.send_signal(signal.SIGHUP)
        site.daemon.expect(second)
        # A long RSA key, with both versions: data that resume, and not.
        for version in VERSIONS:
            with Client(site, version) as c:
                assert c.sock.version() == f"TLSv{version}"
                made = ssl.DER_cert_to_PEM_cert(c.sock.getpeercert(True))
                assert made.strip() in path.read_text("ascii")
                assert c.get("pub/hello.txt") == b"hello\n"
                c.resume = c
                c.put("up/x", bytes(200_000))
                assert c.get("up/x") == bytes(200_000)
        # Who was there goes on with the one before.
        assert old.get("pub/hello.txt") == b"hello\n"


@pytest.mark.parametrize("key", [
    ("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"), ("rsa:2048",)],
    ids=["ec", "rsa"])
def test_client_certificates(fleet, tmp_path, key):
    """validate_cert: only whom the authority knows, one after the other."""
    for name in ("known", "stranger"):
        run(wherry.peer("openssl"), "req", "-x509", "-newkey", *key, "-nodes",
            "-subj", f"/CN={name}", "-days", "30", "-keyout", tmp_path / name,
            "-out", tmp_path / f"{name}.pem")
    site = make_site(fleet, require_cert="YES", validate_cert="YES",
                     ca_certs_file=tmp_path / "known.pem")
    words = ["-u", WRITER, "--ssl-reqd",
             f"ftp://127.0.0.1:{site.port}/pub/hello.txt"]

    def fails(*more):
        made = subprocess.run([wherry.peer("curl"), "-sS", "-k", *more,
                               *words], capture_output=True, check=False,
                              timeout=20 * wherry.PATIENCE)
        return made.returncode != 0

    assert fails()
    assert fails("-E", tmp_path / "stranger.pem", "--key",
                 tmp_path / "stranger")
    for _ in range(2):
        assert curl("-E", tmp_path / "known.pem", "--key", tmp_path / "known",
                    *words) == b"hello\n"


@pytest.mark.parametrize("kind", ["processes"], indirect=True)
def test_who_logs_in(fleet, kind):
    """The process of a user is his, whatever it was handed; a wrong password
    before it costs nothing; commands in one record are all served."""
    site = make_site(fleet)
    with Client(site, user=None) as c:
        c.auth()
        for _ in range(2):
            with pytest.raises(ftplib.error_perm, match="530"):
                c.login("writer", "wrong")
        before, = site.sessions()
        c.sock.sendall(f"USER writer\r\nPASS {ftp.PASSWORDS['writer']}\r\n"
                       "PBSZ 0\r\nPROT P\r\nNOOP\r\n".encode())
        codes = [c.getresp()[:3] for _ in range(5)]
        assert codes == ["331", "230", "200", "200", "200"]
        after, = site.sessions()
        assert after != before
        c._prot_p = True
        assert c.get("pub/hello.txt") == b"hello\n"


def test_login_without_tls(fleet):
    with make_site(fleet).control() as c:
        assert c.code("USER writer") == 530
