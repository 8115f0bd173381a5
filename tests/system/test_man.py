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
    assert len(list(tmp_path.iterdir())) == len(man.PAGES) + 1


def test_page_of_ftp():
    """It names no option that is not there."""
    text = (wherry.ROOT / "docs" /
            "from-vsftpd-and-pure-ftpd.md").read_text(encoding="utf-8")
    known = set(re.findall(r"^  ([a-z]\w+)", wherry.run(
        "ftpd", "--help").stdout, re.M))
    named = set(re.findall(r"`([a-z0-9]+_[a-z0-9_]+)", text))
    assert len(named) > 40 and named <= known, named - known


def test_configuration():
    """Every key that a program's help shows, once, with its flags and who has
    what default."""
    program = wherry.PREFIX[-1]
    page = plain(man.conf_page(program))
    shown = re.findall(r"^\.B (\S+)$", page, re.M)
    assert len(shown) == len(set(shown)) > 60
    for name, words in man.CONF_OF:
        keys = man.keys_of(program, words)
        assert "server_port" in keys, name
        assert set(keys) <= set(shown), name
    about = page.partition("\n.B method\n")[2].partition("\n.TP\n")[0]
    assert "-m" in about
    assert re.search("Default of wherry ssserver, wherry sslocal: "
                     "2022-blake3-aes-128-gcm", about)
    assert "Default of ss-server" in about
    assert "server_port, method, password" in page      # of each of servers[]
