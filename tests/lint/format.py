#!/usr/bin/env python3
"""format.py [FILE...] - compares our C with what clang-format makes of it.

Where a long statement or list is broken, and in which columns comments and
tables stand, is the author's choice; clang-format has no setting for that. So
the two texts are walked through side by side: blanks between two tokens must
agree, statements that begin a line must begin it with as many tabs, and
braces and bodies must be on the lines where clang-format puts them. Macro
bodies are left alone. Also: 80 columns, no blanks at a line's end, a head that
says what the file is.
"""

import pathlib
import re
import subprocess
import sys

from layers import uncommented

CONTROL = re.compile(r"\b(if|for|while|switch)$")
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)
LITERAL = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'')


def bare(text):
    """Comments, directives and literals' insides gone, lines kept."""
    text = uncommented(text)
    text = DIRECTIVE.sub(lambda m: "\n" * m[0].count("\n"), text)
    return LITERAL.sub(lambda m: m[0][0] + "s" * (len(m[0].strip()) - 2)
                       + m[0][0], text)


def tokens(text):
    """[(character, blanks before it, line)] of all that is not blank."""
    out, gap, line = [], "", 1
    for c in text:
        if c.isspace():
            gap += c
            line += c == "\n"
        else:
            out.append((c, gap, line))
            gap = ""
    return out


def tabs(gap):
    tail = gap[gap.rindex("\n") + 1:]
    return len(tail) - len(tail.lstrip("\t"))


class Walk:
    """Enough of the grammar to judge a line break."""

    def __init__(self):
        self.open = []          # what stood before each open parenthesis
        self.after_control = False
        self.text = ""          # since the last ; { }

    def step(self, c):
        self.after_control = False
        if c == "(":
            self.open.append(bool(CONTROL.search(self.text.rstrip())))
        elif c == ")" and self.open:
            self.after_control = self.open.pop()
        self.text = "" if c in ";{}" else self.text + c

    def space(self, gap):
        if gap:
            self.text += " "

    def must_break(self, prev):
        """Does the statement end before what follows?"""
        return not self.open and (prev == ";" or self.after_control)


def compare(ours, theirs):
    a, b = tokens(bare(ours)), tokens(bare(theirs))
    if [t[0] for t in a] != [t[0] for t in b]:
        yield 1, "clang-format changes more than blanks here"
        return
    walk, prev = Walk(), ""
    for i, ((c, gap, line), (_, want, _)) in enumerate(zip(a, b)):
        walk.space(gap)
        ours_break, their_break = "\n" in gap, "\n" in want
        if ours_break and their_break:
            if prev in ";{}" and tabs(gap) != tabs(want):
                yield line, f"{tabs(want)} tabs wanted, {tabs(gap)} found"
        elif their_break:
            if walk.must_break(prev):
                yield line, "a new line wanted here"
        elif ours_break:
            if c == "{" and prev == ")":
                yield line, "the brace belongs on the line before"
            elif prev == "}" and "".join(t[0] for t in a[i:i + 4]) == "else":
                yield line, "else belongs on the line of the brace"
        elif bool(gap) != bool(want):
            what = "a blank wanted" if want else "no blank wanted"
            yield line, f"{what} before {c!r}"
        walk.step(c)
        prev = c


def plain(path, text):
    if not re.match(r"/\*(\n \*)? %s - " % re.escape(path.name), text):
        yield 1, f"does not begin with \"/* {path.name} - \""
    for n, line in enumerate(text.split("\n"), 1):
        if len(line.expandtabs(8)) > 80:
            yield n, f"{len(line.expandtabs(8))} columns"
        if line != line.rstrip():
            yield n, "blanks at the end of the line"
        if re.match(r" {8}", line):
            yield n, "eight blanks where a tab belongs"


def main():
    files = [pathlib.Path(f) for f in sys.argv[1:]]
    if not files:
        files = sorted(f for top in ("include", "src", "port", "tests")
                       for f in pathlib.Path(top).rglob("*.[ch]"))
    bad = 0
    for path in files:
        text = path.read_text(encoding="utf-8")
        theirs = subprocess.run(
            ["clang-format", "--style=file", path], check=True, text=True,
            capture_output=True).stdout
        for n, what in sorted([*plain(path, text), *compare(text, theirs)]):
            print(f"{path}:{n}: {what}")
            bad += 1
    print(f"format: {len(files)} files, {bad} offences")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
