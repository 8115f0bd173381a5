"""wherry import: what OpenWrt's packages were configured by, taken over."""

import re

import pytest

import net
import wherry

pytestmark = pytest.mark.host

# As the last package shipped it, with what its owners fill in.
OLD = """
config ss_local
\toption disabled '1'
\toption server 'sss0'
\toption local_address '0.0.0.0'
\toption local_port '1080'
\toption timeout '30'

config ss_local 'home'
\toption disabled 0
\toption server 'sss0'
\toption local_address '127.0.0.1'
\toption local_port 'LOCAL'
\toption timeout '30'
\toption fast_open '0'
\toption ipv6_first '0'
\toption no_delay '0'
\toption reuse_port '0'
\toption verbose '0'
\toption mode 'tcp_and_udp'
\toption mtu '1492'

config ss_tunnel 'there'
\toption server 'sss0'
\toption local_address '127.0.0.1'
\toption local_port 'TUNNEL'
\toption tunnel_address '127.0.0.1:TARGET'
\toption mode 'tcp_only'

config ss_redir 'hi'
\toption server 'sss1'
\toption local_address '0.0.0.0'
\toption local_port '1100'

config ss_tunnel
\toption server 'nobody'

config ss_rules 'ss_rules'
\toption redir_tcp 'hi'
\toption src_default 'checkdst'
\tlist ifnames 'br-lan'
\tlist ifnames 'br-guest'
\toption dst_ips_bypass '192.0.2.0/24 198.51.100.1'
\toption local_default 'bypass'

config server 'sss0'
\toption disabled '0'
\toption server '127.0.0.1'
\toption server_port 'SERVER'
\toption password 'it'\\''s "a" secret # one'
\toption method 'chacha20-ietf-poly1305'
\toption plugin ''

config server 'sss1'
\toption disabled '1'
\toption server '192.0.2.2'

config ss_server 'own'
\toption bind_address '127.0.0.1'
\toption server '127.0.0.1'
\toption server_port 'SERVER'
\toption password 'it'\\''s "a" secret # one'
\toption method 'chacha20-ietf-poly1305'
\toption colour 'blue'
"""
NOTES = [
    r":2: ss-local @1: left out, it is disabled",
    r":30: ss-redir hi: left out, its server is disabled",
    r":35: ss-tunnel @5: left out, no server of that name",
    r":40: src_default: not so here",
    r":64: colour: no such option here",
]


@pytest.mark.parametrize("form", [[], ["--uci"]])
def test_shadowsocks_libev(fleet, tmp_path, form):
    """It runs: the tunnels of before, to the server of before."""
    with net.Target(net.echo) as target:
        ports = {"LOCAL": wherry.free_port(), "TUNNEL": wherry.free_port(),
                 "SERVER": wherry.free_port(), "TARGET": target.port}
        text = OLD
        for name, port in ports.items():
            text = text.replace(name, str(port))
        old = tmp_path / "shadowsocks-libev"
        old.write_text(text, encoding="ascii")
        done = wherry.run("import", *form, old)
        assert done.returncode == 0, done.stderr
        notes = re.findall("^# .*", done.stdout, re.M)
        assert len(notes) == len(NOTES)
        for have, want in zip(notes, NOTES):
            assert re.search(want, have), have
        lines = [line.strip() for line in done.stdout.replace(
            "\toption ", "").replace("'", "").replace(" = ", " ").split("\n")]
        assert [line for line in lines if line.split(" ")[0] in (
            "interface", "bypass", "local")] == [
                "interface br-lan", "interface br-guest",
                "bypass 192.0.2.0/24", "bypass 198.51.100.1"]
        new = tmp_path / "wherry"
        new.write_text(done.stdout, encoding="ascii")
        found = wherry.run("check", new)
        assert found.returncode == 0, found.stdout + found.stderr
        run = fleet.start([*wherry.PREFIX, "run", "-c", new])
        run.listens(ports["SERVER"]).listens(ports["LOCAL"])
        run.listens(ports["TUNNEL"])
        with net.connect(ports["LOCAL"], "127.0.0.1", target.port) as s:
            s.sendall(b"by socks")
            assert net.read_exactly(s, 8) == b"by socks"


def test_vsftpd(tmp_path):
    old = tmp_path / "vsftpd.conf"
    old.write_text("background=YES\nlisten=YES\n", encoding="ascii")
    done = wherry.run("import", old)
    assert done.stdout == f"\n[ftpd]\nconfig = {old}\n"
    done = wherry.run("import", "--uci", old)
    assert done.stdout == f"\nconfig ftpd\n\toption config '{old}'\n"


@pytest.mark.parametrize("text, why", [
    ("{}", r":1: neither UCI nor vsftpd\.conf"),
    ("[ssserver]\n", r":1: neither UCI nor vsftpd\.conf"),
    ("config a\noption 'x\n", ":2: a quote without its other"),
    (None, "no such file")])
def test_bad(tmp_path, text, why):
    path = tmp_path / "old"
    if text is not None:
        path.write_text(text, encoding="ascii")
    done = wherry.run("import", path)
    assert done.returncode == 1 and re.search(why, done.stderr)
    assert done.stdout == ""
    assert wherry.run("import").returncode == 2
    assert wherry.run("import", "--what").returncode == 2
