"""Absurd configurations: a clear message with file and line, exit code 1,
nothing started by halves. Contract: shadowsocks.md 2.2."""

import os
import re
import socket
import subprocess

import pytest

import wherry

GOOD = {"server": '"127.0.0.1"', "server_port": "0", "password": '"x"',
        "method": '"aes-256-gcm"'}


def write(path, last=None, **changes):
    """A configuration with a key to a line; None leaves one out. Returns the
    line of the key `last`, which is the last one."""
    rows = {k: v for k, v in {**GOOD, **changes}.items() if v is not None}
    if last:
        rows[last] = rows.pop(last)
    path.write_text("{\n" + ",\n".join(
        f'"{k}": {v}' for k, v in rows.items()) + "\n}\n")
    return len(rows) + 1


def refused(result, *, code=1):
    """It said something, to people, and left with this code."""
    said = result.stderr + result.stdout
    assert result.returncode == code, said
    assert said.strip(), "left without a word"
    assert len(said) < 4000
    assert not wherry.BROKEN.search(said), said
    return said


WRONG_VALUES = [
    ("server_port", "0"), ("server_port", "65536"), ("server_port", "-1"),
    ("server_port", '"ssh"'), ("server_port", "99999999999999999999"),
    ("server_port", "{}"), ("server_port", "true"), ("server_port", "1.5"),
    ("server_port", "8e3"), ("server_port", "[]"),
    ("password", "{}"), ("password", '""'),
    ("method", '"rot13"'), ("method", "17"), ("method", "[]"),
    ("timeout", '"soon"'), ("timeout", "-5"), ("timeout", "0"),
    ("timeout", "1e99"),
    ("forbidden_ip", '"127.0.0.1/4a"'), ("forbidden_ip", '"127.0.0.0/33"'),
    ("forbidden_ip", '"::/129"'), ("forbidden_ip", '"here"'),
    ("port_password", "[]"), ("port_password", '"x"'),
    ("port_password", '{"70000": "x"}'), ("port_password", '{"x": "x"}'),
    ("port_password", '{"8388": 1.5}'), ("port_password", '{"8388": {}}'),
    ("fast_open", '"perhaps"'), ("fast_open", "7"), ("fast_open", "{}"),
    ("workers", "0"), ("workers", '"many"'),
    ("server", "{}"), ("server", "7"),
    ("verbose", '"loud"'),
]


@pytest.mark.parametrize("key, value", WRONG_VALUES,
                         ids=[f"{k}={v}" for k, v in WRONG_VALUES])
def test_wrong_value(tmp_path, key, value):
    """Named by file, line and key; no port is open at any time."""
    path = tmp_path / "config.json"
    port = wherry.free_port()
    line = write(path, **{"server_port": port, key: value}, last=key)
    said = refused(wherry.run("ssserver", "-c", path))
    assert f"{path}:{line}: " in said, said
    assert key in said
    assert not wherry.listening(port)


@pytest.mark.parametrize("text, line", [
    ("", None), ("{", 1), ("[]", 1), ("17", 1), ('"x"', 1), ("nonsense", 1),
    ("{\n\"server_port\": 8388,\n\"password\" \"x\"\n}\n", 3),
    ("{\n\"server_port\": 8388,\n\"password\": \"x\n\"\n}\n", None),
    ("{\n\"a\": [1,\n2,\n", None),
    ("{\n\n\n\"a\": \"\\q\"}", 4),
    ("{\"a\": 1}\n}", 2),
    ("[" * 20000, None), ("{\"a\":" * 20000, None),
    ("\0" * 100, None),
], ids=range(14))
def test_broken_json(tmp_path, text, line):
    path = tmp_path / "config.json"
    path.write_text(text)
    said = refused(wherry.run("ssserver", "-c", path))
    where = re.search(re.escape(str(path)) + r":(\d+)", said)
    assert where, said
    if line:
        assert int(where[1]) == line, said


def test_random_octets_are_no_configuration(tmp_path, seeded):
    path = tmp_path / "config.json"
    for _ in range(5 if wherry.EMULATED else 40):
        path.write_bytes(seeded.randbytes(seeded.randrange(1, 5000)))
        refused(wherry.run("ssserver", "-c", path))
        refused(wherry.run("ftpd", path))


def test_files_that_are_none(tmp_path):
    unreadable = tmp_path / "unreadable"
    unreadable.symlink_to(unreadable)
    for path in (tmp_path / "missing", tmp_path, unreadable, "/dev/full",
                 tmp_path / ("n" * 300)):
        for command in (("ssserver", "-c", path), ("sslocal", "-c", path),
                        ("ftpd", path)):
            said = refused(wherry.run(*command))
            assert str(path)[:60] in said, said


def test_file_without_permission(tmp_path):
    """Root may read everything, so root goes without that right here."""
    path = tmp_path / "config.json"
    write(path)
    path.chmod(0)
    less = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
    result = subprocess.run(
        [*(less if os.geteuid() == 0 else []), *wherry.PREFIX, "ssserver",
         "-c", path], text=True, capture_output=True, check=False,
        stdin=subprocess.DEVNULL, timeout=20 * wherry.PATIENCE)
    assert str(path) in refused(result)


@pytest.mark.parametrize("service", ["ssserver", "sslocal", "ftpd"])
def test_too_long_file(tmp_path, service):
    """More than 128 KiB: said, not cut."""
    path = tmp_path / "config.json"
    comment = "# " + "x" * 60 + "\n"
    if service == "ftpd":
        path.write_text(comment * 3000 + "listen_port=2121\n")
        result = wherry.run(service, path)
    else:
        write(path, _comment='"' + "x" * 140_000 + '"')
        result = wherry.run(service, "-c", path)
    assert str(path) in refused(result)


def test_largest_file_is_taken(fleet, tmp_path):
    """Just under 128 KiB works, and unknown keys of any kind are passed over."""
    path = tmp_path / "config.json"
    port = wherry.free_port()
    write(path, server_port=port, _comment='"' + "x" * 130_000 + '"',
          local='"192.168.1.1"', lists='[{"a": [1, {"b": null}]}]')
    server = fleet.wherry("ssserver", "-c", path)
    server.expect(r"starting server at 127\.0\.0\.1:%d" % port)


def test_numbers_as_text_and_a_mark_in_front(fleet, tmp_path):
    """Ports written as strings and a UTF-8 mark: real files have both."""
    path = tmp_path / "config.json"
    port = wherry.free_port()
    write(path, server_port=f'"{port}"', timeout='"300"')
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    fleet.wherry("ssserver", "-c", path).expect(
        r"starting server at 127\.0\.0\.1:%d" % port)


def test_command_line_beats_file(fleet, tmp_path):
    """Even when -c comes last."""
    path = tmp_path / "config.json"
    port = wherry.free_port()
    write(path, server_port=1)
    fleet.wherry("ssserver", "-p", port, "-c", path).expect(
        r"starting server at 127\.0\.0\.1:%d" % port)


@pytest.mark.parametrize("service", ["ssserver", "sslocal"])
def test_unknown_method_lists_the_known(service):
    result = wherry.run(service, "-s", "127.0.0.1", "-p", "1234", "-k", "x",
                        "-m", "rot13")
    said = refused(result, code=result.returncode or 1)
    assert result.returncode in (1, 2)
    assert "rot13" in said
    for method in [*wherry.METHODS, *wherry.METHODS_2022]:
        assert method in said, method


@pytest.mark.parametrize("arguments, code, text", [
    (("ssserver", "-p", "1234"), 2, "password or port_password not specified"),
    (("sslocal", "-s", "127.0.0.1"), 2, "password not specified"),
    (("sslocal", "-k", "x"), 2, "server addr not specified"),
    (("ssserver", "-k", "x", "-p", "0"), 2, ""),
    (("ssserver", "-k", "x", "-p", "65536"), 2, ""),
    (("ssserver", "-k", "x", "-p", "http"), 2, ""),
    (("ssserver", "-k", "x", "-p"), 2, ""),
    (("ssserver", "-k", "x", "--no-such-option"), 2, "no-such-option"),
    (("ssserver", "-k", "x", "-Z"), 2, "Z"),
    (("ssserver", "-k", "x", "--forbidden-ip", "127.0.0.1/4a"), 2,
     "Not a valid CIDR notation: 127.0.0.1/4a"),
    (("ssserver", "-k", "x", "-d", "dance"), 1, ""),
    (("ssserver", "-k", "mypassword"), 1, "DON'T USE DEFAULT PASSWORD!"),
    (("no-such-service",), 1, "no-such-service"),
    (("ftpd", "-olisten_port=70000"), 1, "listen_port"),
    (("ftpd", "-ono_such_option=1"), 1, "no_such_option"),
    (("ftpd", "-olisten"), 1, "listen"),
], ids=lambda v: " ".join(v) if isinstance(v, tuple) else "")
def test_bad_command_line(tmp_path, monkeypatch, arguments, code, text):
    """No config.json lies about in the folder it is started in."""
    monkeypatch.chdir(tmp_path)
    said = refused(wherry.run(*arguments), code=code)
    assert text in said, said


@pytest.mark.parametrize("service", ["ssserver", "sslocal", "ftpd"])
def test_port_in_use(service, tmp_path):
    """Named by address; with several ports, none stays open."""
    other = wherry.free_port()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        if service == "ftpd":
            result = wherry.run("ftpd", "-olisten_address=127.0.0.1",
                                f"-olisten_port={port}",
                                f"-oanon_root={tmp_path}")
        elif service == "sslocal":
            result = wherry.run("sslocal", "-s", "127.0.0.1", "-p", "1234",
                                "-b", "127.0.0.1", "-l", port, "-k", "x",
                                "-m", "aes-256-gcm")
        else:
            path = tmp_path / "config.json"
            write(path, server_port=None, password=None,
                  port_password=f'{{"{other}": "x", "{port}": "y"}}')
            result = wherry.run("ssserver", "-c", path)
        said = refused(result)
    assert str(port) in said and "in use" in said.lower(), said
    assert not wherry.listening(other)


def test_address_of_another_machine():
    said = refused(wherry.run("ssserver", "-s", "192.0.2.1", "-p",
                              wherry.free_port(), "-k", "x", "-m",
                              "aes-256-gcm"))
    assert "192.0.2.1" in said


@pytest.mark.parametrize("service", ["ssserver", "sslocal", "ftpd"])
def test_help_and_version(service):
    result = wherry.run(service, "--help")
    assert result.returncode == 0 and not result.stderr
    for line in result.stdout.split("\n"):
        assert len(line.expandtabs(8)) <= 80, line
    result = wherry.run("version")
    assert result.returncode == 0 and re.search(r"\d+\.\d+", result.stdout)


def test_ftp_configuration_names_its_line(tmp_path):
    path = tmp_path / "vsftpd.conf"
    for line, text in [
            (2, "no_such_option=YES"), (2, "listen_port=65536"),
            (2, "max_clients=-1"), (2, "anonymous_enable=MAYBE"),
            (2, "listen_port"), (2, "=5"), (2, "local_umask=09"),
            (2, "anon_max_rate=99999999999999999999"),
            (2, "anonymous_enable="), (2, "listen_address=not.an.address.")]:
        path.write_text(f"# comment\n{text}\n")
        said = refused(wherry.run("ftpd", path))
        assert f"{path}:{line}: " in said, (text, said)


def test_weak_password(fleet):
    """It is said under our own name, once, for methods that make a key of it."""
    words = "its password can be guessed"
    weak = fleet.server("aes-256-gcm", "short")
    assert weak.text().count(words) == 1
    for p in (fleet.server("aes-256-gcm", wherry.password(
            "2022-blake3-aes-256-gcm")), fleet.server("none", "x")):
        assert words not in p.text()
    port = wherry.free_port()
    other = fleet.wherry("ss-server", "-s", "127.0.0.1", "-p", port, "-k", "x",
                         "-m", "aes-256-gcm").listens(port)
    assert words not in other.text()
