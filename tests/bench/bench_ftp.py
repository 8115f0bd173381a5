"""bench_ftp.py - a file from ftpd and to it, beside vsftpd."""

import getpass
import os
import shutil
import subprocess
import time

import wherry
from measure import FOLDER, cpu, row, run, title


def unpacked_vsftpd():
    """vsftpd from Debian's package without installing it, as that would start
    a service; (program, library path), or None."""
    if path := shutil.which("vsftpd"):
        return path, ""
    folder = FOLDER / "vsftpd"
    if not (folder / "usr/sbin/vsftpd").exists():
        folder.mkdir(exist_ok=True)
        got = subprocess.run(["apt-get", "-q", "download", "vsftpd",
                              "libwrap0"], cwd=folder, check=False,
                             stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        if got.returncode != 0:
            return None
        for package in folder.glob("*.deb"):
            run("dpkg", "-x", package, folder)
    libraries = {str(p.parent) for p in folder.glob("**/*.so.*")}
    return folder / "usr/sbin/vsftpd", ":".join(sorted(libraries))


def ftp_server(fleet, which, port, root):
    """Started; the process."""
    options = {"listen": "YES", "listen_ipv6": "NO", "listen_port": port,
               "listen_address": "127.0.0.1", "anonymous_enable": "YES",
               "anon_root": root, "write_enable": "YES",
               "anon_upload_enable": "YES", "anon_other_write_enable": "YES",
               "run_as_launching_user": "YES", "allow_writeable_chroot": "YES",
               "anon_umask": "022", "ftp_username": getpass.getuser()}
    if which == "wherry":
        command, environment = [*wherry.PREFIX, "ftpd"], None
    else:
        program, libraries = unpacked_vsftpd()
        # A file named on the command line keeps /etc/vsftpd.conf out.
        empty = FOLDER / "vsftpd.conf"
        empty.write_text("")
        command = [program, empty]
        environment = {**os.environ, "LD_LIBRARY_PATH": libraries}
    return fleet.start([*command, *(f"-o{k}={v}" for k, v in options.items())],
                       env=environment).listens(port)


def ftp():
    if not unpacked_vsftpd():
        print("\nFTP: SKIPPED, vsftpd cannot be had")
        return
    size = int(os.environ.get("BENCH_OCTETS", 500_000_000))
    root = FOLDER / "ftp"
    root.mkdir(exist_ok=True)
    with open(root / "file", "wb") as f:
        for _ in range(size // 10**6):
            f.write(os.urandom(10**6))
    size = size // 10**6 * 10**6

    def measure(which):
        fleet = wherry.Fleet(FOLDER)
        port = wherry.free_port()
        server = ftp_server(fleet, which, port, root)
        url = f"ftp://127.0.0.1:{port}"
        results = []
        try:
            for arguments in (["-o", "/dev/null", f"{url}/file"],
                              ["-T", root / "file", f"{url}/upload"]):
                times = []
                for _ in range(3):
                    (root / "upload").unlink(missing_ok=True)
                    before = cpu(server.pid)
                    # Of the transfer alone: curl sleeps up to 200 ms before
                    # it connects, when EPSV was answered at once.
                    words = run("curl", "-sS", "-w", "%{time_pretransfer} "
                                "%{time_total}", *arguments).split()
                    seconds = float(words[1]) - float(words[0])
                    # A child's time counts once it has been waited for.
                    time.sleep(0.1)
                    times.append((seconds, cpu(server.pid) - before))
                results.append(min(times))
        finally:
            fleet.kill()
        return results

    results = {"wherry": measure("wherry"), "vsftpd": measure("vsftpd")}
    title(f"FTP, {size // 10**6} MB, best of 3", ["vsftpd"])
    for i, verb in enumerate(("RETR", "STOR")):
        row(verb, "MB/s", {w: size / r[i][0] / 1e6
                           for w, r in results.items()}, True)
        row(f"{verb} CPU", "s/GB", {w: r[i][1] * 1e9 / size
                                    for w, r in results.items()}, False)
    shutil.rmtree(root)
