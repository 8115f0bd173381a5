"""Lists of servers (SIP008) that sslocal fetches by HTTPS."""

import http.server
import json
import os
import pathlib
import signal
import ssl
import subprocess
import threading

import pytest

import net
import wherry


host = pytest.mark.host


def openssl(folder, *args):
    subprocess.run(["openssl", *map(str, args)], cwd=folder, check=True,
                   capture_output=True, timeout=60)


KEYS = {"ec": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        "rsa": ["-newkey", "rsa:2048"]}


@pytest.fixture(scope="module", name="ca")
def fixture_ca(tmp_path_factory):
    """An authority, and what it signed: of each kind, old, early, for another
    name; and one that it did not sign."""
    folder = tmp_path_factory.mktemp("ca")
    openssl(folder, "req", "-x509", "-nodes", "-days", 30, "-subj", "/CN=ca",
            *KEYS["ec"], "-keyout", "ca.key", "-out", "ca.pem")
    openssl(folder, "req", "-x509", "-nodes", "-days", 30, "-subj", "/CN=ca2",
            *KEYS["ec"], "-keyout", "ca2.key", "-out", "ca2.pem")
    for name, key, host, by, when in [
            ("ec", "ec", "localhost", "ca", []),
            ("rsa", "rsa", "localhost", "ca", []),
            ("other", "ec", "example.org", "ca", []),
            ("stranger", "ec", "localhost", "ca2", []),
            ("old", "ec", "localhost", "ca", ["-days", "-1"])]:
        openssl(folder, "req", "-nodes", "-subj", f"/CN={host}", *KEYS[key],
                "-keyout", f"{name}.key", "-out", f"{name}.csr")
        ext = folder / f"{name}.ext"
        ext.write_text(f"subjectAltName=DNS:{host}\n")
        openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA",
                f"{by}.pem", "-CAkey", f"{by}.key", "-CAcreateserial",
                "-out", f"{name}.pem", "-extfile", ext,
                *(when or ["-days", 10]))
    return folder


class Web:
    """A server of documents: path to what is said, or a function of it."""

    def __init__(self, ca, cert):
        web = self
        self.pages = {}
        self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                web.asked.append(self.path)
                page = web.pages.get(self.path)
                if page is None:
                    self.send_error(404)
                elif callable(page):
                    page(self)
                else:
                    body = page.encode()
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.httpd.server_port
        if cert:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(ca / f"{cert}.pem", ca / f"{cert}.key")
            self.httpd.socket = context.wrap_socket(
                self.httpd.socket, server_side=True,
                do_handshake_on_connect=False)
        threading.Thread(target=self.httpd.serve_forever,
                         daemon=True).start()

    def url(self, path="/list", scheme="https"):
        return f"{scheme}://localhost:{self.port}{path}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.httpd.shutdown()
        self.httpd.server_close()


def listing(*servers, **more):
    return json.dumps({"version": 1, "servers": [
        {"id": "0", "remarks": s.get("remarks", "r"), "server": "127.0.0.1",
         **s} for s in servers], "bytes_used": 1, **more})


def server_of(p, method="aes-256-gcm"):
    return {"server_port": p.port, "method": method,
            "password": wherry.password(method)}


def local_of(fleet, web, ca, url=None, wait=True, **online):
    port = wherry.free_port()
    path = fleet.folder / f"local{port}.json"
    path.write_text(json.dumps({
        "local_address": "127.0.0.1", "local_port": port,
        "online_config": {k: v for k, v in {
            "config_url": url or web.url(), "ca_file": str(ca / "ca.pem"),
            **online}.items() if v is not None}}))
    p = fleet.wherry("sslocal", "-c", str(path), "-v", *wherry.SANDBOX)
    p.port = port
    return p.listens(port) if wait else p


def echoed(local, target):
    with net.connect(local.port, "127.0.0.1", target.port) as s:
        s.sendall(b"words")
        return net.read_exactly(s, 5) == b"words"


@pytest.mark.parametrize("cert", ["ec", "rsa"])
def test_fetched(fleet, ca, cert):
    server = fleet.server()
    with Web(ca, cert) as web, net.Target(net.echo) as target:
        web.pages["/list"] = listing(server_of(server))
        local = local_of(fleet, web, ca)
        local.expect("there are 1 servers now", 10)
        assert echoed(local, target)


@host
def test_what_cannot_be_used_is_left_out(fleet, ca):
    server = fleet.server()
    good = server_of(server)
    with Web(ca, "ec") as web, net.Target(net.echo) as target:
        web.pages["/list"] = listing(
            {**good, "method": "rot13", "remarks": "odd"},
            {**good, "plugin": "obfs", "remarks": "plugged"},
            {**good, "method": "2022-blake3-aes-128-gcm", "remarks": "short"},
            {**good, "server": "a b", "remarks": "nowhere"}, good)
        local = local_of(fleet, web, ca)
        local.expect("there are 1 servers now", 10)
        for name in ("odd", "plugged", "short", "nowhere"):
            assert f"{name} is left out" in local.text()
        assert echoed(local, target)


@host
def test_led_on(fleet, ca):
    """To a path, to a whole address, in chunks, until the end: all bounded."""
    server = fleet.server()
    text = listing(server_of(server)).encode()

    def to(where):
        def page(h):
            h.send_response(302)
            h.send_header("Location", where)
            h.send_header("Content-Length", "0")
            h.end_headers()
        return page

    def chunks(h):
        h.send_response(200)
        h.send_header("Transfer-Encoding", "chunked")
        h.end_headers()
        for i in range(0, len(text), 7):
            part = text[i:i + 7]
            h.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        h.wfile.write(b"0\r\n\r\n")

    with Web(ca, "ec") as web, net.Target(net.echo) as target:
        web.pages = {"/list": to("/a?b"), "/a?b": to(web.url("/chunks")),
                     "/chunks": chunks}
        local = local_of(fleet, web, ca)
        local.expect("there are 1 servers now", 10)
        assert echoed(local, target)
        assert web.asked == ["/list", "/a?b", "/chunks"]
        web.pages["/round"] = to("/round")
        assert "leads on to nowhere" in said(fleet, web, ca, "/round")
        assert web.asked.count("/round") == 5
        web.pages["/down"] = to(web.url("/list", "http"))
        assert "leads on to http:" in said(fleet, web, ca, "/down")


def said(fleet, web, ca, path, **online):
    local = local_of(fleet, web, ca, web.url(path), **online)
    local.expect("online_config: ", 10)
    assert local.process.poll() is None
    return local.text()


def cut(h):
    h.send_response(200)
    h.send_header("Content-Length", "1000")
    h.end_headers()
    h.wfile.write(b'{"version": 1')
    h.close_connection = True


@host
@pytest.mark.parametrize("page, words", [
    (None, "says 404"), ("", "empty"), ("no JSON", "list of servers:1"),
    ('{"version": 2, "servers": []}', "version"),
    ('{"version": 1, "servers": []}', "none that can be used"),
    (" " * 70000, "too long"), (cut, "cut off")])
def test_bad_answers(fleet, ca, page, words):
    with Web(ca, "ec") as web:
        if page is not None:
            web.pages["/list"] = page
        assert words in said(fleet, web, ca, "/list")


@host
@pytest.mark.parametrize("cert, words", [
    ("other", "another server's"), ("stranger", "signed by nobody"),
    ("old", "is this clock right?"), (None, "TLS failed")])
def test_bad_certificates(fleet, ca, cert, words):
    with Web(ca, cert) as web:
        web.pages["/list"] = listing()
        assert words in said(fleet, web, ca, "/list")
        assert web.asked == []


BUNDLE = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")


def test_long_file(fleet, ca):
    """A system's: whoever is in it is believed, wherever, from then on."""
    theirs = BUNDLE.read_text(encoding="utf-8")
    assert len(theirs) > 100000
    end = "-----END CERTIFICATE-----\n"
    half = theirs.index(end, len(theirs) // 2) + len(end)
    path = fleet.folder / "bundle.pem"
    path.write_text(theirs, encoding="utf-8")
    server = fleet.server()
    with Web(ca, "rsa") as web, net.Target(net.echo) as target:
        web.pages["/list"] = listing(server_of(server))
        local = local_of(fleet, web, ca, ca_file=str(path))
        local.expect("signed by nobody in ca_file", 10)
        assert web.asked == []
        ours = (ca / "ca.pem").read_text(encoding="ascii")
        path.write_text("# those of a system\n" + theirs[:half] +
                        "\nours, once more damaged:\n" +
                        ours.replace("A", "B") + ours + theirs[half:],
                        encoding="utf-8")
        os.kill(local.pid, signal.SIGHUP)
        local.expect("there are 1 servers now", 10)
        assert echoed(local, target)


@host
def test_file_of_the_system(fleet, ca):
    """Where none is named."""
    with Web(ca, "ec") as web:
        assert "signed by nobody in ca_file" in said(fleet, web, ca, "/list",
                                                     ca_file=None)
        assert web.asked == []


@host
@pytest.mark.parametrize("online, words", [
    ({"config_url": "http://localhost/x"}, "allow_http"),
    ({"config_url": "ftp://localhost/x"}, "no address"),
    ({"config_url": "https://h/", "ca_file": "/nonexistent"}, "ca_file"),
    ({"config_url": "https://h/", "ca_file": os.devnull}, "ca_file"),
    ({"config_url": "https://h/", "ca_file": "/usr/bin/python3"},
     "no certificates")])
def test_refused_at_the_start(fleet, online, words):
    path = fleet.folder / "bad.json"
    path.write_text(json.dumps({"local_port": wherry.free_port(),
                                "online_config": online}))
    result = wherry.run("sslocal", "-c", path)
    assert result.returncode == 1
    assert words in result.stderr


@host
def test_plain_where_it_is_asked_for(fleet, ca):
    server = fleet.server()
    with Web(ca, None) as web, net.Target(net.echo) as target:
        web.pages["/list"] = listing(server_of(server))
        local = local_of(fleet, web, ca, web.url(scheme="http"),
                         allow_http=True)
        local.expect("there are 1 servers now", 10)
        assert echoed(local, target)


@host
def test_kept_on_the_disk(fleet, ca):
    """The web server is gone at the next start: the last good list serves, and
    what serves already goes on; only its owner can read the file."""
    server = fleet.server()
    cache = fleet.folder / "list"
    with Web(ca, "ec") as web, net.Target(net.echo) as target:
        web.pages["/list"] = listing(server_of(server))
        local = local_of(fleet, web, ca, cache_file=str(cache))
        local.expect("there are 1 servers now", 10)
        wherry.wait_for("the file", 10, cache.exists)
        assert cache.stat().st_mode & 0o777 == 0o600
        assert json.loads(cache.read_text()) == \
            json.loads(web.pages["/list"])
        local.stop()
        web.pages["/list"] = "broken"
        local = local_of(fleet, web, ca, cache_file=str(cache))
        assert echoed(local, target)
        local.expect("online_config: list of servers:1", 10)
        assert echoed(local, target)
        assert json.loads(cache.read_text())["version"] == 1


@host
def test_another_list(fleet, ca):
    """What is connected goes on through the server that left the list; a bad
    list changes nothing. SIGHUP looks at once."""
    servers = [fleet.server(), fleet.server()]
    with Web(ca, "ec") as web, net.Target(net.echo) as target:
        web.pages["/list"] = listing(server_of(servers[0]))
        local = local_of(fleet, web, ca)
        local.expect("there are 1 servers now", 10)
        with net.connect(local.port, "127.0.0.1", target.port) as old:
            for page, words in [
                    ("broken", "online_config: list of servers:1"),
                    (listing(server_of(servers[1]), server_of(servers[1])),
                     "there are 2 servers now")]:
                web.pages["/list"] = page
                os.kill(local.pid, signal.SIGHUP)
                local.expect(words, 10)
                assert echoed(local, target)
            old.sendall(b"still")
            assert net.read_exactly(old, 5) == b"still"
        with net.connect(local.port, "127.0.0.1", target.port) as old:
            web.pages["/list"] = listing(server_of(servers[1]))
            os.kill(local.pid, signal.SIGHUP)
            wherry.wait_for("the shorter list", 10, lambda: local.text().count(
                "there are 1 servers now") == 2)
            old.sendall(b"still")
            assert net.read_exactly(old, 5) == b"still"


@host
def test_flags(fleet, ca):
    """By rust's names and by ours."""
    server = fleet.server()
    with Web(ca, "ec") as web, net.Target(net.echo) as target:
        web.pages["/list"] = listing(server_of(server))
        port = wherry.free_port()
        local = fleet.wherry(
            "sslocal", "-b", "127.0.0.1", "-l", str(port), "-v",
            "--online-config-url", web.url(),
            "--online-config-update-interval", "60",
            "--online-config-ca-file", str(ca / "ca.pem"))
        local.port = port
        local.listens(port).expect("there are 1 servers now", 10)
        assert echoed(local, target)
