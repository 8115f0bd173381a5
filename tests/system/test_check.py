"""wherry check: what is wrong or weak in a configuration, by file and line."""

import os
import socket

import pytest

import wherry

pytestmark = pytest.mark.host

KEY = "AAAAAAAAAAAAAAAAAAAAAA=="
GOOD = f"""[ssserver]
server = 127.0.0.1
server_port = PORT
method = 2022-blake3-aes-128-gcm
password = {KEY}
[ftpd]
listen_port = PORT2
local_enable = YES
anonymous_enable = NO
ssl_enable = YES
force_local_logins_ssl = YES
users_file = USERS
pasv_min_port = 40000
pasv_max_port = 41000
nopriv_user = nobody
"""


@pytest.fixture
def conf(tmp_path):
    """A file that is as it should be, and a way to change it."""
    path = tmp_path / "wherry.conf"
    users = tmp_path / "users"
    users.write_text("", encoding="ascii")
    users.chmod(0o600)
    text = GOOD.replace("PORT2", str(wherry.free_port())).replace(
        "PORT", str(wherry.free_port())).replace("USERS", str(users))

    def write(*changes, mode=0o600):
        changed = text
        for old, new in changes:
            assert old in changed
            changed = changed.replace(old, new)
        path.write_text(changed, encoding="utf-8")
        path.chmod(mode)
        return path
    return write


def check(*words):
    done = wherry.run("check", *words)
    return done.returncode, done.stdout + done.stderr


def test_good(conf):
    code, said = check(conf())
    assert code == 0, said
    assert said.splitlines() == [
        "[ssserver]", "the configuration is fine",
        "[ftpd]", "the configuration is fine"]


@pytest.mark.parametrize("old, new, said", [
    ("server_port = ", "server_port = 1000000", ":3: server_port: "),
    ("method = 2022-", "method = 2023-", ":4: method: "),
    (KEY, KEY[4:], "takes a key of 16 octets"),
    ("[ftpd]", "[ftp]", ":6: [ftp]: no service"),
    ("listen_port", "lisp_port", ":7: lisp_port: no such option"),
    ("local_enable = YES", "local_enable = YEAH", ":8: local_enable: "),
    ("nopriv_user = nobody", "nopriv_user = nobody.at.all",
     "nopriv_user: there is no user nobody.at.all"),
    ("[ssserver]", "[ssserver]\nacl = /nowhere", "/nowhere"),
    ("[ssserver]", "[ssserver]\nsalt_file = /nowhere/x", "/nowhere/x"),
    ("[ssserver]", "[ssserver]\nuser = nobody.at.all", "nobody.at.all"),
])
def test_error(conf, old, new, said):
    if "user" in new and os.geteuid() != 0:
        pytest.skip("an unprivileged ftpd looks at no user")
    code, all_said = check(conf((old, new)))
    assert code == 1, all_said
    assert said in all_said


PASSWORD = (("2022-blake3-aes-128-gcm", "aes-256-gcm"), (KEY, "kitten"))


@pytest.mark.parametrize("changes, said", [
    (PASSWORD, ":5: password: short enough to be guessed"),
    ((("2022-blake3-aes-128-gcm", "aes-256-cfb"), (KEY, KEY * 2)),
     "aes-256-cfb is not authenticated"),
    ((("ssl_enable = YES\n", ""),), "pass unencrypted"),
    ((("force_local_logins_ssl = YES", "force_local_logins_ssl = NO"),),
     "sends its password unencrypted"),
    ((("anonymous_enable = NO", "anonymous_enable = YES\nwrite_enable = YES"
       "\nanon_upload_enable = YES\nftp_username = nobody"),),
     "fill the disk"),
    ((("users_file = ", "users_file = /nowhere"),),
     "users are those of the system"),
    ((("pasv_max_port = 41000", "pasv_max_port = 40001"),), "2 ports for"),
    ((("[ftpd]", "[ftpd]\nport_promiscuous = YES"),), "other machines"),
])
def test_warning(conf, changes, said):
    code, all_said = check(conf(*changes))
    assert code == 0, all_said
    assert "WARN" in all_said and said in all_said


def test_readable_by_others(conf):
    path = conf(mode=0o644)
    code, said = check(path)
    assert code == 0 and f"WARN {path}: everybody can read" in said


def test_port_taken(conf):
    """By a stranger, and by another service of the same file."""
    path = conf()
    port = path.read_text("ascii").split("server_port = ")[1].split()[0]
    with socket.create_server(("127.0.0.1", int(port))):
        code, said = check(path)
    assert code == 0 and f"WARN TCP 127.0.0.1:{port} is taken" in said
    code, said = check(path)
    assert code == 0 and "taken" not in said
    other = path.read_text("ascii").replace(
        "[ftpd]", f"[ssserver two]\nserver = 127.0.0.1\nserver_port = {port}\n"
        f"method = 2022-blake3-aes-128-gcm\npassword = {KEY}\n[ftpd]")
    path.write_text(other, encoding="ascii")
    code, said = check(path)
    assert code == 0 and f"WARN TCP 127.0.0.1:{port} is taken" in said


@pytest.mark.parametrize("service", ["ssserver", "ss-server"])
def test_file_of_one_service(tmp_path, service):
    path = tmp_path / "config.json"
    path.write_text('{"server": "127.0.0.1", "method": "aes-256-gcm",\n'
                    f'"server_port": {wherry.free_port()},\n'
                    '"password": "fe0uGi8ahB2eeph7"}', encoding="ascii")
    path.chmod(0o600)
    code, said = check(path, service)
    assert code == 0 and said.endswith("the configuration is fine\n"), said
    path.write_text('{"server": "127.0.0.1",\n "method": 5}', encoding="ascii")
    code, said = check(path, service)
    assert code != 0 and f"{path}:2: method: " in said
    code, said = check(path)
    assert code == 1 and f"wherry check {path} SERVICE" in said


def test_usage():
    assert check("--help")[0] == 0
    for words in (["a", "b", "c"], ["-x"], ["a", "no-such-service"]):
        code, said = check(*words)
        assert code == 2 and "usage: wherry check" in said
