"""The numbers by HTTP: what Prometheus reads, and who may."""

import http.client
import os
import re
import socket
import stat

import pytest

import net
import wherry

SAMPLE = re.compile(r'(wherry_[a-z0-9_]+)(\{[a-z]+="(?:[^"\\\n]|\\["\\n])*"'
                    r'(?:,[a-z]+="(?:[^"\\\n]|\\["\\n])*")*\})? ([0-9]+)')


def exposed(port):
    """Samples by name and labels; the form of every line is checked."""
    c = http.client.HTTPConnection("127.0.0.1", port,
                                   timeout=5 * wherry.PATIENCE)
    c.request("GET", "/metrics")
    r = c.getresponse()
    assert r.status == 200
    assert r.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    text = r.read().decode()
    assert text.endswith("\n")
    samples, types = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in types and kind in ("counter", "gauge")
            types[name] = kind
        elif not line.startswith("# HELP "):
            name, labels, value = SAMPLE.fullmatch(line).groups()
            assert name == list(types)[-1]
            assert (name, labels) not in samples
            samples[name, labels] = int(value)
    return samples


def say(port, octets):
    """The first line that comes back, of anything that is said."""
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.settimeout(5 * wherry.PATIENCE)
        s.sendall(octets)
        answer = b""
        try:
            while part := s.recv(65536):
                answer += part
        except ConnectionResetError:
            pass
    return answer.split(b"\r\n")[0]


def test_numbers(fleet):
    port = wherry.free_port()
    server = fleet.server("aes-256-gcm", "no secret", "--metrics-address",
                          f"127.0.0.1:{port}")
    local = fleet.local(server.port, "aes-256-gcm", "no secret")
    with net.Target(lambda s: s.sendall(b"x" * 5000)) as target:
        s = net.connect(local.port, "127.0.0.1", target.port)
        net.read_exactly(s, 5000)
    samples = exposed(port)
    label = f'{{port="{server.port}"}}'
    assert samples["wherry_port_down_octets_total", label] == 5000
    assert samples["wherry_port_up_octets_total", label] > 30
    assert samples["wherry_port_sessions_total", label] == 1
    assert samples["wherry_ss_accepted_total", None] == 1
    assert samples["wherry_pool_peak", '{pool="ss_sessions"}'] == 1


def test_requests(fleet):
    port = wherry.free_port()
    fleet.server("aes-256-gcm", "x", "--metrics-address",
                 f"127.0.0.1:{port}")
    for octets, status in [
            (b"GET /metrics HTTP/1.0\n\n", b"200 OK"),
            (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"200 OK"),
            (b"GET /other HTTP/1.1\r\n\r\n", b"404 Not Found"),
            (b"POST /metrics HTTP/1.1\r\n\r\n", b"405 Method Not Allowed"),
            (b"\r\n\r\n", b"405 Method Not Allowed"),
            (b"GET /" + 5000 * b"a", b"400 Bad Request")]:
        assert say(port, octets) == b"HTTP/1.0 " + status, octets
    # Those who say nothing hold nobody up for long, and cost no more.
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
    assert say(port, b"GET / HTTP/1.0\r\n\r\n") == b"HTTP/1.0 200 OK"
    for s in idle:
        s.close()
    assert say(port, b"GET / HTTP/1.0\r\n\r\n") == b"HTTP/1.0 200 OK"


def test_by_path(fleet, tmp_path):
    path = str(tmp_path / "metrics.sock")
    server = fleet.server("aes-256-gcm", "x", "--metrics-address", path)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(5 * wherry.PATIENCE)
        s.connect(path)
        s.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        text = b""
        while part := s.recv(65536):
            text += part
    assert b"wherry_port_up_octets_total" in text
    server.stop()
    assert not os.path.exists(path)


@pytest.mark.parametrize("more, text", [
    (["--metrics-address", "0.0.0.0:1234"], "loopback"),
    (["--metrics-address", "127.0.0.1:x"], "metrics_address"),
    (["--metrics-address", "/etc/passwd"], "metrics_address"),
])
def test_refused(more, text):
    result = wherry.run("ssserver", "-p", wherry.free_port(), "-k", "x",
                        "-m", "aes-256-gcm", *more)
    assert result.returncode == 1 and text in result.stderr
