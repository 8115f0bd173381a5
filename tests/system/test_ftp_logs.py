"""Lines of the logs that other programs read. Contract: ftp.md 2.2, 2.4."""

import re

import ftp

DATE = r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}"
# What is left for fail2ban's filter of vsftpd when it has cut off the date.
FAIL2BAN = (r"^\s*\[pid \d+\] +\[[^\]]+\] FAIL LOGIN: "
            r'Client "(\S+)"(?:\s*$|,)')


def wrong(site, user):
    with site.control() as c:
        c(f"USER {user}")
        assert c.code("PASS wrong") == 530


def failures(text):
    return [m[1] for line in text.splitlines()
            if (m := re.match(FAIL2BAN, re.sub("^" + DATE, "", line)))]


def test_fail2ban(fleet, tmp_path):
    """Each failure once, with the client's address; no name can feign one of
    another address."""
    log = tmp_path / "vsftpd.log"
    site = ftp.Site(fleet, xferlog_enable="YES", vsftpd_log_file=log)
    names = ["writer", "stranger", 'x] FAIL LOGIN: Client "6.6.6.6", [y',
             "a\nb", 'x" y', "]"] + ["writer"] * 20
    for user in names:
        wrong(site, user.replace("\n", "\0"))
    with site.control("reader") as c:
        assert c.get("RETR pub/hello.txt")[0] == 226
    text = log.read_text()
    assert failures(text) == ["127.0.0.1"] * len(names), text
    assert re.search(r'\[pid \d+\] \[reader\] OK LOGIN: Client "127.0.0.1"\n',
                     text)
    assert "hello.txt" in text and "only reads" not in text
    assert all(re.match(DATE + r" \[pid \d+\] ", line)
               for line in text.splitlines())


def test_refused_names_count(fleet, tmp_path):
    """userlist_file."""
    log = tmp_path / "vsftpd.log"
    names = tmp_path / "names"
    names.write_text("stranger\n")
    site = ftp.Site(fleet, xferlog_enable="YES", vsftpd_log_file=log,
                    userlist_enable="YES", userlist_file=names)
    with site.control() as c:
        assert c.code("USER stranger") == 530
    assert failures(log.read_text()) == ["127.0.0.1"]


def test_both_logs(fleet, tmp_path):
    """dual_log_enable: a transfer is in both; xferlog_std_format alone: in
    xferlog only."""
    for dual in ("YES", "NO"):
        folder = tmp_path / dual
        folder.mkdir()
        fleet.folder = folder
        site = ftp.Site(fleet, xferlog_enable="YES", xferlog_std_format="YES",
                        dual_log_enable=dual, xferlog_file=folder / "xfer",
                        vsftpd_log_file=folder / "own")
        with site.control("reader") as c:
            assert c.get("RETR pub/hello.txt")[0] == 226
        xfer = (folder / "xfer").read_text()
        assert re.fullmatch(DATE + r" \d+ 127\.0\.0\.1 6 /pub/hello\.txt b _ "
                            r"o r reader ftp 0 \* c\n", xfer), xfer
        assert (folder / "own").exists() == (dual == "YES")
        if dual == "YES":
            assert "hello.txt" in (folder / "own").read_text()


def test_protocol_in_the_log(fleet, tmp_path):
    """log_ftp_protocol: commands and replies, no password."""
    log = tmp_path / "vsftpd.log"
    site = ftp.Site(fleet, xferlog_enable="YES", vsftpd_log_file=log,
                    log_ftp_protocol="YES")
    with site.control("writer") as c:
        assert c.code("CWD pub") == 250
        assert c.code("QUIT") == 221
    text = log.read_text()
    for said in ("USER writer", "PASS <", "230 Login", "CWD pub", "250 ",
                 "QUIT", "221 "):
        assert said in text, said
    assert ftp.PASSWORDS["writer"] not in text
