"""workers: several processes for one server's ports (prefork)."""

import json
import signal
import socket
import threading

import net
import udp
import wherry
from test_drain import record
from test_metrics import exposed


def workers_of(program):
    """Pids of the children."""
    path = f"/proc/{program.pid}/task/{program.pid}/children"
    with open(path, encoding="ascii") as f:
        return [int(pid) for pid in f.read().split()]


def gone(pids):
    wherry.wait_for("workers gone", 3, lambda: not any(map(wherry.alive, pids)))


def three(fleet):
    server = fleet.server("aes-256-gcm", "correct horse", "--workers", "3")
    wherry.wait_for("workers", 3, lambda: len(workers_of(server)) == 2)
    return server


def test_all_serve_and_stop(fleet):
    server = three(fleet)
    local = fleet.local(server.port)
    pids = workers_of(server)
    with net.Target(net.echo) as target:
        for _ in range(20):
            with net.connect(local.port, "127.0.0.1", target.port) as s:
                s.sendall(b"x")
                assert net.read_exactly(s, 1) == b"x"
    server.stop()
    gone(pids)
    assert not wherry.listening(server.port)


def test_first_takes_datagrams(fleet):
    """Of all clients, also after a reload: it knows what came before."""
    server = three(fleet)
    local = fleet.local(server.port)

    def sockets():
        with open("/proc/net/udp", encoding="ascii") as f:
            return [line for line in f if f":{server.port:04X} " in
                    line.split()[1] + " "]
    with udp.Target() as target:
        for _ in range(2):
            for _ in range(6):
                with udp.Client(local.port) as c:
                    assert c.ask("127.0.0.1", target.port, b"x")[1] == b"x"
            assert len(sockets()) == 1
            server.process.send_signal(signal.SIGHUP)
            wherry.wait_for("reloads", 3, lambda: server.text().count(
                "configuration reloaded") >= 3)


def test_killed_first_process_takes_all(fleet):
    server = three(fleet)
    pids = workers_of(server)
    server.stopped = True
    server.process.kill()
    server.process.wait()
    gone(pids)
    assert not wherry.listening(server.port)


def test_quit_serves_on_in_every_worker(fleet):
    server = three(fleet)
    local = fleet.local(server.port)
    with net.Target(net.echo) as target:
        # So many that the kernel gives each process some.
        live = [net.connect(local.port, "127.0.0.1", target.port)
                for _ in range(24)]
        for s in live:
            s.sendall(b"a")
            assert net.read_exactly(s, 1) == b"a"
        server.process.send_signal(signal.SIGQUIT)
        wherry.wait_for("listeners gone", 3,
                        lambda: not wherry.listening(server.port))
        for s in live:
            s.sendall(b"b")
            assert net.read_exactly(s, 1) == b"b"
            s.close()
    server.stopped = True
    assert server.process.wait(11 * wherry.PATIENCE) == 0


def test_taken_port_starts_nothing(fleet):
    server = three(fleet)
    result = wherry.run("ssserver", "-s", "127.0.0.1", "-p", server.port,
                        "-k", "correct horse", "-m", "aes-256-gcm",
                        "--workers", "3")
    assert result.returncode == 1
    assert "address in use" in result.stderr


def test_more_than_the_board_has():
    result = wherry.run("ssserver", "-k", "x", "--workers", "1000")
    assert result.returncode == 2
    assert "workers" in result.stderr


def test_sums_are_of_all(fleet, tmp_path):
    """What each counted is in the metrics, and in the file at the end, from
    which the next ones go on."""
    rounds, size = 24, 5000
    state, metrics = tmp_path / "state", wherry.free_port()
    port = wherry.free_port()
    more = ["--workers", "3", "--state-file", state, "--metrics-address",
            f"127.0.0.1:{metrics}"]
    for life in 1, 2:
        server = fleet.server("aes-256-gcm", "correct horse", *more,
                              port=port)
        local = fleet.local(port)
        with net.Target(lambda s: s.sendall(b"x" * size)) as target:
            live = [net.connect(local.port, "127.0.0.1", target.port)
                    for _ in range(rounds)]
            for s in live:
                net.read_exactly(s, size)
        label = f'{{port="{port}"}}'

        def told():
            now = exposed(metrics)
            return (now["wherry_port_down_octets_total", label],
                    now["wherry_port_sessions_total", label],
                    now["wherry_ss_relayed_total", None])
        # A connection that is there is counted, by whichever it is served.
        wherry.wait_for("all of it", 3, lambda: told() == (
            life * rounds * size, life * rounds, rounds))
        for s in live:
            s.close()
        local.stop()
        server.stop()
        assert (f"down {life * rounds * size} sessions {life * rounds}\n"
                in state.read_text())


def test_quota_is_of_all(fleet, tmp_path):
    """Several connections, served by several, have it together."""
    conf, port, quota = tmp_path / "server.json", wherry.free_port(), 400000
    conf.write_text(json.dumps({
        "server": "127.0.0.1", "server_port": port, "method": "aes-256-gcm",
        "password": "correct horse", "quota": quota, "workers": 3,
        "forbidden_ip": ""}))
    server = fleet.wherry("ssserver", "-c", conf)
    server.listens(port)
    local = fleet.local(port)
    ends = 12
    with net.Target(net.echo) as target:
        live = [net.connect(local.port, "127.0.0.1", target.port)
                for _ in range(ends)]
        got = 0
        try:
            for _ in range(2 * quota // 10000):
                for s in live:
                    s.sendall(b"x" * 1000)
                    got += len(net.read_exactly(s, 1000))
        except (OSError, EOFError, AssertionError):
            pass
    # Both ways; a connection may have had one read more.
    assert quota * 0.3 < got < quota / 2 + ends * 2000


def test_salts_outlive_all(fleet, tmp_path):
    """Whichever of them served the request: none of the next ones does."""
    port, flights = wherry.free_port(), []
    thread = threading.Thread(target=record, args=(port, flights))
    thread.start()
    more = ["--workers", "3", "--salt-file", tmp_path / "salts"]
    with net.Target(net.echo) as target:
        local = fleet.local(port)
        with net.connect(local.port, "127.0.0.1", target.port) as s:
            s.sendall(b"hello")
            thread.join()
        for served in 1, 1:
            server = fleet.server("aes-256-gcm", "correct horse", *more)
            for _ in range(12):
                with socket.create_connection(("127.0.0.1",
                                               server.port)) as s:
                    s.sendall(flights[0])
                    s.shutdown(socket.SHUT_WR)
                    s.settimeout(5 * wherry.PATIENCE)
                    while s.recv(65536):
                        pass
            assert target.accepted == served
            server.stop()
