"""FTP with a process for each session: who has which rights, who dies with
whom, and accounts of the system. As root, in a tree of its own; /etc/passwd and
its like are files of the test, in a mount namespace of the server alone."""

import concurrent.futures
import os
import pathlib
import pwd
import re
import shlex
import signal
import socket
import subprocess
import time

import pytest

import ftp
import net
import wherry
from ftp import NOBODY, PASSWORDS, RootSite as Site, children
from test_ftp_tls import Client

pytestmark = pytest.mark.skipif(os.geteuid() != 0,
                                reason="it is all about root")

DAEMON = pwd.getpwnam("daemon").pw_uid

# $6$ of "secret", 1000 rounds.
HASH = ("$6$rounds=1000$wherrytests$APxWcOwv6/Q6I5ZAQ3zKd.jcwx0FkhTBHmInUm8Dj"
        "KyrhtyAcHhwL28i97HLK..zxJxfl2e5T/fqoR7r3sL03.")
MD5 = "$1$wherry$pI31e/ZN9.Joy8IkoCP390"


def status(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return dict(line.rstrip("\n").split(":\t", 1) for line in f
                    if ":\t" in line)


@pytest.fixture
def site(fleet):
    return Site(fleet)


def only(pids):
    pids = list(pids)
    assert len(pids) == 1, pids
    return pids[0]


def assert_unprivileged(pid, uid, groups):
    s = status(pid)
    assert s["Uid"].split() == [str(uid)] * 4
    assert s["Gid"].split() == [str(groups[0])] * 4
    assert sorted(map(int, s["Groups"].split())) == sorted(groups)
    for cap in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(s[cap], 16) == 0, cap
    # An emulator has no filters.
    if not wherry.EMULATED:
        assert s["Seccomp"] == "2" and s["NoNewPrivs"] == "1"
    if wherry.EMULATED:
        return
    limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
    assert re.search(r"Max processes\s+0 ", limits), limits


def test_before_login(site):
    """Nobody, in an empty directory, with no file that he may not read."""
    with site.control() as c:
        pid = only(site.sessions())
        assert_unprivileged(pid, NOBODY, [pwd.getpwnam("nobody").pw_gid])
        assert os.listdir(f"/proc/{pid}/root/") == []
        links = [os.readlink(f"/proc/{pid}/fd/{n}")
                 for n in os.listdir(f"/proc/{pid}/fd")]
        assert not any(str(site.users) in link or str(site.root) == link
                       for link in links), links
        assert c.code("QUIT") == 221
    wherry.wait_for("its end", 2, lambda: not site.sessions())


def test_after_login(site):
    """The user alone, inside his root; the process before is gone."""
    with site.control() as c:
        before = only(site.sessions())
        c.login("writer")
        pid = only(site.sessions())
        assert pid != before
        assert_unprivileged(pid, NOBODY, [pwd.getpwnam("nobody").pw_gid])
        assert os.readlink(f"/proc/{pid}/root") == str(site.root)
        assert c.put("STOR up/x", b"mine") == 226
        assert (site.root / "up" / "x").stat().st_uid == NOBODY
    assert status(site.daemon.pid)["Uid"].split()[1] == "0"


def test_commands_sent_ahead(site):
    """What came with PASS is served after the change of process."""
    with site.control() as c:
        c.send(b"USER reader\r\nPASS only reads\r\nPWD\r\nNOOP\r\nSYST\r\n")
        assert [c.reply()[0] for _ in range(5)] == [331, 230, 257, 200, 215]


def test_wrong_passwords(site):
    with site.control() as c:
        assert c.code("USER writer") == 331
        assert c.code("PASS wrong") == 530
        assert c.code("USER writer") == 331
        assert c.code("PASS " + "x" * 1000) == 530
        assert c.code("USER nobody-here") == 331
        assert c.code("PASS x") == 530
        assert c.reply()[0] == 0
    wherry.wait_for("its end", 2, lambda: not site.sessions())


@pytest.mark.host
def test_runs_as(fleet):
    """uid= and gid= of a user's line."""
    site = Site(fleet)
    with open(site.users, "a", encoding="ascii") as f:
        f.write(ftp.user_line("reader", site.root, "w").strip().replace(
            "reader", "deamon", 1) + ":uid=daemon,gid=nogroup\n")
    with site.control() as c:
        assert c.code("USER deamon") == 331
        assert c.code("PASS only reads") == 230
        assert_unprivileged(only(site.sessions()), DAEMON,
                            [pwd.getpwnam("nobody").pw_gid])


@pytest.mark.host
def test_networks(fleet):
    """net= of a user's line: from elsewhere the password is wrong."""
    site = Site(fleet, listen_address="127.0.0.1")
    line = ftp.user_line("reader", site.root, "w").strip()
    with open(site.users, "w", encoding="ascii") as f:
        f.write(line + ":net=10.0.0.0/8\n")
    with site.control() as c:
        c("USER reader")
        assert c.code("PASS only reads") == 530
    with open(site.users, "w", encoding="ascii") as f:
        f.write(line + ":net=10.0.0.0/8,net=127.0.0.0/8\n")
    site.control("reader").__exit__()


@pytest.mark.host
def test_quota(fleet):
    """552 for what is too much, whole files before and after it."""
    site = Site(fleet)
    line = ftp.user_line("writer", site.root, "w").strip()
    with open(site.users, "w", encoding="ascii") as f:
        f.write(line + ":quota=100K\n")
    with site.control("writer") as c:
        assert c.put("STOR up/a", b"x" * 60_000) == 226
        assert c.put("STOR up/b", b"x" * 60_000) == 552
        assert c.code("DELE up/a") == 250
    with site.control("writer") as c:
        # What is there, the part of "b" as well, is counted anew.
        assert c.code("DELE up/b") in (250, 550)
        assert c.put("STOR up/c", b"x" * 90_000) == 226


# ---- Who dies with whom

def test_a_session_is_killed(site):
    """It takes nothing with it."""
    with site.control("writer") as other:
        first = site.sessions()
        with site.control("writer") as c:
            mine = only(set(site.sessions()) - set(first))
            os.kill(mine, signal.SIGKILL)
            assert c.reply()[0] == 0
            wherry.wait_for("its end", 2, lambda: not wherry.alive(mine))
        with site.control() as c:
            os.kill(only(set(site.sessions()) - set(first)), signal.SIGKILL)
            assert c.reply()[0] == 0
        assert other.get("RETR pub/hello.txt") == (226, b"hello\n")
        site.control("reader").__exit__()
    wherry.wait_for("all ends", 2, lambda: not site.sessions())


def test_the_monitor_is_killed(fleet):
    """No process is left, and no half file under a final name."""
    site = Site(fleet)
    with site.control("writer") as c, site.control() as guest, c.data() as d:
        c.send(b"STOR up/new\r\n")
        assert c.reply()[0] == 150
        d.sendall(b"x" * 100000)
        pids = site.sessions()
        assert len(pids) == 2
        site.daemon.process.kill()
        site.daemon.process.wait()
        site.daemon.stopped = True
        wherry.wait_for("their end", 5,
                        lambda: not any(map(wherry.alive, pids)))
        assert guest.reply()[0] == 0
    assert not list((site.root / "up").glob(".in.*"))


@pytest.mark.host
def test_the_monitor_is_asked_to_stop(fleet):
    site = Site(fleet)
    with site.control("writer") as c, site.control() as guest:
        pids = site.sessions()
        assert site.daemon.stop() == 0
        assert not any(map(wherry.alive, pids))
        assert c.reply()[0] in (0, 421)
        assert guest.reply()[0] in (0, 421)


# ---- Many

@pytest.mark.host
def test_two_hundred_at_once(fleet):
    """Each in a process of its own; nothing is left of them."""
    many = 200
    site = Site(fleet)
    before = len(os.listdir(f"/proc/{site.daemon.pid}/fd"))

    def one(i):
        with site.control("writer") as c:
            assert c.put(f"STOR up/{i}", b"%d" % i) == 226
            assert c.get(f"RETR up/{i}") == (226, b"%d" % i)
            arrived.append(i)
            wherry.wait_for("the others", 60, lambda: len(arrived) == many)
            return c.code("QUIT")

    arrived = []
    with concurrent.futures.ThreadPoolExecutor(many) as pool:
        assert set(pool.map(one, range(many))) == {221}
    wherry.wait_for("their ends", 10, lambda: not site.sessions())
    wherry.wait_for("its descriptors", 10, lambda: len(os.listdir(
        f"/proc/{site.daemon.pid}/fd")) == before)


@pytest.mark.host
def test_limits_before_anything_costs(fleet):
    site = Site(fleet, max_clients=3, max_per_ip=2)
    a, b = site.control("reader"), site.control()
    with site.control() as c:
        assert c.greeting == (421, "421 There are too many connections from "
                              "your internet address.\r\n")
    assert len(site.sessions()) == 2
    elsewhere = control_from(site, "127.0.0.2")
    assert elsewhere.greeting[0] == 220
    other = control_from(site, "127.0.0.3")
    assert other.greeting[0] == 421
    for c in (a, b, elsewhere, other):
        c.__exit__()
    wherry.wait_for("their ends", 2, lambda: not site.sessions())
    site.control("reader").__exit__()


def control_from(site, address):
    return ftp.Control(site.port, address)


@pytest.mark.host
def test_guessing_is_slowed_down(fleet):
    """All connections of one address together; another's logs in at once."""
    site = Site(fleet, max_login_fails=100)

    def guess(_):
        with control_from(site, "127.0.0.9") as c:
            n = 0
            while time.monotonic() < end:
                c("USER writer")
                n += c.code("PASS wrong") == 530
            return n

    end = time.monotonic() + 3
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        guesses = pool.map(guess, range(20))
        time.sleep(0.5)
        site.control("writer").__exit__()
        # In their row he would have come after all of them.
        refused = len(re.findall("FAIL LOGIN", site.daemon.text()))
        site.daemon.process.send_signal(signal.SIGUSR1)
        site.daemon.expect(r"ftp_denied (\d+)")
        end = 0
        # Whoever still waits for an answer is not waited for.
        site.daemon.stop()
        total = sum(guesses)
    assert refused < 20 + 12, refused
    assert 1 <= total <= 12 + 20, total


# ---- Configuration

@pytest.mark.host
def test_reload(fleet, tmp_path):
    """New sessions have the new one, old ones theirs; a broken one is
    refused."""
    conf = tmp_path / "vsftpd.conf"
    site = Site(fleet, ftpd_banner="first")
    site.daemon.stop()
    options = {o.split("=", 1)[0]: o for o in
               (word[2:] for word in site.daemon.command
                if word.startswith("-o"))}
    def write(banner, more=""):
        text = "".join(o + "\n" for k, o in options.items()
                       if k != "ftpd_banner")
        conf.write_text(f"{text}ftpd_banner={banner}\n{more}")

    write("first")
    site.daemon = fleet.wherry("ftpd", conf).listens(site.port)
    daemon = site.daemon

    def reload(pattern):
        n = len(daemon.text())
        daemon.process.send_signal(signal.SIGHUP)
        wherry.wait_for(pattern, 5,
                        lambda: re.search(pattern, daemon.text()[n:]))

    with site.control() as early:
        assert early.greeting[1] == "220 first\r\n"
        write("second", "anonymous_enable=NO\ncmds_denied=SYST\n")
        reload("new sessions have the new configuration")
        with site.control("reader") as c:
            assert c.greeting[1] == "220 second\r\n"
            assert c.code("SYST") == 550
            # A login after the change, in a session from before it.
            early.login("anonymous")
            assert early.code("SYST") == 215
        write("third", "no_such_option=1\n")
        reload(r"the old configuration stays: .*no_such_option")
        with site.control() as c:
            assert c.greeting[1] == "220 second\r\n"
        # More of them than are kept while sessions have them.
        held = []
        for i in range(3):
            write(f"more {i}")
            daemon.process.send_signal(signal.SIGHUP)
            wherry.wait_for("an answer", 5, lambda: len(re.findall(
                "new configuration|older ones", daemon.text())) == i + 2)
            held.append(site.control())
        assert "older ones" in daemon.text()
        for c in held:
            c.__exit__()

    def latest():
        with site.control() as c:
            return c.greeting[1] == "220 more 2\r\n"
    wherry.wait_for("the last of them", 5, latest)


@pytest.mark.host
def test_user_configuration(fleet, tmp_path):
    """user_config_dir/NAME is for that user alone; a bad one ends his login."""
    folder = tmp_path / "users.d"
    folder.mkdir()
    (folder / "writer").write_text("write_enable=NO\ncmds_denied=SYST\n")
    (folder / "reader").write_text("wrong\n")
    site = Site(fleet, user_config_dir=folder)
    with site.control("writer") as c:
        assert c.put("STOR up/x", b"x") == 550
        assert c.code("SYST") == 550
    with site.control() as c:
        c("USER reader")
        assert c.code("PASS only reads") == 530
    site.daemon.expect("user_config_dir: .*reader:1: ")
    (folder / "reader").unlink()
    site.control("reader").__exit__()


@pytest.mark.host
def test_mail_addresses(fleet, tmp_path):
    """Of anonymous users: some are refused, or all but some."""
    banned, wanted = tmp_path / "banned", tmp_path / "wanted"
    banned.write_text("mozilla@\n")
    wanted.write_text("me@example.org\nmozilla@\n")
    for path in (banned, wanted):
        path.chmod(0o600)
    site = Site(fleet, deny_email_enable="YES", banned_email_file=banned,
                secure_email_list_enable="YES", email_password_file=wanted)
    for address, code in (("mozilla@", 530), ("you@", 530), ("", 530),
                          ("me@example.org", 230)):
        with site.control() as c:
            assert c.code("USER ftp") == 331
            assert c.code(f"PASS {address}") == code, address


@pytest.mark.host
def test_user_list(fleet, tmp_path):
    """Refused before a password is asked for; a change counts at once."""
    names = tmp_path / "list"
    names.write_text("writer\n")
    names.chmod(0o600)
    banner = tmp_path / "banner"
    banner.write_text("hello\n")
    banner.chmod(0o600)
    site = Site(fleet, userlist_enable="YES", userlist_file=names,
                banner_file=banner)
    with site.control() as c:
        assert c.greeting[1].startswith("220-hello\r\n220 ")
        assert c.code("USER writer") == 530
    (tmp_path / "new").write_text("reader\n")
    (tmp_path / "new").rename(names)
    with site.control() as c:
        assert c.code("USER reader") == 530
        assert c.code("USER writer") == 331


@pytest.mark.host
@pytest.mark.parametrize("option", [
    "guest_enable=YES", "chown_uploads=YES", "system_users=YES",
    "user_config_dir=/etc", "users_file=/nowhere"])
def test_what_one_process_cannot(option):
    """Refused at start, with the reason."""
    said = wherry.run("ftpd", "-osession_processes=NO", "-olisten_port=0",
                      "-olocal_enable=YES", "-oanonymous_enable=NO",
                      "-ousers_file=/dev/null", f"-o{option}")
    assert said.returncode == 1
    assert option.split("=")[0] in said.stderr


# ---- What takes root

def test_active_from_port_20(fleet):
    site = Site(fleet, connect_from_port_20="YES")
    with site.control("reader") as c, \
            socket.create_server(("127.0.0.1", 0)) as mine:
        h, l = divmod(mine.getsockname()[1], 256)
        assert c.code(f"PORT 127,0,0,1,{h},{l}") == 200
        c.send(b"RETR pub/hello.txt\r\n")
        d, peer = mine.accept()
        with d:
            assert peer[1] == 20
            assert c.reply()[0] == 150
            assert net.read_all(d) == b"hello\n"
        assert c.reply()[0] == 226
        mine.close()
        assert c.code(f"PORT 127,0,0,1,{h},{l}") == 200
        assert c.code("RETR pub/hello.txt") == 150
        assert c.reply()[0] == 425


def test_uploads_change_hands(fleet):
    site = Site(fleet, chown_uploads="YES", chown_username="daemon",
                chown_upload_mode="0640", anon_upload_enable="YES",
                ftp_username="nobody")
    with site.control("anonymous") as c:
        assert c.put("STOR up/given", b"it") == 226
        assert c.get("RETR up/given")[0] == 550
    info = (site.root / "up" / "given").stat()
    assert (info.st_uid, info.st_mode & 0o777) == (DAEMON, 0o640)
    # A user's own stay his.
    with site.control("writer") as c:
        assert c.put("STOR up/kept", b"it") == 226
    assert (site.root / "up" / "kept").stat().st_uid == NOBODY


# ---- Accounts of the system

class System:
    """A server whose /etc has users of ours."""

    def __init__(self, fleet, **options):
        self.folder = pathlib.Path(fleet.folder)
        for folder in (self.folder, *self.folder.parents[:2]):
            folder.chmod(folder.stat().st_mode | 0o011)
        self.home = self.folder / "home"
        for name in ("joe", "ann"):
            (self.home / name).mkdir(parents=True)
            (self.home / name / "mine").write_text(name)
        os.chown(self.home / "joe", 2001, 2001)
        (self.home / "joe" / "sub").mkdir()
        etc = {
            "passwd": "root:x:0:0::/root:/bin/sh\n"
                      f"nobody:x:{NOBODY}:{NOBODY}::/:/bin/false\n"
                      f"joe:x:2001:2001::{self.home}/joe:/bin/sh\n"
                      f"ann:x:2002:2002::{self.home}/ann:/bin/sh\n"
                      f"dot:x:2003:2003::{self.home}/./joe:/bin/sh\n"
                      f"old:x:2004:2004::{self.home}/joe:/bin/sh\n"
                      f"shut:x:2005:2005::{self.home}/joe:/bin/sh\n"
                      f"odd:x:2006:2006::{self.home}/joe:/bin/odd\n"
                      f"none:x:2007:2007::{self.home}/joe:/bin/sh\n"
                      f"new:x:2008:2008::{self.home}/joe:/bin/sh\n"
                      f"ftp:x:2010:2010::{self.home}/$USER:/bin/false\n",
            "group": "root:x:0:\nnogroup:x:65534:\njoe:x:2001:\n"
                     "files:x:3001:ann,joe\nothers:x:3002:joey,joe2,jo\n"
                     "long:x:3003:" + ",".join(
                         f"someone{i}" for i in range(500)) + ",joe\n",
            "shadow": f"root:{HASH}:19000::::::\n"
                      f"joe:{HASH}:19000:0:99999:7:::\n"
                      f"ann:{MD5}:19000::::::\n"
                      f"dot:{HASH}:19000::::::\n"
                      f"old:{HASH}:19000:::::15000:\n"
                      f"shut:!{HASH}:19000::::::\n"
                      f"odd:{HASH}:19000::::::\n"
                      "none::19000::::::\n"
                      "new:$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G31"
                      "7fhZg9SqC.5i5rd.RhAtQ7:19000::::::\n",
            "shells": "# shells\n/bin/sh\n",
        }
        mounts = []
        for name, text in etc.items():
            path = self.folder / f"etc-{name}"
            path.write_text(text)
            mounts.append(f"mount --bind {path} /etc/{name}")
        self.port = wherry.free_port()
        options = {"listen_address": "127.0.0.1", "listen_port": self.port,
                   "local_enable": "YES", "anonymous_enable": "NO",
                   "users_file": self.folder / "none", "write_enable": "YES",
                   "delay_failed_login": 0, **options}
        words = [*wherry.PREFIX, "ftpd",
                 *(f"-o{k}={v}" for k, v in options.items())]
        self.daemon = fleet.start(
            ["unshare", "-m", "sh", "-c", " && ".join(mounts) + " && exec " +
             shlex.join(map(str, words))]).listens(self.port)

    def login(self, user, password="secret"):
        c = ftp.Control(self.port)
        assert c.code(f"USER {user}") in (331, 530)
        return c, c.code(f"PASS {password}")


@pytest.mark.host
def test_locked_in(fleet):
    """All that is his may be done, with the filter and Landlock on."""
    system = System(fleet, chroot_local_user="YES")
    home = system.home / "joe"
    c, code = system.login("joe")
    assert code == 230
    pid = only(children(system.daemon.pid))
    assert os.path.samefile(f"/proc/{pid}/root/", home)
    assert c.put("STOR new", b"x") == 226
    assert c.code("MKD d") == 257
    assert c.code("RNFR new") == 350 and c.code("RNTO d/new") == 250
    assert c.code("DELE d/new") == 250 and c.code("RMD d") == 250
    c.__exit__()


@pytest.mark.host
def test_system_user(fleet):
    """By his password of shadow, with his groups, at home; not locked in
    unless asked for."""
    system = System(fleet)
    c, code = system.login("joe")
    assert code == 230
    assert_unprivileged(only(children(system.daemon.pid)), 2001,
                        [2001, 3001, 3003])
    assert f'"{system.home}/joe"' in c("PWD")[1]
    assert c.get("RETR mine") == (226, b"joe")
    assert c.get("RETR /etc/shells")[0] == 226
    assert c.get("RETR /etc/shadow")[0] == 550 or os.stat(
        system.folder / "etc-shadow").st_mode & 0o004
    assert c.put("STOR new", b"x") == 226
    assert (system.home / "joe" / "new").stat().st_uid == 2001
    c.__exit__()
    c, code = system.login("ann")
    assert code == 230
    c.__exit__()


@pytest.mark.host
def test_tilde(fleet):
    """tilde_user_enable: ~ and ~user are homes."""
    system = System(fleet, tilde_user_enable="YES")
    c, code = system.login("joe")
    assert code == 230
    assert c.code("CWD /") == 250 and c.code("CWD ~") == 250
    assert c.get("RETR ~/mine") == (226, b"joe")
    assert c.get("RETR ~ann/mine") == (226, b"ann")
    assert c.code("CWD ~stranger") == 550
    c.__exit__()


@pytest.mark.host
@pytest.mark.parametrize("user,password", [
    ("joe", "wrong"), ("joe", ""), ("root", "secret"), ("old", "secret"),
    ("shut", "secret"), ("odd", "secret"), ("none", ""), ("nobody", ""),
    ("stranger", "secret"), ("joe:x", "secret"), ("../joe", "secret")])
def test_system_refusals(fleet, user, password):
    system = System(fleet)
    c, code = system.login(user, password)
    assert code == 530
    c.__exit__()


@pytest.mark.host
def test_system_kind_of_password(fleet):
    """One that cannot be looked at: refused as a wrong one is, and said why."""
    system = System(fleet)
    c, code = system.login("new")
    assert code == 530
    c.__exit__()
    system.daemon.expect("user=new his password is kept as .y. .yescrypt")


@pytest.mark.host
def test_system_chroot(fleet, tmp_path):
    """chroot_local_user, its list, and a home with /./ in it."""
    names = tmp_path / "chroot_list"
    names.write_text("ann\n")
    system = System(fleet, chroot_local_user="YES", chroot_list_enable="YES",
                    chroot_list_file=names, passwd_chroot_enable="YES")
    c, code = system.login("joe")
    assert code == 230 and c("PWD")[1].startswith('257 "/"')
    assert os.readlink(f"/proc/{only(children(system.daemon.pid))}/root") == \
        str(system.home / "joe")
    c.__exit__()
    c, code = system.login("ann")
    assert code == 230 and f'"{system.home}/ann"' in c("PWD")[1]
    c.__exit__()
    c, code = system.login("dot")
    assert code == 230 and c("PWD")[1].startswith('257 "/joe"')
    assert c.get("RETR mine") == (226, b"joe")
    c.__exit__()


@pytest.mark.host
def test_guests(fleet):
    """All are one user, with an anonymous user's rights, each at home."""
    system = System(fleet, guest_enable="YES", user_sub_token="$USER",
                    anon_world_readable_only="YES")
    c, code = system.login("joe")
    assert code == 230 and c("PWD")[1].startswith('257 "/"')
    assert_unprivileged(only(children(system.daemon.pid)), 2010, [2010])
    assert c.get("RETR mine") == (226, b"joe")
    assert c.put("STOR new", b"x") == 550
    assert c.code("SITE CHMOD 600 mine") == 550
    c.__exit__()


@pytest.mark.host
def test_without_filters(fleet):
    site = Site(fleet, seccomp_sandbox="NO")
    with site.control("reader"):
        assert status(only(site.sessions()))["Seccomp"] == "0"


# ---- Rates of more than one process

@pytest.mark.host
@pytest.mark.parametrize("whose", ["server", "user"])
def test_rate_in_common(fleet, whose):
    """Two downloads at once take as long as both of them alone."""
    options = {"max_rate_down": 400_000} if whose == "server" else {}
    site = Site(fleet, **options)
    if whose == "user":
        users = site.users.read_text().splitlines()
        site.users.write_text("".join(
            line + (":down=400000" if line.startswith("reader") else "") + "\n"
            for line in users))
    (site.root / "pub" / "big").write_bytes(bytes(400_000))

    def fetch(user):
        with site.control(user) as c:
            return c.get("RETR pub/big")
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        got = list(pool.map(fetch, ["reader", "reader" if whose == "user"
                                    else "writer"]))
    assert got == [(226, bytes(400_000))] * 2
    assert time.monotonic() - start > 1.7       # at once it would be 1


# ---- The address that PASV tells

def named(control):
    code, text = control("PASV")
    assert code == 227
    return ".".join(text.split("(")[1].split(",")[:4])


@pytest.mark.host
@pytest.mark.parametrize("processes", ["YES", "NO"])
def test_address_by_name(fleet, processes):
    """Looked up by a process of nobody's, or by the only one; again when the
    name means something else, without a new start."""
    site = Site(fleet)
    site.daemon.stop()
    hosts = pathlib.Path(fleet.folder) / "hosts"
    hosts.write_text("192.0.2.7 nas.example\n")
    port = wherry.free_port()
    options = {"listen_address": "127.0.0.1", "listen_port": port,
               "anon_root": site.root, "pasv_address": "nas.example",
               "pasv_addr_resolve": "YES", "session_processes": processes}
    daemon = fleet.start(
        ["unshare", "-m", "sh", "-c", f"mount --bind {hosts} /etc/hosts && "
         "exec " + shlex.join([*wherry.PREFIX, "ftpd", *(
             f"-o{k}={v}" for k, v in options.items())])]).listens(port)
    daemon.expect("nas.example is 192.0.2.7")

    def tells(ip):
        with ftp.Control(port) as c:
            c.login("anonymous")
            return named(c) == ip
    wherry.wait_for("the address", 5, lambda: tells("192.0.2.7"))
    hosts.write_text("192.0.2.77 nas.example\n")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.expect("nas.example is 192.0.2.77")
    wherry.wait_for("the other", 5, lambda: tells("192.0.2.77"))
    if processes == "NO":
        return
    wherry.wait_for("sessions to end", 5,
                    lambda: len(children(daemon.pid)) == 1)
    resolver = only(children(daemon.pid))
    assert_unprivileged(resolver, NOBODY, [pwd.getpwnam("nobody").pw_gid])
    os.kill(resolver, signal.SIGKILL)
    daemon.expect("has died")
    assert tells("192.0.2.77")              # what is known stays


# ---- Memory

@pytest.mark.host
def test_memory_of_a_session(site):
    """One process and at most 100 KiB of its own, logged in and idle. Another
    stands by that has done as much: pages of the program's file, which the kernel
    maps 16 at a time, are of no session alone."""
    def alone(pids):
        return wherry.memory(only(p for p in site.sessions() if p not in pids))[1]
    with site.control("reader") as other:
        assert other.get("RETR pub/hello.txt") == (226, b"hello\n")
        pids = site.sessions()
        with site.control("reader") as c:
            idle = alone(pids)
            assert c.get("RETR pub/hello.txt") == (226, b"hello\n")
            used = alone(pids)
            pids = site.sessions()
            with site.control():
                guest = alone(pids)
    print(f"ftp session: {guest >> 10} KiB before login, {idle >> 10} after, "
          f"{used >> 10} after a transfer")
    assert max(guest, idle, used) <= 100 << 10


@pytest.mark.host
def test_memory_of_a_session_with_tls(fleet):
    """At most 180 KiB of its own, before and after transfers, beside another."""
    site = Site(fleet, ssl_enable="YES",
                rsa_cert_file=f"{fleet.folder}/cert.pem")

    def session():
        c = Client(site, user=None)
        c.auth()
        yield
        c.login("writer", PASSWORDS["writer"])
        c.prot_p()
        yield
        c.put("up/x", b"x" * 1_000_000)
        yield
        assert c.get("up/x") == b"x" * 1_000_000
        yield
        c.close()

    def now(count):
        wherry.wait_for("its process", 5, lambda: len(site.sessions()) == count)
        return site.sessions()
    other = session()
    for _ in range(4):
        next(other)
    pids = now(1)
    sizes = []
    for _ in session():
        pid = only(p for p in now(2) if p not in pids)
        sizes.append(wherry.memory(pid)[1] >> 10)
    assert next(other, None) is None
    print(f"ftp session, TLS: {sizes} KiB before login, after, after STOR, "
          "after RETR")
    assert max(sizes) <= 180, sizes


@pytest.mark.host
def test_vsftpd_is_a_name(tmp_path):
    """A link of that name: its -v line, and its exit codes."""
    link = tmp_path / "vsftpd"
    link.symlink_to(wherry.PREFIX[-1])
    def run(*args):
        return subprocess.run([link, *args], text=True, capture_output=True,
                              timeout=20 * wherry.PATIENCE)
    said = run("-v")
    assert said.returncode == 0
    assert re.fullmatch(r"vsftpd: version \d+\.\d+\.\d+\n", said.stdout)
    assert run("-onone=1").returncode == 1
    assert run("/nowhere.conf").returncode == 1
