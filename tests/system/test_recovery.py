"""What goes wrong around a router: no network yet, no resolver, another address,
a full disk, a read-only one. Programs start, say so, and go on by themselves."""

import json
import os
import shutil
import subprocess

import pytest

import net
import wherry

pytestmark = [
    pytest.mark.host,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: namespaces")]

METHOD = "2022-blake3-aes-128-gcm"
COMMON = {"server_port": 8388, "password": wherry.password(METHOD),
          "method": METHOD, "timeout": 20}

# Answers every question for an A with what is in a file, for a second; there
# are no other records.
RESOLVER = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 53))
print("resolver ready", flush=True)
while True:
    ask, who = s.recvfrom(2048)
    end = ask.index(b"\\0", 12) + 5
    is_a = ask[end - 3] == 1
    answer = b"\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\1\\0\\4" + socket.inet_aton(
        open(sys.argv[2]).read().strip()) if is_a else b""
    s.sendto(ask[:2] + b"\\x81\\x80\\0\\1\\0" + bytes([is_a]) +
             b"\\0\\0\\0\\0" + ask[12:end] + answer, who)
"""


class Place:
    """A namespace of the test's own."""

    def __init__(self, fleet, name):
        self.fleet = fleet
        self.name = f"wherry-{name}-{os.getpid()}"
        self.ip("netns", "add", self.name, inside=False)
        self.ip("link", "set", "lo", "up")

    def ip(self, *words, inside=True):
        subprocess.run(["ip", *(["-n", self.name] if inside else []),
                        *words], check=True, timeout=20)

    def command(self, *words):
        return ["ip", "netns", "exec", self.name, *map(str, words)]

    def start(self, *words, ready):
        p = self.fleet.start(self.command(*words))
        p.expect(ready)
        return p

    def close(self):
        subprocess.run(["ip", "netns", "del", self.name], check=False)


@pytest.fixture
def places(fleet):
    for name in ("ip", "curl"):
        wherry.peer(name)
    found = []
    try:
        found += [Place(fleet, name) for name in ("home", "far")]
        yield found
    finally:
        for p in found:
            p.close()


def server_at(far, tmp_path, address):
    path = tmp_path / f"{address}.json"
    path.write_text(json.dumps({**COMMON, "server": address,
                                "forbidden_ip": ""}), encoding="ascii")
    return far.start(*wherry.PREFIX, "ssserver", "-c", path, *wherry.SANDBOX,
                     ready="starting server")


def test_network_comes_and_changes(places, tmp_path):
    home, far = places
    (tmp_path / "hello").write_text("hello from afar\n", encoding="ascii")
    (tmp_path / "address").write_text("10.77.0.1\n", encoding="ascii")
    (tmp_path / "local.json").write_text(json.dumps({
        **COMMON, "server": "ss.test", "local_address": "127.0.0.1",
        "local_port": 1080, "dns_server": "10.77.0.1"}), encoding="ascii")
    local = home.start(*wherry.PREFIX, "sslocal", "-c",
                       tmp_path / "local.json", *wherry.SANDBOX,
                       ready="starting local")

    def fetches():
        return subprocess.run(
            home.command("curl", "-sS", "--max-time", "2", "--socks5-hostname",
                         "127.0.0.1:1080", "http://10.77.0.1:8080/hello"),
            capture_output=True, text=True, timeout=20,
            check=False).stdout == "hello from afar\n"

    # Nothing but its own loopback.
    assert not fetches() and local.process.poll() is None
    home.ip("link", "add", "wan", "type", "veth", "peer", "name", "wan",
            "netns", far.name)
    for place, address in ((far, "10.77.0.1/24"), (home, "10.77.0.2/24")):
        place.ip("addr", "add", address, "dev", "wan")
        place.ip("link", "set", "wan", "up")
    far.start(shutil.which("python3"), "-u", "-m", "http.server", "8080",
              "--bind", "10.77.0.1", "--directory", tmp_path,
              ready="Serving HTTP")
    server = server_at(far, tmp_path, "10.77.0.1")
    # A cable, and no resolver.
    assert not fetches()
    far.start(shutil.which("python3"), "-c", RESOLVER, "10.77.0.1",
              tmp_path / "address", ready="resolver ready")
    wherry.wait_for("the network", 20, fetches)
    # Another address from the provider.
    home.ip("addr", "del", "10.77.0.2/24", "dev", "wan")
    assert not fetches()
    home.ip("addr", "add", "10.77.0.3/24", "dev", "wan")
    wherry.wait_for("another address", 20, fetches)
    # The server's name leads elsewhere.
    server.stop()
    far.ip("addr", "add", "10.77.0.9/24", "dev", "wan")
    (tmp_path / "address").write_text("10.77.0.9\n", encoding="ascii")
    server_at(far, tmp_path, "10.77.0.9")
    wherry.wait_for("the server's other address", 20, fetches)
    # What was wrong is told, and not for each connection.
    assert 0 < local.text().count("WARNING") + local.text().count(
        "ERROR") < 30, local.text()


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=755", "tmpfs",
                    folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


def relays(local):
    with net.Target(net.echo) as target:
        with net.connect(local.port, "127.0.0.1", target.port) as s:
            s.sendall(b"x" * 1000)
            assert net.read_exactly(s, 1000) == b"x" * 1000


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_disk(fleet, small_disk, fault):
    """It starts, serves, and writes what it knows once that is possible."""
    names = [small_disk / n for n in ("state", "salts", "log")]
    state, salts, log = names

    def begin():
        server = fleet.server(
            "aes-128-gcm", "correct horse", "--state-file", state,
            "--salt-file", salts)
        return server, fleet.local(server.port, "aes-128-gcm",
                                   "correct horse")

    if fault == "full":
        with pytest.raises(OSError), open(small_disk / "big", "wb") as f:
            while True:
                f.write(b"x" * 65536)
                f.flush()
    else:
        subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    server, local = begin()
    relays(local)
    server.stop()
    for what in ("state_file", "salt_file"):
        assert server.text().count(what + " ") <= 2
    server.expect(f"state_file {state}: " + (
        "no space left" if fault == "full" else "permission denied"))
    assert not [n for n in names if n.exists() and n.stat().st_size > 0]
    # Better times.
    if fault == "full":
        (small_disk / "big").unlink()
    else:
        subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    server, local = begin()
    relays(local)
    server.stop()
    assert state.stat().st_size > 0 and salts.stat().st_size > 0


def test_log_on_a_read_only_disk(fleet, small_disk, tmp_path):
    """`wherry run` starts without its log, says so, and has it later."""
    log, port = small_disk / "log", wherry.free_port()
    conf = tmp_path / "wherry.conf"
    conf.write_text(f"""log_file = {log}
[ssserver]
server = 127.0.0.1
server_port = {port}
method = aes-256-gcm
password = x
""", encoding="ascii")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    run = fleet.start([*wherry.PREFIX, "run", "-c", conf])
    run.listens(port)
    run.expect(f"log_file {log}: permission denied")
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    os.kill(run.pid, 1)
    wherry.wait_for("the log", 5, log.exists)
    run.stop()
    assert "all have ended" in log.read_text()
