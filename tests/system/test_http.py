"""sslocal as an HTTP proxy, and who may use it; tunnels beside it."""

import base64
import http.client
import http.server
import json
import socket
import subprocess
import threading

import pytest

import net
import wherry

PAGE = b"0123456789" * 5000


class Web(http.server.BaseHTTPRequestHandler):
    """Answers in the form that the path names; keeps what it was sent."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        data = b""
        while n := int(self.rfile.readline(), 16):
            data += self.rfile.read(n)
            self.rfile.readline()
        self.rfile.readline()
        return data

    def do_GET(self):
        self.server.seen.append((self.command, self.path, self.headers))
        data = self.body() if self.command == "POST" else PAGE
        self.send_response(200)
        if self.path.startswith("/chunked"):
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for at in range(0, len(data), 7000):
                part = data[at:at + 7000]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")
            return
        if not self.path.startswith("/close"):
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
        self.close_connection = True

    do_POST = do_HEAD = do_GET


@pytest.fixture
def web():
    servers = []
    for _ in range(2):
        s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
        s.daemon_threads = True
        s.seen = []
        threading.Thread(target=s.serve_forever, args=(0.05,),
                         daemon=True).start()
        servers.append(s)
    yield servers
    for s in servers:
        s.shutdown()
        s.server_close()


def configured(fleet, server_port, **more):
    """sslocal from a file."""
    port = wherry.free_port()
    path = fleet.folder / f"local{port}.json"
    path.write_text(json.dumps({
        "server": "127.0.0.1", "server_port": server_port,
        "password": "correct horse", "method": "aes-256-gcm",
        "local_port": port, **more}))
    p = fleet.wherry("sslocal", "-c", str(path))
    p.port = port
    return p.listens(port)


def at(server, path):
    return f"http://127.0.0.1:{server.server_port}{path}"


def curl(proxy, *arguments):
    return subprocess.run(
        [wherry.peer("curl"), "-sS", "--noproxy", "", "-x", proxy, *arguments],
        capture_output=True, timeout=60 * wherry.PATIENCE, check=False)


def test_curl(fleet, web, seeded):
    _, local = fleet.pair("2022-blake3-aes-128-gcm")
    proxy = f"http://127.0.0.1:{local.port}"
    for way in ([], ["-0"], ["--proxytunnel"]):
        for path in ("/", "/chunked", "/close"):
            result = curl(proxy, *way, at(web[0], path))
            assert result.stdout == PAGE, (way, path, result.stderr)
    data = fleet.folder / "data"
    data.write_bytes(seeded.randbytes(300_000))
    for more in ([], ["-H", "Transfer-Encoding: chunked"],
                 ["-H", "Expect: 100-continue"]):
        result = curl(proxy, "--data-binary", f"@{data}", *more,
                      at(web[0], "/chunked"))
        assert result.stdout == data.read_bytes(), (more, result.stderr)


def test_one_connection_for_many_hosts(fleet, web):
    """As browsers do: requests to here and there, and the connection stays."""
    _, local = fleet.pair()
    c = http.client.HTTPConnection("127.0.0.1", local.port,
                                   timeout=30 * wherry.PATIENCE)
    c.connect()
    own = c.sock.getsockname()
    for i in range(6):
        path = ("/", "/chunked")[i % 2]
        c.request("GET", at(web[i % 2], path), headers={
            "Proxy-Connection": "keep-alive", "Connection": "X-Mine",
            "X-Mine": "1", "X-Kept": "2"})
        answer = c.getresponse()
        assert answer.read() == PAGE
        assert c.sock and c.sock.getsockname() == own
    c.request("HEAD", at(web[0], "/"))
    assert c.getresponse().read() == b""
    c.request("POST", at(web[1], "/"), body=b"some words")
    assert c.getresponse().read() == b"some words"
    assert c.sock.getsockname() == own
    c.request("GET", at(web[1], "/close"))
    answer = c.getresponse()
    assert answer.getheader("Connection") == "close"
    assert answer.read() == PAGE
    _, path, headers = web[0].seen[0]
    assert path == "/"
    assert headers["Host"] == f"127.0.0.1:{web[0].server_port}"
    assert headers["X-Kept"] == "2"
    assert headers["X-Mine"] is None and headers["Proxy-Connection"] is None


def answer_to(port, octets):
    with socket.create_connection(("127.0.0.1", port),
                                  30 * wherry.PATIENCE) as s:
        s.sendall(octets)
        return net.read_all(s)


def test_what_is_refused(fleet, web):
    _, local = fleet.pair()
    get = b"GET %s HTTP/1.1\r\n" % at(web[0], "/").encode()
    for octets, status in (
            (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"400"),
            (b"GET ftp://a/ HTTP/1.1\r\n\r\n", b"400"),
            (b"CONNECT a HTTP/1.1\r\n\r\n", b"400"),
            (get + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
             b"400"),
            (get + b"A: b\r\n c\r\n\r\n", b"400"),
            (get + b"Transfer-Encoding: gzip\r\n\r\n", b"501"),
            (get + b"A: " + b"a" * 9000 + b"\r\n\r\n", b"431")):
        answer = answer_to(local.port, octets)
        assert answer.startswith(b"HTTP/1.1 " + status), (octets, answer)
        assert b"Connection: close\r\n" in answer
    assert not web[0].seen
    closed = wherry.free_port()
    gone = fleet.local(closed)
    for line in (b"GET http://127.0.0.1:9/ HTTP/1.1\r\n\r\n",
                 b"CONNECT 127.0.0.1:9 HTTP/1.1\r\n\r\n"):
        answer = answer_to(gone.port, line)
        assert answer.startswith(b"HTTP/1.1 502 "), answer


def test_bad_answers(fleet):
    """What is no answer becomes 502; one that is cut is not taken for whole."""
    answers = iter([b"hello\r\n\r\n", b"", b"HTTP/1.1 101 x\r\n\r\n",
                    b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"])

    def serve(s):
        s.recv(4096)
        s.sendall(next(answers))
    _, local = fleet.pair()
    with net.Target(serve) as target:
        line = b"GET http://127.0.0.1:%d/ HTTP/1.1\r\n\r\n" % target.port
        for _ in range(3):
            answer = answer_to(local.port, line)
            assert answer.startswith(b"HTTP/1.1 502 "), answer
        # Cut before any of it was passed on, it is no answer either.
        try:
            assert answer_to(local.port, line).startswith(b"HTTP/1.1 502 ")
        except ConnectionResetError:
            pass


def test_logins(fleet, web):
    """One table for SOCKS5 and HTTP; whoever has none is not let in."""
    server = fleet.server()
    path = fleet.folder / "users.json"
    path.write_text(json.dumps({"password": {"users": [
        {"user_name": "ann", "password": "s3cret"},
        {"user_name": "bob", "password": ""}]}}))
    for more in ({"logins": {"ann": "s3cret", "bob": ""}},
                 {"locals": [{"local_address": "127.0.0.1", "local_port": 0,
                              "socks5_auth_config_path": str(path)}]}):
        if "locals" in more:
            more["locals"][0]["local_port"] = wherry.free_port()
        local = configured(fleet, server.port, **more)
        port = more.get("locals", [{"local_port": local.port}])[0][
            "local_port"]
        local.listens(port)
        for scheme in ("http", "socks5"):
            for who, good in (("ann:s3cret@", True), ("bob:@", True),
                              ("ann:s3cre@", False), ("eve:s3cret@", False),
                              ("", False)):
                result = curl(f"{scheme}://{who}127.0.0.1:{port}", "-f",
                              at(web[0], "/"))
                assert (result.stdout == PAGE) == good, (scheme, who)
        answer = answer_to(port, b"CONNECT a.test:1 HTTP/1.1\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 407 ")
        assert b'Proxy-Authenticate: Basic realm="' in answer
        assert answer_to(port, b"\4\1\0\x50\x7f\0\0\1\0")[:2] == b"\0\x5b"
        assert answer_to(port, b"\5\1\0") == b"\5\xff"
        # A login for one protocol opens no other.
        assert answer_to(port, b"GET http://a/ HTTP/1.1\r\n\r\n"
                         b"\5\1\0\1\x7f\0\0\1\0\x50")[:12] == b"HTTP/1.1 407"


def test_basic_in_any_case(fleet, web):
    server = fleet.server()
    local = configured(fleet, server.port, logins={"a": "b:c"})
    token = base64.b64encode(b"a:b:c")
    answer = answer_to(local.port, b"GET %s HTTP/1.0\r\nproxy-authorization: "
                       b"bASIC  %s\r\n\r\n" % (at(web[0], "/").encode(),
                                               token))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert web[0].seen[0][2]["Proxy-Authorization"] is None


def test_tunnel(fleet):
    """A server that speaks first is heard, and one that does not as well."""
    def greet(s):
        s.sendall(b"220 hello\r\n")
        net.echo(s)
    server = fleet.server()
    with net.Target(greet) as target:
        local = configured(fleet, server.port, protocol="tunnel",
                           forward_address="127.0.0.1",
                           forward_port=target.port)
        with socket.create_connection(("127.0.0.1", local.port),
                                      30 * wherry.PATIENCE) as s:
            assert net.read_exactly(s, 11) == b"220 hello\r\n"
            s.sendall(b"and back")
            assert net.read_exactly(s, 8) == b"and back"
