#!/usr/bin/env python3
"""man.py WHERRY OUT - manual pages of every program, from what --help prints, and
so from the table of options that every reader has.

Each page is OUT/NAME.SECTION; what a table cannot say (signals, files, examples)
stands in docs/man/NAME.txt, its sections begun by a line in capitals.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]

# Name, section, arguments before --help, what it is.
PAGES = [
    ("ssserver", 8, ["ssserver"], "Shadowsocks server"),
    ("sslocal", 8, ["sslocal"], "local proxy in front of Shadowsocks servers"),
    ("ss-server", 8, ["ss-server"], "Shadowsocks server"),
    ("ss-local", 8, ["ss-local"], "local SOCKS proxy"),
    ("ss-tunnel", 8, ["ss-tunnel"], "tunnel to one target"),
    ("ss-manager", 8, ["ss-manager"], "Shadowsocks servers by commands"),
    ("ssmanager", 8, ["ssmanager"], "Shadowsocks servers by commands"),
    ("wherry-ftpd", 8, ["ftpd"], "FTP server configured by vsftpd.conf"),
    ("wherry-run", 8, ["run"], "services of one file, kept running"),
    ("wherry-rules", 8, ["rules"],
     "what a firewall does for a transparent proxy"),
    ("wherry-import", 8, ["import"],
     "others' configuration as one of wherry run"),
    ("wherry-check", 8, ["check"], "what is wrong in a configuration"),
]


def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def help_of(program, words):
    done = subprocess.run([str(program), *words, "--help"], text=True,
                          stdout=subprocess.PIPE, check=True)
    return done.stdout


def entries(lines):
    """(what stands left, its text) of a list in two columns."""
    found = []
    for line in lines:
        if m := re.match(r"  ( {0,4}\S.*?)(?:  +(\S.*))?$", line):
            if line.startswith(" " * 20):
                found[-1][1].append(line.strip())
            else:
                found.append((m[1].strip(), [m[2]] if m[2] else []))
        elif found and line.strip():
            found[-1][1].append(line.strip())
    return [(left, " ".join(text)) for left, text in found]


def told(path):
    """What stands in docs/man for a page."""
    out = []
    lines = path.read_text(encoding="utf-8").splitlines() \
        if path.exists() else []
    for line in lines:
        if re.fullmatch(r"[A-Z][A-Z ]+", line):
            out.append(f".SH {line}")
        elif line.startswith("    "):
            out += [".nf", escaped(line), ".fi"]
        else:
            out.append(escaped(line) if line else ".PP")
    return out


def page(program, name, section, words, what):
    text = help_of(program, words)
    usage, _, rest = text.partition("\n\n")
    first, _, about = usage.partition("\n")
    before, _, keys = rest.partition("\nKeys of the configuration file")
    if before.startswith("Options:") or "\nOptions:" in before:
        more, _, before = before.rpartition("Options:\n")
        about += "\n" + more
    out = [f'.TH {name.upper()} {section} "" wherry',
           ".SH NAME", f"{escaped(name)} \\- {escaped(what)}",
           ".SH SYNOPSIS", ".B " + escaped(first.removeprefix("usage: ")),
           ".SH DESCRIPTION", escaped(" ".join(about.split()))]
    out.append(".SH OPTIONS")
    for left, said in entries(before.splitlines()):
        out += [".TP", f".B {escaped(left)}", escaped(said)]
    if keys:
        out.append(".SH CONFIGURATION FILE")
        out.append("The keys in brackets above, and these.")
        for left, said in entries(keys.splitlines()[1:]):
            out += [".TP", f".B {escaped(left)}", escaped(said)]
    extra = ROOT / "docs" / "man" / f"{name}.txt"
    return "\n".join(out + told(extra)) + "\n"


# The configuration of the Shadowsocks programs: whose keys, and whose words
# where several have one.
CONF_NAME, CONF_SECTION = "wherry-shadowsocks", 5
CONF_OF = [("wherry ssserver", ["ssserver"]), ("wherry sslocal", ["sslocal"]),
           ("ss-server", ["ss-server"]), ("ss-local", ["ss-local"]),
           ("ss-tunnel", ["ss-tunnel"]), ("ss-manager", ["ss-manager"]),
           ("ssmanager", ["ssmanager"])]


def keys_of(program, words):
    """{key: (its text, its flags)} of a program's file."""
    _, _, rest = help_of(program, words).partition("\n\n")
    before, _, alone = rest.partition("\nKeys of the configuration file")
    keys = {}
    for left, said in entries(before.splitlines()):
        if m := re.search(r" ?\[(\w+)\]", said):
            flags = re.findall(r"(?<!\w)--?[\w-]+", left)
            keys[m[1]] = said.replace(m[0], ""), flags
    for left, said in entries(alone.splitlines()[1:]):
        keys[left] = said, []
    return keys


def without_default(said):
    return re.sub(r" ?\(default: [^)]*\)", "", said)


def conf_page(program):
    """Each key once, with its flags and, where they differ, its defaults."""
    found = {name: keys_of(program, words) for name, words in CONF_OF}
    out = [f'.TH {CONF_NAME.upper()} {CONF_SECTION} "" wherry', ".SH NAME",
           escaped(CONF_NAME) + " \\- " +
           escaped("configuration of the Shadowsocks programs"),
           ".SH DESCRIPTION",
           "One JSON object. Numbers may be strings and strings numbers; a key "
           "that is not known is skipped; of equal keys the last one holds, and "
           "the command line holds over the file.", ".SH KEYS"]
    for key in sorted({k for keys in found.values() for k in keys}):
        has = {n: keys[key] for n, keys in found.items() if key in keys}
        flags = sorted({f for _, fs in has.values() for f in fs})
        out += [".TP", f".B {escaped(key)}",
                escaped(without_default(next(iter(has.values()))[0]))]
        defaults = {}
        for name, (said, _) in has.items():
            if m := re.search(r"\(default: ([^)]*)\)", said):
                defaults.setdefault(m[1], []).append(name)
        for value, names in defaults.items():
            out += [".br", escaped(
                f"Default: {value}" if len(names) == len(has) else
                f"Default of {', '.join(names)}: {value}")]
        if flags:
            out += [".br", escaped("Options: " + ", ".join(flags))]
        if len(has) < len(found):
            out += [".br", escaped("Of: " + ", ".join(has))]
    extra = ROOT / "docs" / "man" / f"{CONF_NAME}.txt"
    return "\n".join(out + told(extra)) + "\n"


def main():
    program, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for name, section, words, what in PAGES:
        path = folder / f"{name}.{section}"
        path.write_text(page(program, name, section, words, what),
                        encoding="utf-8")
        print(f"  MAN     {path}")
    path = folder / f"{CONF_NAME}.{CONF_SECTION}"
    path.write_text(conf_page(program), encoding="utf-8")
    print(f"  MAN     {path}")


if __name__ == "__main__":
    main()
