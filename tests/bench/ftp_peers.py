"""ftp_peers.py - FTP servers side by side: ftpd, vsftpd, pure-ftpd, proftpd, each
as root with one system user, in a mount namespace whose /etc is ours."""

import os
import pathlib
import shlex
import subprocess

import wherry
from measure import FOLDER, run

PASSWORD = "benchmark"
UID = 2001
PACKAGES = {
    "vsftpd": ["vsftpd", "libwrap0"],
    "pure-ftpd": ["pure-ftpd", "pure-ftpd-common"],
    "proftpd": ["proftpd-core", "proftpd-mod-crypto", "libmemcached11",
                "libmemcachedutil2", "libpcre2-posix3", "libhashkit2"],
}


def unpacked(which):
    """Folder of a Debian package without installing it, as that would start a
    service; None when it cannot be had."""
    folder = FOLDER / which
    if not (folder / "usr/sbin" / which).exists():
        folder.mkdir(exist_ok=True)
        got = subprocess.run(["apt-get", "-q", "download", *PACKAGES[which]],
                             cwd=folder, check=False,
                             stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        if got.returncode != 0:
            return None
        for package in folder.glob("*.deb"):
            run("dpkg", "-x", package, folder)
    return folder


def have():
    """wherry, and those of its peers that can be had."""
    return ["wherry"] + [which for which in PACKAGES if unpacked(which)]


class Place:
    """Files to serve, a certificate, and an /etc with one user."""

    def __init__(self):
        self.folder = FOLDER / "ftp"
        self.root = self.folder / "root"
        self.root.mkdir(parents=True, exist_ok=True)
        os.chown(self.root, UID, UID)
        self.empty = self.folder / "empty"
        self.empty.mkdir(exist_ok=True)
        self.pem = self.folder / "pem"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=bench",
            "-days", "30", "-keyout", self.pem, "-out", f"{self.pem}.crt")
        with open(self.pem, "a", encoding="ascii") as f:
            f.write(pathlib.Path(f"{self.pem}.crt").read_text("ascii"))
        self.pem.chmod(0o600)
        word = run("openssl", "passwd", "-6", PASSWORD)
        self.etc = {
            "passwd": "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:\n"
                      f"bench:x:{UID}:{UID}::{self.root}:/bin/sh\n",
            "group": f"root:x:0:\nnogroup:x:65534:\nbench:x:{UID}:\n",
            "shadow": f"root:*:19000::::::\nbench:{word}:19000::::::\n",
            "shells": "/bin/sh\n",
        }
        for name, text in self.etc.items():
            (self.folder / name).write_text(text)
        pam = self.folder / "pam.d"
        pam.mkdir(exist_ok=True)
        for name in ("ftp", "vsftpd", "proftpd", "pure-ftpd"):
            (pam / name).write_text("auth required pam_unix.so\n"
                                    "account required pam_unix.so\n"
                                    "session required pam_permit.so\n")
        for folder in (self.folder, *self.folder.parents[:4]):
            if folder.stat().st_mode & 0o011 != 0o011:
                folder.chmod(folder.stat().st_mode | 0o011)

    def start(self, fleet, which, port, tls):
        command, environment = COMMANDS[which](self, port, tls)
        mounts = [f"mount --bind {self.folder}/{name} /etc/{name}"
                  for name in (*self.etc, "pam.d")]
        return fleet.start(
            ["unshare", "-m", "sh", "-c", " && ".join(mounts) +
             f" && exec {shlex.join(map(str, command))}"],
            env={**os.environ, **environment}).listens(port)


def libraries(which):
    """Its program and where its libraries are."""
    folder = unpacked(which)
    paths = {str(p.parent) for p in folder.glob("usr/lib/*/*.so.*")}
    paths |= {str(p.parent) for p in folder.glob("lib/*/*.so.*")}
    return folder / "usr/sbin" / which, {
        "LD_LIBRARY_PATH": ":".join(sorted(paths))}


def like_vsftpd(place, port, tls):
    options = {
        "listen": "YES", "listen_ipv6": "NO", "listen_port": port,
        "listen_address": "127.0.0.1", "anonymous_enable": "NO",
        "local_enable": "YES", "write_enable": "YES", "max_per_ip": "0",
        "delay_failed_login": "0", "pam_service_name": "vsftpd",
        "secure_chroot_dir": place.empty}
    if tls:
        options.update({
            "ssl_enable": "YES", "rsa_cert_file": place.pem,
            "require_ssl_reuse": "NO", "ssl_ciphers": "HIGH"})
    return [f"-o{k}={v}" for k, v in options.items()]


def wherry_command(place, port, tls):
    words = [word for word in like_vsftpd(place, port, tls)
             if "pam_service" not in word]
    return [*wherry.PREFIX, "ftpd", *words], {}


def vsftpd(place, port, tls):
    program, environment = libraries("vsftpd")
    # A file named on the command line keeps /etc/vsftpd.conf out.
    (place.folder / "vsftpd.conf").write_text("")
    # Debian's does not survive its own filter.
    return [program, place.folder / "vsftpd.conf", "-oseccomp_sandbox=NO",
            *like_vsftpd(place, port, tls)], environment


def pure_ftpd(place, port, tls):
    program, environment = libraries("pure-ftpd")
    more = ["--tls=1", f"--certfile={place.pem}"] if tls else []
    return [program, f"--bind=127.0.0.1,{port}", "--login=unix",
            "--maxclientsnumber=500", "--maxclientsperip=500", "--noanonymous",
            "--dontresolve", "--limitrecursion=1000000:5",
            "--minuid=100", *more], environment


def proftpd(place, port, tls):
    program, environment = libraries("proftpd")
    modules = unpacked("proftpd") / "usr/lib/proftpd"
    conf = place.folder / "proftpd.conf"
    text = f"""ServerType standalone
DefaultAddress 127.0.0.1
Port {port}
User nobody
Group nogroup
MaxInstances 500
UseReverseDNS off
PidFile {place.folder}/proftpd.pid
ScoreboardFile {place.folder}/proftpd.scoreboard
SystemLog none
TransferLog none
WtmpLog off
AuthOrder mod_auth_unix.c
AuthPAM off
DelayEngine off
AllowOverwrite on
AllowStoreRestart on
RequireValidShell off
ModulePath {modules}
"""
    if tls:
        text += f"""LoadModule mod_tls.c
TLSEngine on
TLSECCertificateFile {place.pem}.crt
TLSECCertificateKeyFile {place.pem}
TLSOptions NoSessionReuseRequired
TLSVerifyClient off
"""
    conf.write_text(text)
    return [program, "-n", "-c", conf], environment


COMMANDS = {"wherry": wherry_command, "vsftpd": vsftpd,
            "pure-ftpd": pure_ftpd, "proftpd": proftpd}
