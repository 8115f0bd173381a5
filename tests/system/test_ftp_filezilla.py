"""What FileZilla 3 says and does, as a transcript: it offers its own ALPN name
before "ftp", resumes the session of its control connection for data, closes with
close_notify, and reads a listing by MLSD. Contract: ftp.md 5.5, 5.6."""

import contextlib
import re
import socket
import ssl

import pytest

import ftp
import wherry


class Zilla(ftp.Control):
    """A control connection that becomes TLS, and data that resume it."""

    def __init__(self, site, version):
        super().__init__(site.port)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE
        self.context.set_alpn_protocols(["x-filezilla-ftp", "ftp"])
        self.context.minimum_version = self.context.maximum_version = version
        assert self.code("AUTH TLS") == 234
        self.file.close()
        self.socket = self.context.wrap_socket(self.socket)
        self.file = self.socket.makefile("rb")

    def transfer(self, line, octets=None, rest=0):
        """(last code, octets that came): PASV, connect, then the command."""
        code, text = self("PASV")
        assert code == 227
        numbers = re.search(r"\(127,0,0,1,(\d+),(\d+)\)\.", text)
        with contextlib.ExitStack() as stack:
            data = stack.enter_context(
                socket.create_connection(
                    ("127.0.0.1", int(numbers[1]) * 256 + int(numbers[2])),
                    20 * wherry.PATIENCE))
            if rest:
                assert self.code(f"REST {rest}") == 350
            code, text = self(line)
            if code != 150:
                return code, text
            data = stack.enter_context(self.context.wrap_socket(
                data, session=self.socket.session))
            assert data.session_reused
            got = b""
            if octets is not None:
                data.sendall(octets)
            else:
                while part := data.recv(65536):
                    got += part
            # It waits for our close_notify, and complains when there is none.
            data.unwrap()
        return self.reply()[0], got

    def quiet(self, *lines):
        for line, code in lines:
            assert self.code(line) == code, line


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2,
                                     ssl.TLSVersion.TLSv1_3],
                         ids=["1.2", "1.3"])
def test_filezilla(fleet, seeded, version):
    site = ftp.Site(fleet, ssl_enable="YES", require_ssl_reuse="YES",
                    rsa_cert_file=f"{fleet.folder}/cert.pem")
    with Zilla(site, version) as c:
        assert c.socket.selected_alpn_protocol() == "ftp"
        c.quiet(("USER writer", 331),
                (f"PASS {ftp.PASSWORDS['writer']}", 230))
        assert c("SYST")[1].startswith("215 UNIX")
        features = c("FEAT")[1]
        for word in ("UTF8", "MLST ", "MFMT", "REST STREAM", "TVFS", "PBSZ",
                     "PROT", "SIZE", "MDTM"):
            assert re.search(rf"^ {word}", features, re.M), word
        c.quiet(("OPTS UTF8 ON", 200), ("PBSZ 0", 200), ("PROT P", 200),
                ("PWD", 257), ("TYPE I", 200))
        code, listing = c.transfer("MLSD")
        assert code == 226 and b"type=dir;" in listing
        # A folder that is not there, and one that is made.
        c.quiet(("CWD /up/new", 550), ("MKD /up/new", 257),
                ("CWD /up/new", 250))
        data = seeded.randbytes(200_000)
        assert c.transfer("STOR a", data)[0] == 226
        assert c.code("MFMT 20240102030405 a") == 213
        assert c("MDTM a")[1] == "213 20240102030405\r\n"
        assert c.transfer("RETR a") == (226, data)
        # It goes on where it was, both ways.
        assert c.transfer("RETR a", rest=150_000) == (226, data[150_000:])
        assert c.transfer("STOR b", data[:50_000])[0] == 226
        assert c("SIZE b")[1] == "213 50000\r\n"
        assert c.transfer("STOR b", data[50_000:], rest=50_000)[0] == 226
        assert (site.root / "up" / "new" / "b").read_bytes() == data
        # An empty file, a file that is not there, names it must see again.
        assert c.transfer("STOR empty", b"")[0] == 226
        assert c.transfer("RETR none")[0] == 550
        c.quiet(("RNFR a", 350), ("RNTO grüße", 250),
                ("SITE CHMOD 640 b", 200), ("NOOP", 200))
        code, listing = c.transfer("MLSD")
        assert code == 226
        found = {line.rpartition("; ")[2]: line
                 for line in listing.decode().splitlines()}
        assert found.keys() >= {"grüße", "b", "empty"}
        assert "size=200000;" in found["grüße"]
        assert "modify=20240102030405;" in found["grüße"]
        c.quiet(("DELE grüße", 250), ("DELE b", 250), ("DELE empty", 250),
                ("CDUP", 250), ("RMD new", 250))
        assert c.code("QUIT") == 221
    assert not any((site.root / "up").iterdir())
