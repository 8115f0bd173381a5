"""wherry run: the services of one file, kept running, and ended together."""

import os
import pathlib
import re
import signal
import subprocess

import pytest

import net
import wherry

# It starts itself again, which an emulator of one program cannot follow.
pytestmark = pytest.mark.host


def write(folder, server_port, local_port, more=""):
    """A house with both ends of a tunnel in it."""
    path = pathlib.Path(folder) / "wherry.conf"
    path.write_text(f"""# Both ends.
stop_seconds = 5
[ssserver]
server = 127.0.0.1
server_port = {server_port}
password = correct horse
method = aes-256-gcm
forbidden_ip =
[sslocal home]
server = 127.0.0.1
server_port = {server_port}
local_address = 127.0.0.1
local_port = {local_port}
password = correct horse
method = aes-256-gcm
{more}""", encoding="utf-8")
    return path


class House:
    def __init__(self, fleet, tmp_path, prefix=()):
        self.folder = tmp_path
        self.server_port, self.local_port = (wherry.free_port()
                                             for _ in range(2))
        self.path = write(tmp_path, self.server_port, self.local_port)
        self.program = fleet.start([*prefix, *wherry.PREFIX, "run", "-c",
                                    self.path])
        self.program.listens(self.server_port).listens(self.local_port)

    def pids(self, service):
        """Of all starts of a service, in their order."""
        return [int(line.rsplit(None, 1)[1])
                for line in self.program.text().splitlines()
                if f" {service}: started, pid " in line]

    def relays(self):
        with net.Target(net.echo) as target:
            with net.connect(self.local_port, "127.0.0.1", target.port) as s:
                s.sendall(b"there and back")
                assert net.read_exactly(s, 14) == b"there and back"


@pytest.fixture
def house(fleet, tmp_path):
    return House(fleet, tmp_path)


def test_starts_again_what_dies(house):
    house.relays()
    first = house.pids("ssserver")[0]
    os.kill(first, signal.SIGKILL)
    house.program.expect(r"WARNING  ssserver: ended after \d+ s, again in 1 s")
    wherry.wait_for("another", 5, lambda: len(house.pids("ssserver")) == 2)
    house.program.listens(house.server_port)
    house.relays()


def test_reload_keeps_connections(house):
    ftp_port = wherry.free_port()
    with net.Target(net.echo) as target:
        with net.connect(house.local_port, "127.0.0.1", target.port) as s:
            s.sendall(b"a")
            assert net.read_exactly(s, 1) == b"a"
            write(house.folder, house.server_port, house.local_port,
                  f"[ftpd]\nlisten_address = 127.0.0.1\n"
                  f"listen_port = {ftp_port}\nanonymous_enable = YES\n"
                  f"anon_root = {house.folder}\n")
            house.program.process.send_signal(signal.SIGHUP)
            house.program.listens(ftp_port)
            house.program.expect(r"sslocal home: configuration reloaded")
            s.sendall(b"b")
            assert net.read_exactly(s, 1) == b"b"
    # A file with a mistake changes nothing, and names its line.
    ftpd = house.pids("ftpd")[0]
    house.path.write_text("[ftpd]\n[nothing]\n", encoding="utf-8")
    house.program.process.send_signal(signal.SIGHUP)
    house.program.expect(r"ERROR    not reloaded.*conf:2: \[nothing\]")
    assert wherry.alive(ftpd)
    house.relays()
    # What is no longer in the file goes.
    write(house.folder, house.server_port, house.local_port)
    house.program.process.send_signal(signal.SIGHUP)
    wherry.wait_for("the end of ftpd", 5, lambda: not wherry.alive(ftpd))
    house.relays()


def test_an_option_nobody_has_is_named(fleet, tmp_path):
    path = tmp_path / "wherry.conf"
    path.write_text("[ssserver]\nserver_prot = 1\n", encoding="utf-8")
    program = fleet.start([*wherry.PREFIX, "run", "-c", path])
    program.expect(r"ERROR    ssserver: .*wherry\.conf:2: server_prot: ")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_all_end_with_it(house, how):
    pids = house.pids("ssserver") + house.pids("sslocal home")
    assert len(pids) == 2 and all(map(wherry.alive, pids))
    house.program.stopped = True
    house.program.process.send_signal(how)
    code = house.program.process.wait(10 * wherry.PATIENCE)
    assert code == (-how if how == signal.SIGKILL else 0)
    wherry.wait_for("their end", 5, lambda: not any(map(wherry.alive, pids)))


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a PID namespace")
def test_first_process_of_a_container(fleet, tmp_path):
    """As PID 1 it takes in orphans, and signals reach it."""
    house = House(fleet, tmp_path, ["unshare", "--pid", "--fork",
                                    "--mount-proc", "--kill-child"])
    house.relays()
    outer = house.program.process.pid
    inner = int(subprocess.run(["pgrep", "-P", str(outer)], text=True,
                               check=True, capture_output=True).stdout)

    def zombies():
        out = subprocess.run(["ps", "-o", "stat=", "--ppid", str(inner)],
                             text=True, capture_output=True).stdout
        return [s for s in out.split() if s.startswith("Z")]

    # An orphan comes into the namespace, and dies there.
    subprocess.run(["nsenter", "-t", str(inner), "-p", "sh", "-c",
                    "sh -c 'sleep 0.2' & exit 0"], check=True)
    wherry.wait_for("orphans", 5, lambda: not zombies())
    os.kill(inner, signal.SIGTERM)
    house.program.stopped = True
    assert house.program.process.wait(10 * wherry.PATIENCE) == 0


def test_uci(fleet, tmp_path):
    """OpenWrt's form of the file: /etc/config/wherry."""
    server, local, other = (wherry.free_port() for _ in range(3))
    path = tmp_path / "wherry"
    path.write_text(f"""
package wherry

config globals 'main'
\toption verbose '1'

config ssserver 'both'
\tlist server '127.0.0.1'
\toption server_port '{server}'
\toption password 'correct "horse'
\toption method 'aes-256-gcm'
\toption forbidden_ip ''

config ss_local
\toption server '127.0.0.1'
\toption server_port '{server}'
\toption local_port '{local}'
\toption password 'correct "horse'
\toption method 'aes-256-gcm'

config ss_local
\toption disabled '1'
\toption local_port '{other}'
""", encoding="utf-8")
    run = fleet.start([*wherry.PREFIX, "run", "-c", path])
    run.listens(server).listens(local)
    with net.Target(net.echo) as target:
        with net.connect(local, "127.0.0.1", target.port) as s:
            s.sendall(b"there and back")
            assert net.read_exactly(s, 14) == b"there and back"
    assert "ss-local @3: started" in run.text()
    assert not wherry.listening(other)
    # A fault is named by its line.
    path.write_text(path.read_text() + "\toption nonsense 'x'\n")
    found = wherry.run("check", path)
    assert found.returncode == 0        # the section is off
    path.write_text(path.read_text().replace("'1'", "'0'"))
    found = wherry.run("check", path)
    assert found.returncode == 1
    assert re.search(r":24: nonsense: no such option", found.stderr), found
