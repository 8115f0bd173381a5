#!/usr/bin/env python3
"""package.py BOARD VERSION SECONDS OUT - packages of build/BOARD/wherry, in the
folder OUT: an .ipk for OpenWrt, one for Entware, a .deb.

What is in them besides the program lies in package/. The same octets each time:
names in order, nobody's numbers, SECONDS (since 1970) as the time of all.
"""

import gzip
import io
import pathlib
import re
import sys
import tarfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
FILES = ROOT / "package"
ABOUT = """Shadowsocks and FTP in one small static program
 A Shadowsocks suite (server, local and transparent proxy, tunnel, manager) and
 an FTP server that reads vsftpd.conf."""
OWNER = "The wherry authors <wherry@localhost>"

# What each system calls the processor of a board; of Entware with the kernel it
# is for.
ARCHITECTURES = {
    "x86-64": ("x86_64", "x64-3.2", "amd64"),
    "ath79": ("mips_24kc", "mips-3.4", "mips"),
    "mt7621": ("mipsel_24kc", "mipsel-3.4", "mipsel"),
    "kirkwood": ("arm_xscale", "armv5-3.2", "armel"),
    "ipq40xx": ("arm_cortex-a7_neon-vfpv4", "armv7-3.2", "armhf"),
    "filogic": ("aarch64_cortex-a53", "aarch64-3.10", "arm64"),
    "d1": ("riscv64_generic", None, "riscv64"),
}


def contents_of(folder):
    """{path: (mode, octets)} of a folder."""
    return {str(p.relative_to(folder)): (p.stat().st_mode & 0o755 | 0o644,
                                         p.read_bytes())
            for p in sorted(folder.rglob("*")) if p.is_file()}


def tar(files, seconds):
    """A tar of {path: (mode, octets)}, with the folders above them."""
    out = io.BytesIO()
    folders = {str(parent) for path in files
               for parent in pathlib.PurePath(path).parents}
    with tarfile.open(fileobj=out, mode="w",
                      format=tarfile.GNU_FORMAT) as archive:
        for path in sorted(folders | set(files)):
            info = tarfile.TarInfo("./" + path if path != "." else "./")
            info.mtime = seconds
            if path in files:
                info.mode, octets = files[path]
                info.size = len(octets)
                archive.addfile(info, io.BytesIO(octets))
            else:
                info.mode, info.type = 0o755, tarfile.DIRTYPE
                archive.addfile(info)
    return gzip.compress(out.getvalue(), 9, mtime=seconds)


def control_of(fields, **scripts):
    """The members of a control archive."""
    text = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return {"control": (0o644, text.encode()),
            **{name: (0o755 if data.startswith(b"#!") else 0o644, data)
               for name, data in scripts.items()}}


def size_of(files):
    return sum(len(octets) for _, octets in files.values())


def ipk(version, arch, files, conffiles, scripts, seconds):
    """OpenWrt's opkg: a tar of three members."""
    control = control_of({
        "Package": "wherry", "Version": version, "Architecture": arch,
        "Maintainer": OWNER, "Section": "net", "License": "ISC",
        "Installed-Size": size_of(files), "Description": ABOUT},
        conffiles="".join(f"/{c}\n" for c in conffiles).encode(), **scripts)
    return tar({"debian-binary": (0o644, b"2.0\n"),
                "control.tar.gz": (0o644, tar(control, seconds)),
                "data.tar.gz": (0o644, tar(files, seconds))}, seconds)


def deb(version, arch, files, conffiles, scripts, seconds):
    """Debian's: an ar of the same three (deb(5))."""
    control = control_of({
        "Package": "wherry", "Version": version, "Architecture": arch,
        "Maintainer": OWNER, "Section": "net", "Priority": "optional",
        "Installed-Size": size_of(files) // 1024 + 1, "Description": ABOUT},
        conffiles="".join(f"/{c}\n" for c in conffiles).encode(), **scripts)
    out = b"!<arch>\n"
    for name, octets in (("debian-binary", b"2.0\n"),
                         ("control.tar.gz", tar(control, seconds)),
                         ("data.tar.gz", tar(files, seconds))):
        out += (f"{name:<16}{seconds:<12}{0:<6}{0:<6}{100644:<8}"
                f"{len(octets):<10}`\n").encode()
        out += octets + b"\n" * (len(octets) % 2)
    return out


def copyright_text():
    """Our licence, and what else is in the program."""
    out = [(ROOT / "LICENSE").read_text(encoding="utf-8"),
           "\nThe program contains, each under its own licence:\n"]
    for line in (ROOT / "toolchain/sources.lock").read_text(
            encoding="utf-8").splitlines():
        if line and line[0] != "#":
            name, version, _, _, _, licence, _, _, address = line.split()
            if name != "cmocka":
                out.append(f"  {name} {version} ({licence}) {address}\n")
    return "".join(out).encode()


def manual_pages(seconds):
    """Those that `make man` wrote."""
    return {f"usr/share/man/man{p.suffix[1:]}/{p.name}.gz":
            (0o644, gzip.compress(p.read_bytes(), 9, mtime=seconds))
            for p in sorted((ROOT / "build/man").iterdir())}


def packages(board, version, seconds):
    """(name, octets) of each."""
    program = (0o755, (ROOT / "build" / board / "wherry").read_bytes())
    openwrt, entware, debian = ARCHITECTURES[board]
    conf = (0o644, (FILES / "wherry.conf").read_bytes())
    files = {p: f for p, f in contents_of(FILES / "openwrt").items()
             if "/" in p}
    scripts = {p: (FILES / "openwrt" / p).read_bytes()
               for p in ("postinst", "prerm")}
    yield f"wherry_{version}_{openwrt}.ipk", ipk(
        version, openwrt, {**files, "usr/bin/wherry": program},
        ["etc/config/wherry"], scripts, seconds)
    if entware is not None:
        yield f"wherry_{version}_{entware}.entware.ipk", ipk(
            version, entware, {
                "opt/bin/wherry": program, "opt/etc/wherry.conf": (
                    0o644, conf[1].replace(b"/etc/vsftpd",
                                           b"/opt/etc/vsftpd")),
                "opt/etc/init.d/S95wherry": contents_of(
                    FILES / "entware")["S95wherry"]},
            ["opt/etc/wherry.conf"], {}, seconds)
    files = {"usr/bin/wherry": program, "etc/wherry.conf": conf,
             "lib/systemd/system/wherry.service": (
                 0o644, (FILES / "debian/wherry.service").read_bytes()),
             "usr/share/doc/wherry/copyright": (0o644, copyright_text()),
             "usr/share/doc/wherry/changelog.gz": (0o644, gzip.compress(
                 (ROOT / "CHANGELOG.md").read_bytes(), 9, mtime=seconds)),
             **manual_pages(seconds)}
    scripts = {p: (FILES / "debian" / p).read_bytes()
               for p in ("postinst", "prerm", "postrm")}
    yield f"wherry_{version}_{debian}.deb", deb(
        version, debian, files, ["etc/wherry.conf"], scripts, seconds)


def main():
    if len(sys.argv) != 5 or sys.argv[1] not in ARCHITECTURES:
        print(__doc__, file=sys.stderr)
        return 2
    board, version, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    # All of them take digits first, and '~' before a release.
    version = re.sub(r"[^0-9A-Za-z.~+]", "~", version)
    out = pathlib.Path(sys.argv[4])
    out.mkdir(exist_ok=True)
    for old in out.glob("wherry_*"):
        old.unlink()
    for name, octets in packages(board, version, seconds):
        (out / name).write_bytes(octets)
        print(f"  PACKAGE {out / name}, {len(octets)} octets")
    print("  no .apk: OpenWrt's form of it takes `apk mkpkg` of apk-tools 3, "
          "which Debian 12 does not have")
    return 0


if __name__ == "__main__":
    sys.exit(main())
