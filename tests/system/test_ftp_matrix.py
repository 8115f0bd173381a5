"""Each client people have does what people do: login, list, up, down, resume
both ways, rename, delete; plain and by TLS, passive and active, with a process
for each session and without. Contract: ftp.md 5.6, 6."""

import ftplib
import functools
import io
import os
import ssl
import subprocess

import pytest

import ftp
import wherry

PASSWORD = ftp.PASSWORDS["writer"]
SECONDS = 20 * wherry.PATIENCE
CUT_DOWN, CUT_UP = 100_000, 120_000


class Box:
    """What a client works with: where, how, and its own files."""

    def __init__(self, port, folder, tls, active):
        self.port, self.folder, self.tls, self.active = \
            port, folder, tls, active

    def path(self, name):
        return self.folder / name

    def run(self, *command, stdin=""):
        made = subprocess.run(
            [str(word) for word in command], input=stdin, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            timeout=SECONDS, cwd=self.folder, env={
                **os.environ, "HOME": str(self.folder), "TERM": "dumb",
                "LC_ALL": "C.UTF-8", "PASSWORD": PASSWORD})
        assert made.returncode == 0, made.stdout[-4000:]
        return made.stdout


# ---- Each does all it can, and gives back the text of its listing

def lftp(box):
    def yes(it):
        return "yes" if it else "no"
    return box.run(wherry.peer("lftp"), "-c", f"""
        set net:max-retries 1; set net:timeout {SECONDS}; set cmd:fail-exit yes;
        set ssl:verify-certificate no; set ftp:ssl-allow {yes(box.tls)};
        set ftp:ssl-force {yes(box.tls)}; set ftp:ssl-protect-data yes;
        set ftp:ssl-protect-list yes; set ftp:ssl-copy-sid yes;
        set ftp:passive-mode {yes(not box.active)};
        open -u 'writer,{PASSWORD}' ftp://127.0.0.1:{box.port};
        cls pub; put data -o up/data; get up/data -o back;
        get -c up/data -o half; put -c data -o up/old;
        mv up/before up/after; rm up/away; bye""")


def curl(box):
    run = functools.partial(
        box.run, wherry.peer("curl"), "-sS", "-k", "-u",
        f"writer:{PASSWORD}", *(["--ssl-reqd"] if box.tls else []),
        *(["-P", "127.0.0.1"] if box.active else []))
    url = f"ftp://127.0.0.1:{box.port}"
    run("-T", "data", f"{url}/up/data")
    run("-o", "back", f"{url}/up/data", "-C", "-", "-o", "half",
        f"{url}/up/data")
    run("-C", "-", "-T", "data", f"{url}/up/old")
    return run("-l", f"{url}/pub/", "-Q", "RNFR up/before", "-Q",
               "RNTO up/after", "-Q", "DELE up/away")


def wget(box):
    run = functools.partial(
        box.run, wherry.peer("wget"), "-nv", "--tries=1", "--user=writer",
        f"--password={PASSWORD}", "--no-check-certificate",
        *(["--no-passive-ftp"] if box.active else []))
    url = f"ftp{'s' if box.tls else ''}://127.0.0.1:{box.port}"
    run("-O", "back", f"{url}/pub/data")
    box.path("half").rename(box.path("data"))
    run("-c", f"{url}/pub/data")
    box.path("data").rename(box.path("half"))
    run("-O", "listing", f"{url}/pub/")
    return box.path("listing").read_text()


def classic(name, box):
    """Those that descend from BSD's, by a script of commands."""
    return box.run(
        wherry.peer(name), "-n", "-i", "-A" if box.active else "-p",
        "127.0.0.1", box.port, stdin=f"""user writer "{PASSWORD}"
binary
ls pub
put data up/data
get up/data back
restart {CUT_DOWN}
get up/data half
restart {CUT_UP}
put data up/old
rename up/before up/after
delete up/away
quit
""")


def ncftp(box):
    """It goes on with what is older than what it has."""
    return box.run(wherry.peer("ncftp"), stdin=f"""
set passive {"off" if box.active else "on"}
set auto-resume yes
set progress-meter 0
open -u writer -p "{PASSWORD}" -P {box.port} 127.0.0.1
ls pub
put -z data up/data
get -z up/data back
get -z up/data half
put -z data up/old
rename up/before up/after
rm up/away
quit
""")


def python(box):
    if box.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        client = ftplib.FTP_TLS(context=context, timeout=SECONDS)
    else:
        client = ftplib.FTP(timeout=SECONDS)
    with client:
        client.connect("127.0.0.1", box.port)
        client.login("writer", PASSWORD)
        if box.tls:
            client.prot_p()
        client.set_pasv(not box.active)
        data = box.path("data").read_bytes()
        client.storbinary("STOR up/data", io.BytesIO(data))
        with box.path("back").open("wb") as f:
            client.retrbinary("RETR up/data", f.write)
        with box.path("half").open("ab") as f:
            client.retrbinary("RETR up/data", f.write, rest=CUT_DOWN)
        client.storbinary("STOR up/old", io.BytesIO(data[CUT_UP:]),
                          rest=CUT_UP)
        client.rename("up/before", "up/after")
        client.delete("up/away")
        return "\n".join(client.nlst("pub"))


def node(box):
    program = wherry.peer("node")
    return box.run(program, wherry.ROOT / "tests/lib/basic_ftp.js",
                   wherry.basicftp(), box.port, str(box.tls).lower(),
                   box.folder)


CLIENTS = {
    "lftp": lftp, "curl": curl, "wget": wget, "ncftp": ncftp,
    "ftplib": python, "node": node,
    "tnftp": functools.partial(classic, "tnftp"),
    "inetutils": functools.partial(classic, "inetutils-ftp"),
}
TLS = {"lftp", "curl", "wget", "ftplib", "node"}
# Whose data connections resume the session of the control connection.
RESUMES = TLS - {"ftplib"}
READS_ONLY = {"wget"}
PASSIVE_ONLY = {"node"}
# curl 7.88, Debian 12's, begins no TLS on a connection it has accepted.
PASSIVE_TLS = {"curl"}


def combinations():
    for name in CLIENTS:
        for tls in (False, True):
            for active in (False, True):
                for processes in (False, True):
                    if (tls and name not in TLS
                            or active and name in PASSIVE_ONLY
                            or active and tls and name in PASSIVE_TLS):
                        continue
                    words = (name, "tls" if tls else "plain",
                             "active" if active else "passive",
                             "processes" if processes else "one")
                    # An emulator shows the ways, not the clients.
                    marks = [pytest.mark.host] if name != "ftplib" else []
                    yield pytest.param(name, tls, active, processes,
                                       id="-".join(words), marks=marks)


@pytest.mark.parametrize("name,tls,active,processes", combinations())
def test_matrix(fleet, tmp_path, seeded, name, tls, active, processes):
    if processes and os.geteuid() != 0:
        pytest.skip("processes are for root")
    options = {}
    if tls:
        options = {"ssl_enable": "YES",
                   "rsa_cert_file": f"{fleet.folder}/cert.pem",
                   "require_ssl_reuse": "YES" if name in RESUMES else "NO"}
    site = (ftp.RootSite if processes else ftp.Site)(fleet, **options)
    data = seeded.randbytes(300_000)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "half").write_bytes(data[:CUT_DOWN])
    if name in READS_ONLY:
        (site.root / "pub" / "data").write_bytes(data)
    else:
        (mine / "data").write_bytes(data)
        for path, octets in (("old", data[:CUT_UP]), ("before", b"before"),
                             ("away", b"away")):
            (site.root / "up" / path).write_bytes(octets)
            os.chown(site.root / "up" / path, ftp.NOBODY if processes else
                     os.geteuid(), -1)

    listing = CLIENTS[name](Box(site.port, mine, tls, active))

    assert "hello.txt" in listing and "blanks" in listing
    assert (mine / "back").read_bytes() == data
    assert (mine / "half").read_bytes() == data
    if name in READS_ONLY:
        return
    left = {path.name: path.read_bytes()
            for path in (site.root / "up").iterdir()}
    assert left.keys() == {"data", "old", "after"}, listing
    assert left == {"data": data, "old": data, "after": b"before"}, listing
