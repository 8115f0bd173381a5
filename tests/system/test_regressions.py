"""What Shadowsocks servers and clients have been broken by, row by row, and the
tests that hold each; some of them are here. Contract: shadowsocks.md 3, the bug
classes and the defects of libev that were found by reading."""

import json
import pathlib
import re
import socket
import subprocess

import pytest

import net
import udp
import wherry

# Row: names of tests, those of tests/unit and tests/sim with their file.
HELD_BY = {
    # Defects found by reading.
    "(a) rules that datagrams do not meet":
        "test_udp:test_forbidden_targets test_udp:test_lists_of_a_client "
        "t_ss_gate:t_targets",
    "(b) IPv6 literal in a datagram's name":
        "test_literals_in_names test_udp:test_ipv6",
    "(c) exit in the data path when an option of a socket fails":
        "test_wishes_that_fail t_port_net:wishes_that_may_be_refused "
        "t_port_net:fast_open_is_a_plain_connect_at_worst",
    "(d) datagram of SOCKS shorter than its header":
        "test_udp:test_what_is_no_datagram_of_socks t_udp:t_faults",
    "(e) name of 255 octets":
        "test_longest_name t_ss_addr:t_longest_name t_in_socks5:t_longest",
    "(f) cipher context lost when a datagram's salt repeats":
        "t_udp:t_old_replays t_udp:t_replays",
    "(g) one accept an event, and no pause without descriptors":
        "t_listen:no_descriptor_pauses_and_does_not_spin "
        "t_listen:at_most_so_many_in_a_turn "
        "test_half_open:test_few_descriptors",
    "(h) a socket for each answer, and of one family":
        "t_ss_assoc:t_sockets t_port_net:batches_of_both_families",
    "(i) an allocation for each datagram":
        "test_no_allocator",
    "(j) rules longer than 255 octets":
        "t_ss_acl:t_long_lines",
    "(k) accepted descriptor lost when the way out fails":
        "test_no_descriptor_is_lost t_relay_nth:aead t_relay_nth:of_2022 "
        "t_relay:stopping_leaves_nothing",
    "(l) length of a chunk opened again at each read":
        "t_ss_aead:t_flights_in_every_cut t_ss_aead:t_random_cuts",
    "(m) manager: split answers, method table, paths that can be guessed":
        "t_ss_dialogue:t_split t_ss_libev:t_rows t_ss_report:t_by_path "
        "test_manager:test_fifty_in_a_push",
    # Classes of bugs.
    "abort in a data path":
        "t_relay_nth:stream t_udp:t_faults t_plugin:t_lives "
        "test_plugin:test_that_is_not_there",
    "memory written past its end":
        "test_octets:test_shadowsocks t_ss_packet:t_every_harm "
        "t_in_socks5:t_random t_dns_msg:any_octets",
    "values that reach a shell":
        "test_no_shell t_plugin:t_words",
    "plaintext that a stream lets be rewritten":
        "test_streams_are_said_to_be_forgeable "
        "test_drain:test_bad_address_type_of_a_stream_method",
    "datagram that ends the process":
        "test_short_datagrams t_ss_packet:t_noise test_octets:test_shadowsocks",
    "commands from whoever reaches the manager":
        "test_manager:test_addresses_refused "
        "test_manager:test_socket_is_ours_alone "
        "test_manager:test_what_is_not_understood",
    "descriptors lost by handshakes that fail":
        "test_drain:test_drained_connections_are_forgotten t_half:t_storm "
        "t_ss_serve:t_handshake_limit",
    "connections that are stuck":
        "test_relay:test_client_ends_first test_relay:test_target_ends_first "
        "test_relay:test_reset_of_the_target_ends_the_client "
        "t_chan_sim:nobody_is_deceived_or_stuck",
    "datagrams: errors that are fatal, tables that thrash":
        "t_udp:t_bad_network t_udp:t_full t_ss_assoc:t_full_table "
        "t_port_net:why_udp_fails t_port_net:full_is_again "
        "test_workers:test_first_takes_datagrams",
    "answers of name servers that lie, or none":
        "t_dns_sim:liars_are_not_heard t_dns_sim:nobody_answers "
        "t_remote:names_lead_astray "
        "t_dns_msg:answers_to_something_else",
    "what musl does otherwise: time, stacks, names":
        "t_civil:each_day_of_800_years t_civil:ends_of_int32_years "
        "t_dns_conf:resolv_conf_as_people_write_it "
        "test_relay:test_names_are_resolved_by_the_server",
}


@pytest.mark.host
def test_there_are_24():
    assert len(HELD_BY) == 24


def text_of(file):
    """Of a file of C, or of Python in any folder."""
    if file.startswith("t_"):
        path, = (wherry.ROOT / "tests").glob(f"*/{file}.c")
    else:
        path, = (wherry.ROOT / "tests").glob(f"*/{file}.py")
    return path.read_text()


@pytest.mark.host
@pytest.mark.parametrize("row", HELD_BY)
def test_is_held(row):
    """By tests that are there, and that are run."""
    for name in HELD_BY[row].split():
        file, _, test = name.rpartition(":")
        file = file or "test_regressions"
        wanted = rf"\b(TEST|cmocka_unit_test\w*)\({test}\b" \
            if file.startswith("t_") else rf"^def {test}\("
        assert re.search(wanted, text_of(file), re.M), name


def test_literals_in_names(fleet):
    """What is an address is judged as one, whichever way it is written."""
    _, local = fleet.pair()
    strict = fleet.server(forbidden="::1/128,127.0.0.0/8")
    to_strict = fleet.local(strict.port)
    for host, family in (("::1", 4), ("127.0.0.1", 1)):
        with udp.Target(host) as target:
            name = b"\0\0\0\x03" + bytes([len(host)]) + host.encode() + \
                target.port.to_bytes(2, "big")
            with udp.Client(local.port) as c:
                c.udp.sendto(name + b"open", c.at)
                assert c.take() == ((host, target.port), b"open")
            with udp.Client(to_strict.port) as c:
                c.udp.sendto(name + b"shut", c.at)
                c.udp.settimeout(0.3)
                with pytest.raises(TimeoutError):
                    c.take()
            assert len(target.sources) == 1, family


@pytest.mark.host
def test_wishes_that_fail(fleet):
    """An interface that is not there, a source of another machine: one
    connection fails, nothing else does, and it is said."""
    port, bad = wherry.free_port(), wherry.free_port()
    common = ["-k", "x", "-m", "aes-256-gcm", "-s", "127.0.0.1"]
    good = fleet.wherry("ss-server", *common, "-p", port, "-i", "nowhere0",
                        "--fast-open", "-v").listens(port)
    lost = fleet.wherry("ss-server", *common, "-p", bad, "-b", "203.0.113.7",
                        "-v").listens(bad)
    with net.Target(net.echo) as target:
        for server_port in (bad, port, bad, port):
            local = fleet.local(server_port, password="x")
            with net.connect(local.port, "127.0.0.1", target.port) as s:
                s.sendall(b"there?")
                try:
                    came = s.recv(6)
                except ConnectionResetError:
                    came = b""
            assert came in (b"", b"there?")
            assert came == b"" or server_port == port
            local.stop()
    assert good.process.poll() is None and lost.process.poll() is None


def test_longest_name(fleet):
    """255 octets, by TCP and by datagram: no name, and nobody dies of it."""
    _, local = fleet.pair()
    name = "a." * 127 + "b"
    assert len(name) == 255
    request = b"\x05\x01\x00\x03\xff" + name.encode() + b"\0\x09"
    with socket.create_connection(("127.0.0.1", local.port), 20) as s:
        s.sendall(b"\x05\x01\x00" + request)
        s.settimeout(20 * wherry.PATIENCE)
        assert net.read_exactly(s, 2) == b"\x05\x00"
        net.read_all(s)
    with udp.Client(local.port) as c, udp.Target() as target:
        c.udp.sendto(b"\0\0\0" + request[3:] + b"x", c.at)
        assert c.ask("127.0.0.1", target.port, b"still")[1] == b"still"


@pytest.mark.host
def test_no_allocator():
    """The program has none, so no path of it can ask one."""
    elf = wherry.ROOT / (str(wherry.PREFIX[-1]) + ".elf")
    if not elf.exists():
        pytest.skip("only the stripped program is there")
    subprocess.run([wherry.ROOT / "toolchain" / "witness", "", elf],
                   check=True, timeout=60)


@pytest.mark.host
def test_no_descriptor_is_lost(fleet):
    """Refused, or gone before: after many of each as many are open as before."""
    server = fleet.server()
    local = fleet.local(server.port)
    nobody = wherry.free_port()

    def is_open():
        return sum(len(list(pathlib.Path(f"/proc/{p.pid}/fd").iterdir()))
                   for p in (server, local))

    def fail_all(times):
        for _ in range(times):
            for patient in (True, False):
                with net.connect(local.port, "127.0.0.1", nobody, 5) as s:
                    try:
                        s.sendall(b"x")
                        if patient:
                            s.recv(1)
                    except OSError:
                        pass

    fail_all(2)
    before = is_open()
    fail_all(40)
    wherry.wait_for("descriptors", 10, lambda: is_open() <= before)


@pytest.mark.host
@pytest.mark.parametrize("key", ["password", "method", "plugin",
                                 "plugin_opts", "mode"])
def test_no_shell(fleet, key):
    """Whatever a manager's client says is a value, never a command."""
    path, mark = fleet.folder / "m.sock", fleet.folder / "mark"
    fleet.wherry("ss-manager", "--manager-address", path, "-s", "127.0.0.1",
                 "-m", "aes-256-gcm", "-u")
    wherry.wait_for("the socket", 10, path.exists)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind(str(fleet.folder / "c.sock"))
        s.settimeout(10 * wherry.PATIENCE)
        for word in (f"$(touch {mark})", f"`touch {mark}`",
                     f"x; touch {mark} #", f"'; touch {mark}; '",
                     f"| touch {mark}"):
            s.sendto(b"add: " + json.dumps({
                "server_port": wherry.free_port(), "password": "x",
                key: word}).encode(), str(path))
            s.recv(65536)
        s.sendto(b"ping", str(path))
        assert s.recv(65536).startswith(b"stat: ")
    assert not mark.exists()


@pytest.mark.host
def test_streams_are_said_to_be_forgeable(fleet):
    server = fleet.server("aes-256-cfb")
    server.expect("not authenticated and can be forged")
    assert "forged" not in fleet.server("aes-256-gcm").text()


@pytest.mark.parametrize("method", ["aes-256-cfb", "aes-256-gcm",
                                    "2022-blake3-aes-128-gcm"])
def test_short_datagrams(fleet, seeded, method):
    """Every length from none on, to both sides: nothing comes, nobody dies."""
    server, local = fleet.pair(method)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for size in range(80):
            for port in (server.port, local.port):
                s.sendto(seeded.randbytes(size), ("127.0.0.1", port))
    with udp.Client(local.port) as c, udp.Target() as target:
        assert c.ask("127.0.0.1", target.port, b"still")[1] == b"still"
