"""make package: the same octets each time; unpacked, installed, run in a folder
that is all there is of a system, and upgraded with the configuration kept."""

import gzip
import json
import io
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tarfile

import pytest

import net
import wherry

pytestmark = [
    pytest.mark.host,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: chroot")]

# One that runs by itself, and the one whose octets are the other way round.
BOARDS = {"x86-64": None, "ath79": "qemu-mips-static"}
METHOD = "2022-blake3-aes-128-gcm"


def make(board, version, out):
    subprocess.run([sys.executable, wherry.ROOT / "toolchain/package.py",
                    board, version, "1700000000", out], check=True,
                   stdout=subprocess.DEVNULL)
    return {"deb" if p.suffix == ".deb" else p.name.rsplit(".", 2)[-2]
            if "entware" in p.name else "ipk": p
            for p in pathlib.Path(out).iterdir()}


@pytest.fixture(scope="session")
def packages(tmp_path_factory):
    """{board: {form: path}}, by the target that a maintainer calls."""
    found = {}
    for board in BOARDS:
        subprocess.run(["make", "-s", "--no-print-directory", "package",
                        f"BOARD={board}"], cwd=wherry.ROOT, check=True,
                       stdout=subprocess.DEVNULL)
        found[board] = make(board, "0.1.0", tmp_path_factory.mktemp(board))
    return found


def members(octets):
    with tarfile.open(fileobj=io.BytesIO(octets)) as archive:
        return {m.name: archive.extractfile(m).read()
                for m in archive.getmembers() if m.isfile()}


def unpack(path, tree):
    """The files of an .ipk."""
    parts = members(path.read_bytes())
    assert parts["./debian-binary"] == b"2.0\n"
    with tarfile.open(fileobj=io.BytesIO(parts["./data.tar.gz"])) as archive:
        archive.extractall(tree)
    return members(parts["./control.tar.gz"])


def test_same_octets(packages, tmp_path):
    again = make("x86-64", "0.1.0", tmp_path)
    assert set(again) == {"deb", "ipk", "entware"}
    for form, path in again.items():
        assert path.read_bytes() == packages["x86-64"][form].read_bytes()
        assert path.name == packages["x86-64"][form].name
    # No name of who made it, no time but the one that was given.
    data = members(again["ipk"].read_bytes())["./data.tar.gz"]
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for m in archive.getmembers():
            assert (m.mtime, m.uid, m.gid, m.uname) == (1700000000, 0, 0, "")


def test_control(packages):
    fields = members(members(packages["ath79"]["ipk"].read_bytes())[
        "./control.tar.gz"])
    assert b"Architecture: mips_24kc\n" in fields["./control"]
    assert fields["./conffiles"] == b"/etc/config/wherry\n"
    assert {"./postinst", "./prerm"} < set(fields)


@pytest.mark.parametrize("board", BOARDS)
def test_alone_in_a_folder(fleet, packages, tmp_path, board):
    """The program as it came out of the package, with nothing else there."""
    tree = tmp_path / "tree"
    unpack(packages[board]["ipk"], tree)
    emulator = []
    if BOARDS[board]:
        wherry.peer(BOARDS[board])
        shutil.copy(shutil.which(BOARDS[board]), tree / "emulator")
        emulator = ["/emulator"]
    port = wherry.free_port()
    with net.Target(net.echo) as target:
        (tree / "etc/server.json").write_text(json.dumps({
            "server": "127.0.0.1", "server_port": port, "method": METHOD,
            "password": wherry.password(METHOD), "forbidden_ip": "",
            "sandbox": "off"}), encoding="ascii")
        server = fleet.start(["chroot", tree, *emulator, "/usr/bin/wherry",
                              "ssserver", "-c", "/etc/server.json"])
        server.expect("starting server at")
        local = fleet.local(port, METHOD, wherry.password(METHOD))
        with net.connect(local.port, "127.0.0.1", target.port) as s:
            s.sendall(b"hello")
            assert net.read_exactly(s, 5) == b"hello"


# What OpenWrt's own files would do, told instead.
RC_COMMON = """
for f in open_instance set_param close_instance add_reload_trigger \\
		send_signal; do
	eval "procd_$f() { echo $f \"\\$@\"; }"
done
procd_running() { [ -f /running ]; }
logger() { cat; }
start() { start_service; }
reload() { reload_service; }
script=$1
. "$script"
"$2"
"""


def test_openwrt(packages, tmp_path):
    """The init script, by the shell that routers have."""
    tree = tmp_path / "tree"
    unpack(packages["x86-64"]["ipk"], tree)
    (tree / "bin").mkdir()
    shutil.copy(wherry.peer("busybox"), tree / "bin/busybox")
    for name in ("sh", "rm", "cat", "grep"):
        (tree / "bin" / name).symlink_to("busybox")
    (tree / "tmp").mkdir()
    (tree / "etc/rc.common").write_text(RC_COMMON, encoding="ascii")

    def call(what):
        return subprocess.run(
            [shutil.which("chroot"), tree, "/bin/sh", "/etc/rc.common",
             "/etc/init.d/wherry", what], capture_output=True, text=True,
            timeout=20, env={"PATH": "/bin:/usr/bin"}, check=False)

    # As it is delivered nothing is on, and that is said.
    said = call("start")
    assert said.returncode == 1 and "no section" in said.stdout, said
    conf = tree / "etc/config/wherry"
    conf.write_text(conf.read_text().replace(
        "enabled '0'\n\toption server '0.0.0.0'",
        "enabled '1'\n\toption server '0.0.0.0'").replace(
        "password ''", f"password '{wherry.password(METHOD)}'"))
    said = call("start")
    assert said.returncode == 0, said
    assert said.stdout.splitlines() == [
        "open_instance",
        "set_param command /usr/bin/wherry run -c /etc/config/wherry --syslog",
        "set_param limits nofile=16384 16384", "set_param respawn",
        "set_param term_timeout 15", "close_instance"]
    (tree / "running").touch()
    assert call("reload").stdout == "send_signal wherry\n"
    assert call("service_triggers").stdout == "add_reload_trigger wherry\n"


def test_entware(packages, tmp_path):
    tree = tmp_path / "tree"
    unpack(packages["x86-64"]["entware"], tree)
    (tree / "bin").mkdir()
    shutil.copy(wherry.peer("busybox"), tree / "bin/busybox")
    for name in ("sh", "rm", "cat", "mkdir", "sleep"):
        (tree / "bin" / name).symlink_to("busybox")
    for name in ("dev", "proc"):
        (tree / name).mkdir()
    os.mknod(tree / "dev/null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))

    def call(what):
        """/proc is mounted for it alone, and gone with it."""
        return subprocess.run(
            [shutil.which("unshare"), "-m", "/bin/sh", "-c",
             'mount -t proc proc "$0/proc" && exec chroot "$0" /bin/sh '
             '/opt/etc/init.d/S95wherry "$1"', tree, what],
            capture_output=True, text=True, timeout=30,
            env={"PATH": "/bin:/sbin:/usr/bin:/usr/sbin"}, check=False)

    port = wherry.free_port()
    try:
        assert call("start").returncode == 1    # there is nothing in it
        (tree / "opt/etc/wherry.conf").write_text(
            f"[ssserver]\nserver = 127.0.0.1\nserver_port = {port}\n"
            f"method = {METHOD}\npassword = {wherry.password(METHOD)}\n",
            encoding="ascii")
        assert call("check").returncode == 1
        assert call("start").returncode == 0
        wherry.wait_for("the port", 5, lambda: wherry.listening(port))
        assert call("check").stdout == "wherry runs\n"
        assert call("start").stdout == "wherry runs already\n"
        assert call("reload").returncode == 0
        assert call("restart").returncode == 0
        wherry.wait_for("the port", 5, lambda: wherry.listening(port))
    finally:
        call("stop")
    assert not wherry.listening(port)


def test_debian_keeps_the_configuration(packages, tmp_path):
    root = tmp_path / "root"
    for name in ("info", "updates"):
        (root / "var/lib/dpkg" / name).mkdir(parents=True)
    (root / "var/lib/dpkg/status").touch()
    (root / "var/lib/dpkg/available").touch()
    conf = root / "etc/wherry.conf"

    def dpkg(*words):
        return subprocess.run(
            ["dpkg", f"--root={root}", "--force-script-chrootless",
             "--force-confdef", "--force-architecture", *map(str, words)],
            capture_output=True, text=True, timeout=60, check=True).stdout

    dpkg("-i", packages["x86-64"]["deb"])
    assert conf.read_bytes() == (
        wherry.ROOT / "package/wherry.conf").read_bytes()
    conf.write_text("[ftpd]\nlisten_port = 2121\n", encoding="ascii")
    newer = make("x86-64", "0.1.1", tmp_path / "newer")
    dpkg("-i", newer["deb"])
    assert conf.read_text() == "[ftpd]\nlisten_port = 2121\n"
    assert "0.1.1" in subprocess.run(
        ["dpkg-query", f"--admindir={root}/var/lib/dpkg", "-W", "wherry"],
        capture_output=True, text=True, check=True).stdout
    page = root / "usr/share/man/man8/wherry-run.8.gz"
    assert b".SH SYNOPSIS" in gzip.decompress(page.read_bytes())
    dpkg("-r", "wherry")
    assert conf.exists() and not (root / "usr/bin/wherry").exists()
    dpkg("-P", "wherry")
    assert not conf.exists()
