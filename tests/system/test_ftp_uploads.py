"""Uploads that break off, and what is left of them. As root, with a process for
each session, so that one can be killed."""

import os
import pathlib
import pwd
import signal
import time

import pytest

import ftp
import net
import wherry

pytestmark = pytest.mark.skipif(os.geteuid() != 0,
                                reason="sessions need a process of their own")

NOBODY = pwd.getpwnam("nobody").pw_uid


class Site(ftp.Site):
    def __init__(self, fleet, **options):
        for folder in (pathlib.Path(fleet.folder),
                       *pathlib.Path(fleet.folder).parents[:2]):
            folder.chmod(folder.stat().st_mode | 0o011)
        super().__init__(fleet, run_as_launching_user="NO", **options)
        self.up = self.root / "up"
        os.chown(self.up, NOBODY, NOBODY)

    def names(self):
        return sorted(p.name for p in self.up.iterdir())

    def sessions(self):
        pid = self.daemon.pid
        path = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
        return [int(p) for p in path.read_text().split()
                if wherry.alive(int(p))]


def begin(site, c, name):
    """An upload under way; its temporary name."""
    before = site.names()
    d = c.data()
    assert c.code(f"STOR up/{name}") == 150
    d.sendall(b"part")
    def new():
        names = [n for n in site.names() if n not in before]
        return names and (site.up / names[0]).stat().st_size == 4 and names
    return d, wherry.wait_for("the temporary file", 5, new)[0]


def age(path):
    then = time.time() - 7200
    os.utime(path, (then, then))


@pytest.mark.host
def test_stale_files_are_removed(fleet):
    """Of a killed session, when the directory is next written to; not one of
    a session that still uploads, however old."""
    site = Site(fleet)
    with site.control("writer") as c:
        d, dead = begin(site, c, "dead")
        pid, = site.sessions()
        os.kill(pid, signal.SIGKILL)
        assert c.reply()[0] == 0
        d.close()
    assert site.names() == [dead]
    with site.control("writer") as c:
        d, live = begin(site, c, "live")
        # Too young to be judged.
        assert sorted([dead, live]) == site.names()
        age(site.up / dead)
        age(site.up / live)
        with site.control("writer") as other:
            assert other.put("STOR up/done", b"whole") == 226
        assert site.names() == sorted([live, "done"])
        d.close()
        assert c.reply()[0] == 226
    assert site.names() == ["done", "live"]
    assert (site.up / "live").read_bytes() == b"part"


@pytest.mark.host
@pytest.mark.parametrize("delete", ["YES", "NO"])
def test_delete_failed_uploads(fleet, delete):
    """A part of a new file stays unless told otherwise; an old file stays as
    it was either way."""
    site = Site(fleet, delete_failed_uploads=delete)
    (site.up / "old").write_bytes(b"whole")
    os.chown(site.up / "old", NOBODY, NOBODY)
    with site.control("writer") as c:
        for name in ("new", "old"):
            d, _ = begin(site, c, name)
            assert c.code("ABOR") == 426 and c.reply()[0] == 226
            d.close()
        want = ["old"] if delete == "YES" else ["new", "old"]
        assert site.names() == want
        assert (site.up / "old").read_bytes() == b"whole"


@pytest.mark.host
@pytest.mark.parametrize("lock", ["YES", "NO"])
def test_lock_upload_files(fleet, lock):
    """A second one into the same file: 450, or both at once."""
    site = Site(fleet, lock_upload_files=lock)
    with site.control("writer") as a, site.control("writer") as b:
        assert a.put("STOR up/x", b"old") == 226
        with a.data() as d:
            assert a.code("APPE up/x") == 150
            d.sendall(b"+")
            wherry.wait_for("the octet", 5, lambda: (
                site.up / "x").stat().st_size == 4)
            assert b.put("APPE up/x", b"-") == (450 if lock == "YES" else 226)
            # Nor is it read meanwhile; another is, and it may be replaced.
            assert b.get("RETR up/x")[0] == (450 if lock == "YES" else 226)
            assert b.put("STOR up/y", b"y") == 226
        os.truncate(site.up / "y", 16 << 20)
        assert a.reply()[0] == 226
        with a.data() as d, b.data() as e:
            assert a.code("RETR up/y") == b.code("RETR up/y") == 150
            with site.control("writer") as c:
                assert c.put("APPE up/y", b"-") == (
                    450 if lock == "YES" else 226)
                assert c.put("STOR up/y", b"new") == 226
            for x in d, e:
                assert net.hash_rest(x)[0] >= 16 << 20
        assert a.reply()[0] == b.reply()[0] == 226
        assert b.put("APPE up/x", b"!") == 226
