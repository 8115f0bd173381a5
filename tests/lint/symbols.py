#!/usr/bin/env python3
"""symbols.py FOLDER - what every object of src/ leaves for others to define.

FOLDER is one built board (build/x86-64). Allowed are port_*, mem* and str* of
<string.h>, helpers of the compiler, mbedtls_* in crypto, qrcodegen_* in ss, and
our own symbols of a layer that this layer may use. Prints the source file for
each offence.
"""

import pathlib
import re
import subprocess
import sys

from layers import MAY, layer_of

STRING = re.compile(r"(mem(chr|cmp|cpy|move|set)|"
                    r"str(chr|rchr|cmp|ncmp|len|nlen|spn|cspn|str|pbrk))$")
COMPILER = re.compile(r"(_GLOBAL_OFFSET_TABLE_|__stack_chk_(fail|guard)|"
                      r"__aeabi_\w+|__u?(div|mod|divmod)[dst]i[34]|"
                      r"__(ashl|ashr|lshr|mul|neg|clz|ctz|popcount)[dst]i[23]|"
                      r"_gp_disp|__bswap[sd]i2|__cpu_model)$")


def nm(path):
    """(undefined, defined global) symbol names of an object."""
    out = subprocess.run(["nm", path], check=True, text=True,
                         capture_output=True).stdout
    undefined, defined = set(), set()
    for line in out.splitlines():
        kind, name = line.split()[-2:]
        if kind in "Uwv":
            undefined.add(name)
        elif kind.isupper():
            defined.add(name)
    return undefined, defined


def allowed(layer, name, owner):
    if name.startswith("port_") or STRING.match(name) or COMPILER.match(name):
        return True
    if name.startswith(("mbedtls_", "psa_")):
        return layer == "crypto"
    if name.startswith("qrcodegen_"):
        return layer == "ss"
    if name not in owner:
        return False
    return layer == "main" or owner[name] in MAY[layer] | {layer}


def main():
    built = pathlib.Path(sys.argv[1])
    objects = {}
    for source in sorted(pathlib.Path("src").rglob("*.c")):
        obj = built / source.with_suffix(".o")
        if not obj.exists():
            if source.parts[:3] == ("src", "crypto", "alt"):
                continue        # of another processor
            sys.exit(f"symbols: {obj} is missing: make first")
        objects[source.as_posix()] = nm(obj)
    owner = {name: layer_of(source)
             for source, (_, defined) in objects.items() for name in defined}
    bad = 0
    for source, (undefined, _) in objects.items():
        for name in sorted(undefined):
            if not allowed(layer_of(source), name, owner):
                print(f"{source}:1: {layer_of(source)} uses {name}")
                bad += 1
    print(f"symbols: {len(objects)} objects, {bad} offences")
    return 1 if bad or not objects else 0


if __name__ == "__main__":
    sys.exit(main())
