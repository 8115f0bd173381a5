"""What FTP servers have been broken by for twenty years, class by class, and the
tests that hold each; some of them are here. Contract: ftp.md 4.7."""

import os
import re
import socket
import threading

import pytest

import ftp
import wherry

# Class: names of tests, those of tests/unit and tests/sim with their file.
HELD_BY = {
    "bounce":
        "test_bounce t_ftp_port:t_syntax t_ftp_port:t_promiscuous "
        "t_ftp_monitor:t_after_login",
    "port stealing":
        "test_ftp:test_data_connection_of_another t_ftp_sess:t_stranger "
        "test_ftp:test_passive_port_is_forgotten test_ftp_tls:test_reuse",
    "glob bombs":
        "test_glob_bombs t_ftp_match:t_bomb",
    "filters passed by another path":
        "test_ftp:test_denied_names t_ftp_xfer:t_patterns",
    "symlinks and races":
        "test_links_that_change t_port_file:renames_meanwhile_lead_nowhere "
        "test_ftp:test_nothing_leads_out t_ftp_sess:t_put_link",
    "lines too long":
        "test_ftp:test_endless_line t_ftp_line:t_long t_ftp_sess:t_too_long",
    "Telnet sequences":
        "t_ftp_line:t_telnet test_ftp_quirks:test_telnet_synch "
        "test_ftp:test_abort_with_telnet_synch",
    "use after an abort":
        "t_ftp_sess:t_abort t_ftp_sess:t_client_gone "
        "t_ftp:clients_that_leave_harm_nobody",
    "offsets of 32 and 64 bits":
        "test_ftp:test_five_gigabytes test_ftp:test_absurd_offsets "
        "t_port_file:offsets_are_64_bits",
    "ASCII that outgrows its buffer":
        "t_ftp_ascii:t_rows t_ftp_xfer:t_ascii_long",
    "all places taken":
        "test_ftp_processes:test_limits_before_anything_costs "
        "test_ftp:test_max_per_ip test_ftp_processes:"
        "test_guessing_is_slowed_down",
    "groups and rights kept":
        "test_ftp_processes:test_before_login "
        "test_ftp_processes:test_after_login",
    "replies that a router takes for others":
        "test_no_line_of_a_clients_choice t_ftp_message:t_directory",
    "STARTTLS injection":
        "test_ftp_tls:test_nothing_comes_along",
    "ALPACA":
        "test_ftp_tls:test_other_protocol t_ftp_sess:t_not_ftp "
        "test_ftp:test_a_browser_is_sent_away",
    "session of another connection":
        "test_ftp_tls:test_reuse t_tls:t_foreign_ticket",
    "ticket of TLS 1.3 in a hello of TLS 1.2":
        "t_tls:t_ticket_of_other_version",
    "stale ticket":
        "t_tls:t_stale_ticket",
    "upload cut short":
        "test_ftp_tls:test_cut_upload t_tls_chan:t_cut",
    "users told apart":
        "test_ftp:test_unknown_user test_ftp:"
        "test_unknown_user_costs_as_much",
    "requests to the monitor":
        "t_ftp_ask:t_states t_ftp_ask:t_numbers t_ftp_ask:t_texts "
        "t_ftp_monitor:t_before_login",
}


@pytest.mark.host
@pytest.mark.parametrize("weakness", HELD_BY)
def test_is_held(weakness):
    """By tests that are there, and that are run."""
    for name in HELD_BY[weakness].split():
        file, _, test = name.rpartition(":")
        if file.startswith("t_"):
            path, = (wherry.ROOT / "tests").glob(f"*/{file}.c")
            wanted = rf"\b(TEST|cmocka_unit_test\w*)\({test}\b"
        else:
            path = (wherry.ROOT / "tests" / "system" /
                    f"{file or 'test_ftp_weaknesses'}.py")
            wanted = rf"^def {test}\("
        assert re.search(wanted, path.read_text(), re.M), name


@pytest.fixture
def site(fleet):
    return ftp.Site(fleet)


@pytest.mark.parametrize("where", [
    "PORT 127,0,0,2,{0},{1}", "EPRT |1|127.0.0.2|{2}|",
    "PORT 127,0,0,1,0,25", "EPRT |1|127.0.0.1|22|", "PORT 0,0,0,0,{0},{1}",
    "PORT 224,0,0,1,{0},{1}", "EPRT |2|::1|{2}|", "PORT 255,255,255,255,9,9",
    "EPRT |1|127.0.0.1|65537|", "PORT 127,0,0,257,{0},{1}"])
def test_bounce(site, where):
    """Data go to the client alone, and to no port of a service."""
    with socket.create_server(("127.0.0.2", 0)) as third, \
            site.control("writer") as c:
        port = third.getsockname()[1]
        line = where.format(port >> 8, port & 255, port)
        assert 500 <= c.code(line) <= 530
        assert c.code("RETR pub/hello.txt") == 425
        third.settimeout(0.05)
        with pytest.raises(TimeoutError):
            third.accept()


@pytest.mark.parametrize("pattern", [
    "*/../" * 200 + "*", "{" * 500, "{a,b}" * 300, "*a" * 500 + "b",
    "~" * 500, "[" * 900, "-R " + "../" * 300, "*{*{*{*," * 100])
def test_glob_bombs(site, pattern):
    """No list of anything costs more than its folder has names."""
    for n in range(200):
        (site.root / "pub" / f"{'a' * 100}{n}").touch()
    with site.control("writer") as c:
        for verb in ("NLST", "LIST", "MLSD"):
            code, octets = c.get(f"{verb} pub/{pattern}")
            assert code in (226, 501, 550), (verb, code)
            assert len(octets) < 1_000_000
        assert c.code(f"STAT pub/{pattern}") in (211, 213, 450, 501, 550)
        assert c.code("NOOP") == 200
    with open(f"/proc/{site.daemon.pid}/stat", encoding="ascii") as f:
        ticks = sum(map(int, f.read().rpartition(")")[2].split()[11:13]))
    assert ticks < 50 * wherry.PATIENCE


def test_links_that_change(site):
    """A folder becomes a link that leads out, and a folder again, while files
    go through it."""
    outside = site.root.parent / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    up = site.root / "up"
    (up / "folder").mkdir()
    (up / "folder" / "secret").write_text("mine")
    (up / "link").symlink_to(outside)
    over = threading.Event()

    def swap():
        while not over.is_set():
            for name in ("folder", "link"):
                (up / name).rename(up / "there")
                (up / "there").rename(up / name)

    thread = threading.Thread(target=swap)
    thread.start()
    rounds = 20 if wherry.EMULATED else 200
    try:
        with site.control("writer") as c:
            for i in range(rounds):
                code, octets = c.get("RETR up/there/secret")
                assert code == 550 or octets == b"mine", octets
                # 451: it is another folder at the end than at the start.
                assert c.put(f"STOR up/there/new{i}", b"new") in (
                    226, 451, 550, 553)
                assert c.code("DELE up/there/secret2") == 550
                assert c.code(f"MKD up/there/dir{i}") in (257, 550)
    finally:
        over.set()
        thread.join()
    assert os.listdir(outside) == ["secret"]
    assert (outside / "secret").read_text() == "secret"


def test_no_line_of_a_clients_choice(site):
    """Names with ends of lines in them begin no line of a reply, as a router
    would read an address there."""
    fake = "x\r\n227 Entering Passive Mode (10,0,0,1,0,22)."
    (site.root / "pub" / fake).touch()
    (site.root / "pub" / "y\n229 (|||22|)").mkdir()
    with site.control("writer") as c:
        c.send(b"MKD up/z\0" b"227 Entering Passive Mode (10,0,0,1,0,22).\r\n")
        replies = [c.reply()[1]]
        for line in ("STAT pub", "MLST pub", "CWD up", "PWD"):
            replies.append(c(line)[1])
        for name in os.listdir(site.root / "up"):
            c.send(b"CWD " + name.encode().replace(b"\n", b"\0") + b"\r\n")
            replies.append(c.reply()[1])
            replies.append(c("PWD")[1])
        for text in replies:
            assert not re.search(r"^22[79]", text, re.M), text
