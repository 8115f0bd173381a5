"""`wherry uri`: what it writes is read by others' rules, and the way back."""

import base64
import json
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
