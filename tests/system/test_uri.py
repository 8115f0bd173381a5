"""`wherry uri`: what it writes is read by others' rules, and the way back."""

import base64
import json
import re
import subprocess
import urllib.parse

import pytest

import wherry


def good(*args):
    result = wherry.run("uri", *args)
    assert result.returncode == 0, result.stderr
    return result.stdout


def read_by_the_book(address):
    """SIP002, by the standard library."""
    parts = urllib.parse.urlsplit(address.strip())
    assert parts.scheme == "ss"
    user = parts.netloc.rpartition("@")[0]
    if ":" not in user:
        assert "=" not in user
        user = base64.urlsafe_b64decode(user + "=" * (-len(user) % 4)).decode()
        method, _, password = user.partition(":")
    else:
        method, password = map(urllib.parse.unquote, user.split(":"))
    query = urllib.parse.parse_qs(parts.query)
    return {"server": parts.hostname, "server_port": parts.port,
            "method": method, "password": password,
            "plugin": query.get("plugin", [""])[0],
            "remarks": urllib.parse.unquote(parts.fragment)}


@pytest.mark.parametrize("password", [
    "simple", "colon:at@slash/?#%&", "quote\"back\\slash", "d\u00e9j\u00e0 vu",
    "\u5bc6\u7801", "=+-_=", "tab\tnewline\n"])
@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::1", "a.example.org"])
def test_round(tmp_path, host, password):
    conf = {"server": host, "server_port": 8388, "method": "aes-256-gcm",
            "password": password, "plugin": "obfs-local",
            "plugin_opts": "obfs=http;host=a b", "remarks": "my #1"}
    path = tmp_path / "config.json"
    path.write_text(json.dumps(conf), encoding="utf-8")
    address = good("-c", path)
    read = read_by_the_book(address)
    assert read == {**{k: v for k, v in conf.items() if k != "plugin_opts"},
                    "plugin": "obfs-local;obfs=http;host=a b"}
    assert json.loads(good(address.strip())) == conf


def test_prefix(tmp_path):
    """Outline's parameter, with the NUL that TLS has there."""
    query = "/?outline=1&prefix=%16%03%01%00%C2%A8%01%01"
    user = "YWVzLTI1Ni1nY206cHc"
    conf = json.loads(good(f"ss://{user}@h:1{query}"))
    assert conf["prefix"] == "\x16\x03\x01\0\xa8\x01\x01"
    path = tmp_path / "config.json"
    path.write_text(json.dumps(conf), encoding="utf-8")
    assert good("-c", path).strip() == \
        f"ss://{user}@h:1/?prefix=%16%03%01%00%c2%a8%01%01"


@pytest.mark.parametrize("method", list(wherry.METHODS_2022))
def test_2022_is_not_coded(method):
    """SIP022's keys are base64 already: percent-encoded, never twice coded."""
    key = wherry.password(method)
    address = good("-s", "h", "-p", "1", "-m", method, "-k", key)
    assert address.startswith(f"ss://{method}:")
    assert read_by_the_book(address)["password"] == key


def test_as_ssurl(tmp_path):
    path = tmp_path / "config.json"
    path.write_text('{"server": ["a", "b"], "server_port": "9",'
                    ' "method": "aes-128-gcm", "password": "x"}')
    result = wherry.run("ssurl", "--encode", path)
    assert [read_by_the_book(a)["server"] for a in result.stdout.split()] \
        == ["a", "b"]
    back = wherry.run("ssurl", "-d", result.stdout.split()[1])
    assert json.loads(back.stdout)["server_port"] == 9


@pytest.mark.parametrize("args, said", [
    (["http://x"], "does not begin with ss://"),
    (["ss://aes-256-gcm:x@h:99999"], "port"),
    (["ss://rot13:x@h:1"], "method rot13 not supported"),
    (["-s", "h", "-m", "aes-256-gcm"], "no password"),
    (["-m", "aes-256-gcm", "-k", "x"], "no server"),
    (["-s", "h", "-k", "x", "-m", "rot13"], "not supported"),
    (["-c", "/nonexistent.json"], "/nonexistent.json"),
    (["--what"], "--what"),
])
def test_refused(args, said):
    result = wherry.run("uri", *args)
    assert result.returncode == 1
    assert said in result.stderr, result.stderr
    assert result.stdout == ""


# ---- lists: an address for each

def addresses(*args):
    return [read_by_the_book(a) for a in good(*args).splitlines()]


KEY = wherry.password("2022-blake3-aes-128-gcm")
HERS = wherry.password("2022-blake3-aes-128-gcm", "hers")


def test_servers(tmp_path):
    """What an entry leaves out stands outside, behind it even."""
    path = tmp_path / "config.json"
    path.write_text(json.dumps({
        "servers": [
            {"server": "2001:db8::1", "server_port": 1, "remarks": "one",
             "plugin": "p", "plugin_opts": "a;b"},
            {"address": "gone", "port": 2, "disabled": True},
            {"address": "two", "port": "3", "password": KEY,
             "method": "2022-blake3-aes-128-gcm"}],
        "server": "outside", "server_port": 9,
        "method": "aes-128-gcm", "password": "of all"}))
    out = good("-c", path)
    assert out.count("\n") == 3
    assert f"ss://2022-blake3-aes-128-gcm:{urllib.parse.quote(KEY)}@" \
        .lower() in out.lower()
    assert [(a["server"], a["server_port"], a["method"], a["password"],
             a["plugin"], a["remarks"]) for a in addresses("-c", path)] == [
        ("outside", 9, "aes-128-gcm", "of all", "", ""),
        ("2001:db8::1", 1, "aes-128-gcm", "of all", "p;a;b", "one"),
        ("two", 3, "2022-blake3-aes-128-gcm", KEY, "", "")]


def test_ports_of_a_server(tmp_path):
    """It listens everywhere: -s says by which address it is reached."""
    path = tmp_path / "config.json"
    path.write_text('{"port_password": {"1": "a", "2": "b"},'
                    ' "server": "0.0.0.0", "method": "aes-256-gcm"}')
    bad = wherry.run("uri", "-c", path)
    assert bad.returncode == 1 and bad.stdout == ""
    assert "all addresses" in bad.stderr
    assert [(a["server"], a["server_port"], a["password"])
            for a in addresses("-c", path, "-s", "a.example")] == \
        [("a.example", 1, "a"), ("a.example", 2, "b")]


@pytest.mark.parametrize("in_list", [False, True])
def test_users(tmp_path, in_list):
    """The port's own key lets nobody in: each has it and his own."""
    of_port = {"server_port": 7, "method": "2022-blake3-aes-128-gcm",
               "password": KEY, "users": [
                   {"name": "anna", "password": HERS},
                   {"name": "bert", "password": KEY}]}
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"servers": [{"server": "::", **of_port}]}
                               if in_list else of_port))
    assert [(a["remarks"], a["password"])
            for a in addresses("-c", path, "-s", "h")] == \
        [("anna", f"{KEY}:{HERS}"), ("bert", f"{KEY}:{KEY}")]


def test_nothing_is_written_where_one_is_wrong(tmp_path):
    path = tmp_path / "config.json"
    path.write_text('{"servers": [{"server": "a", "password": "x",'
                    ' "method": "aes-256-gcm"},\n{"server": "b"}]}')
    result = wherry.run("uri", "-c", path)
    assert result.returncode == 1 and result.stdout == ""
    assert "no password" in result.stderr


# ---- the code

INK = "\x1b[38;5;16;48;5;231m"
HALVES = {" ": (255, 255), "\u2584": (255, 0), "\u2580": (0, 255),
          "\u2588": (0, 0)}


def picture(lines, scale=4):
    """A terminal's black and white as a PGM file."""
    rows = []
    for line in lines:
        assert line.startswith(INK) and line.endswith("\x1b[0m"), line
        cells = [HALVES[c] for c in line[len(INK):-len("\x1b[0m")]]
        rows += [[c[0] for c in cells], [c[1] for c in cells]]
    assert len({len(row) for row in rows}) == 1
    for edge in (rows[:4], rows[-4:], [r[:4] + r[-4:] for r in rows]):
        assert {dot for row in edge for dot in row} == {255}
    octets = b"".join(bytes(dot for dot in row for _ in range(scale)) * scale
                      for row in rows)
    return b"P5 %d %d 255\n" % (len(rows[0]) * scale,
                                len(rows) * scale) + octets


def decoded(lines, path):
    path.write_bytes(picture(lines))
    return subprocess.run(["zbarimg", "-q", "--raw", "-Sdisable",
                           "-Sqrcode.enable", path], check=True, text=True,
                          capture_output=True, timeout=60).stdout.strip()


@pytest.mark.parametrize("octets", [1, 7, 60, 127, 200, 255])
def test_code(tmp_path, octets):
    """Another's reader of codes sees the address, whatever its length."""
    password = ("Correct%20horse/" * 16)[:octets]
    first, *code = good("--qr", "-s", "a.example", "-m", "aes-256-gcm", "-k",
                        password, "--remarks", "d\u00e9j\u00e0 vu",
                        "--plugin-opts", "x" * octets,
                        "--plugin", "p").splitlines()
    assert decoded(code, tmp_path / "code.pgm") == first


def test_code_of_an_address(tmp_path):
    address = "ss://YWVzLTI1Ni1nY206eA@h:8388#m%20e"
    code = good("--qr", address).splitlines()
    assert decoded(code, tmp_path / "code.pgm") == address


def test_code_too_long():
    address = "ss://YWVzLTI1Ni1nY206eA@h:1?" + "y=1&" * 1000
    for n, rc in ((2953, 0), (2954, 1)):
        result = wherry.run("uri", "--qr", address[:n])
        assert result.returncode == rc
        assert ("too long" in result.stderr) == (rc == 1)
