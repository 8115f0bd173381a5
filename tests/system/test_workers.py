"""workers: several processes for one server's ports (prefork)."""

import signal

import net
import udp
import wherry


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


def test_no_file_of_salts(tmp_path):
    """Several processes would write over each other's."""
    result = wherry.run("ssserver", "-p", wherry.free_port(), "-k", "x", "-m",
                        "aes-256-gcm", "--workers", "2", "--salt-file",
                        tmp_path / "salts")
    assert result.returncode == 1
    assert "not with workers" in result.stderr
