#!/usr/bin/env python3
"""layers.py - the layers of the design, read from the #include lines.

Also that nothing above port/ knows errno or asks which system it is on.
Prints file:line for each offence and exits 1.
"""

import pathlib
import re
import sys

# What a folder may take from the others; its own it may always use.
MAY = {
    "base": set(),
    "port": {"base"},
    "core": {"base", "port"},
    "crypto": {"base", "core", "port/rand.h", "port/cpu.h"},
    "ss": {"base", "port", "core", "crypto"},
    "ftp": {"base", "port", "core", "crypto"},
    "run": {"base", "port", "core"},
    "web": {"base", "port", "core", "crypto"},
    "main": {"base", "port", "core", "services.h", "run/run.h"},
}
FREESTANDING = {"stdint.h", "stddef.h", "stdbool.h", "string.h", "stdarg.h"}
FOREIGN = {"ss": re.compile(r"qrcodegen\.h$"),
           "core": re.compile(r"jsmn\.h$"),
           "crypto": re.compile(r"mbedtls/|psa/|immintrin\.h$|arm_neon\.h$|"
                                r"\.\./library/ssl_")}

INCLUDE = re.compile(r'\s*#\s*include\s+([<"])([^>"]+)[>"]')
SYSTEM_IF = re.compile(
    r"\s*#\s*(?:el)?if.*\b(__linux__|__unix__|__APPLE__|_WIN32|BSD|"
    r"__(?:Free|Net|Open)BSD__|__DragonFly__|__sun)\b")
ANY_IF = re.compile(r"\s*#\s*(?:el)?if")
# It asks mbedTLS for what mbedTLS can do on the system.
SYSTEM_IF_FREE = {"include/crypto/mbedtls_config.h"}
COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.S)


def layer_of(path):
    """Layer a file belongs to: its folder below src/ or include/."""
    parts = pathlib.PurePath(path).parts
    if parts[0] == "port":
        return "port"
    return parts[1] if len(parts) > 2 else "main"


def uncommented(text):
    """The text with comments gone and its line numbers kept."""
    def blank(m):
        if m[0][0] == '"':
            return m[0]
        return re.sub(r"[^\n]", " ", m[0])
    return COMMENT.sub(blank, text)


def may_include(path, kind, name):
    layer = layer_of(path)
    if layer == "port" and path.startswith("port/"):
        if kind == "<":
            return True
    if kind == "<":
        foreign = FOREIGN.get(layer)
        return name in FREESTANDING or bool(foreign and foreign.match(name))
    if "/" not in name:
        # A neighbour, or services.h of src/ for what stands beside it.
        return (pathlib.Path(path).parent / name).exists()
    owner = layer_of(name if name.startswith(("src/", "port/"))
                     else "include/" + name)
    return owner == layer or owner in MAY[layer] or name in MAY[layer]


def offences(path, text):
    above_port = not path.startswith("port/")
    for n, line in enumerate(uncommented(text).split("\n"), 1):
        m = INCLUDE.match(line)
        if m and not may_include(path, m[1], m[2]):
            yield n, f"{layer_of(path)} may not include {m[2]}"
        if not above_port:
            continue
        if re.search(r"\berrno\b", line):
            yield n, "errno above port/"
        if SYSTEM_IF.match(line) and path not in SYSTEM_IF_FREE:
            yield n, "asks which system this is, above port/"
        elif (ANY_IF.match(line) and path.endswith(".c")
              and path != "src/services.c"):
            yield n, "#if outside limits.h, port/ and services.c"


def sources():
    for top in ("include", "src", "port"):
        for path in sorted(pathlib.Path(top).rglob("*.[ch]")):
            yield path.as_posix()


def main():
    files = bad = 0
    for path in sources():
        files += 1
        if layer_of(path) not in MAY:
            print(f"{path}:1: no layer of this name; see layers.py")
            bad += 1
            continue
        text = pathlib.Path(path).read_text(encoding="utf-8")
        for n, what in offences(path, text):
            print(f"{path}:{n}: {what}")
            bad += 1
    print(f"layers: {files} files, {bad} offences")
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
