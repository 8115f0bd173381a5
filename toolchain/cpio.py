#!/usr/bin/env python3
"""cpio.py OUT FOLDER... - an initramfs of the files in some folders, a later one
over an earlier: gzipped newc, all of root's, without dates, the same octets for
the same files. /dev/console and empty folders that a start needs are added."""

import gzip
import os
import pathlib
import stat
import sys

FOLDERS = ["dev", "proc", "sys", "tmp", "run", "var", "var/empty", "root"]


def entry(n, name, mode, data=b"", device=(0, 0)):
    name = name.encode() + b"\0"
    head = "070701" + "".join(f"{value:08X}" for value in (
        n, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name), 0))
    out = head.encode() + name
    out += bytes(-len(out) % 4)
    return out + data + bytes(-len(data) % 4)


def collected(folders):
    """path in the archive -> (mode, octets, device)"""
    found = {name: (stat.S_IFDIR | 0o755, b"", (0, 0)) for name in FOLDERS}
    found["dev/console"] = (stat.S_IFCHR | 0o600, b"", (5, 1))
    for folder in map(pathlib.Path, folders):
        for path in folder.rglob("*"):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink():
                found[name] = (stat.S_IFLNK | 0o777,
                               os.readlink(path).encode(), (0, 0))
            elif path.is_dir():
                found[name] = (stat.S_IFDIR | 0o755, b"", (0, 0))
            else:
                mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
                found[name] = (stat.S_IFREG | mode, path.read_bytes(), (0, 0))
    return found


def main():
    out, folders = sys.argv[1], sys.argv[2:]
    archive = b"".join(entry(n, name, *what) for n, (name, what) in
                       enumerate(sorted(collected(folders).items()), 1))
    archive += entry(0, "TRAILER!!!", 0)
    archive += bytes(-len(archive) % 512)
    pathlib.Path(out).write_bytes(gzip.compress(archive, 9, mtime=0))


if __name__ == "__main__":
    main()
