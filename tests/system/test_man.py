"""Manual pages say what --help says, of every program."""

import re
import subprocess
import sys

import pytest

import wherry

sys.path.insert(0, str(wherry.ROOT / "toolchain"))

import man  # noqa: E402

pytestmark = pytest.mark.host


def plain(text):
    return text.replace("\\-", "-").replace("\\e", "\\")


@pytest.mark.parametrize("name, section, words, what", man.PAGES,
                         ids=[p[0] for p in man.PAGES])
def test_page(name, section, words, what):
    program = wherry.PREFIX[-1]
    page = plain(man.page(program, name, section, words, what))
    shown = man.help_of(program, words)
    flags = set(re.findall(r"^  (?:    )?(-[-\w]+)", shown, re.M))
    keys = set(re.findall(r"^  (\w+)(?:  |$)", shown, re.M))
    assert flags or keys
    for word in flags | keys:
        assert re.search(rf"^\.B .*{re.escape(word)}\b", page, re.M), word
    # Every explanation is there whole.
    assert len(page) > len(" ".join(shown.split())) * 0.9


def test_target(tmp_path):
    subprocess.run([sys.executable, wherry.ROOT / "toolchain" / "man.py",
                    wherry.PREFIX[-1], tmp_path], check=True)
    assert len(list(tmp_path.iterdir())) == len(man.PAGES)


def test_page_of_ftp():
    """It names no option that is not there."""
    text = (wherry.ROOT / "docs" /
            "from-vsftpd-and-pure-ftpd.md").read_text(encoding="utf-8")
    known = set(re.findall(r"^  ([a-z]\w+)", wherry.run(
        "ftpd", "--help").stdout, re.M))
    named = set(re.findall(r"`([a-z0-9]+_[a-z0-9_]+)", text))
    assert len(named) > 40 and named <= known, named - known
