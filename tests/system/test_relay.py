"""Octets through sslocal and ssserver: whole, in both directions, many at once."""

import asyncio
import hashlib
import os
import socket
import threading

import pytest

import net
import wherry

MANY = 50 if wherry.EMULATED else 200
IDLE = 100 if wherry.EMULATED else 1000


def send_file(s, path):
    with open(path, "rb") as f:
        s.sendfile(f)
    s.shutdown(socket.SHUT_WR)


@pytest.fixture(scope="session")
def payload_hash(payload):
    with open(payload, "rb") as f:
        return (os.path.getsize(payload),
                hashlib.file_digest(f, "sha256").hexdigest())


@pytest.mark.parametrize("method", [*wherry.METHODS, *wherry.METHODS_2022])
def test_file_each_way(fleet, payload, payload_hash, method):
    """The file goes up to its end; then it comes down on the same connection."""
    got = []

    def take_and_give(s):
        got.append(net.hash_rest(s))
        send_file(s, payload)

    _, local = fleet.pair(method)
    with net.Target(take_and_give) as target:
        with net.connect(local.port, "127.0.0.1", target.port, 120) as s:
            send_file(s, payload)
            assert net.hash_rest(s) == payload_hash
    assert got == [payload_hash]


def test_both_ways_at_once(fleet, seeded):
    """Neither direction waits for the other, and the echo is the original."""
    size = 2_000_000 if wherry.EMULATED else 50_000_000
    data = seeded.randbytes(size)
    _, local = fleet.pair()
    with net.Target(net.echo) as target:
        with net.connect(local.port, "127.0.0.1", target.port, 120) as s:
            def give():
                s.sendall(data)
                s.shutdown(socket.SHUT_WR)
            giver = threading.Thread(target=give)
            giver.start()
            result = net.hash_rest(s)
            giver.join()
    assert result == (size, hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("method", ["chacha20-ietf-poly1305", "aes-256-cfb",
                                    "2022-blake3-aes-256-gcm"])
def test_many_at_once(fleet, seeded, method):
    """All are open at once, each with octets of its own."""
    _, local = fleet.pair(method)
    sent = [seeded.randbytes(seeded.randrange(1, 100_000))
            for _ in range(MANY)]

    async def one(port, data, all_open):
        reader, writer = await net.connect_async(local.port, "127.0.0.1", port)
        await all_open.wait()
        writer.write(data)
        writer.write_eof()
        back = await reader.read(-1)
        writer.close()
        return back

    async def scenario():
        server, port = await net.echo_server()
        async with server:
            # Nobody sends before everybody is connected.
            all_open = asyncio.Event()
            tasks = [asyncio.create_task(one(port, d, all_open)) for d in sent]
            await asyncio.sleep(0.1)
            all_open.set()
            return await asyncio.wait_for(asyncio.gather(*tasks),
                                          60 * wherry.PATIENCE)

    assert asyncio.run(scenario()) == sent


def test_idle_connections_still_work(fleet):
    """Many connections lie idle together; then each carries octets."""
    _, local = fleet.pair()

    async def scenario():
        server, port = await net.echo_server()
        async with server:
            pairs = []
            for _ in range(IDLE):
                pairs.append(await net.connect_async(
                    local.port, "127.0.0.1", port))
            await asyncio.sleep(1)
            for i, (_, writer) in enumerate(pairs):
                writer.write(b"%08d" % i)
            for i, (reader, writer) in enumerate(pairs):
                assert await reader.readexactly(8) == b"%08d" % i
                writer.close()

    asyncio.run(asyncio.wait_for(scenario(), 60 * wherry.PATIENCE))


def test_client_ends_first(fleet):
    """The client's end reaches the target; the target goes on talking."""
    ended = threading.Event()

    def talk_on(s):
        assert net.read_all(s) == b"question"
        ended.set()
        for part in (b"a ", b"late ", b"answer"):
            s.sendall(part)

    _, local = fleet.pair()
    with net.Target(talk_on) as target:
        with net.connect(local.port, "127.0.0.1", target.port) as s:
            s.sendall(b"question")
            s.shutdown(socket.SHUT_WR)
            assert net.read_all(s) == b"a late answer"
    assert ended.is_set()


def test_target_ends_first(fleet):
    """The target's end reaches the client; the client goes on talking."""
    got = []

    def listen_on(s):
        s.sendall(b"greeting")
        s.shutdown(socket.SHUT_WR)
        got.append(net.read_all(s))

    _, local = fleet.pair()
    with net.Target(listen_on) as target:
        with net.connect(local.port, "127.0.0.1", target.port) as s:
            # Something must be sent for some clients to connect at all.
            s.sendall(b"first ")
            assert net.read_all(s) == b"greeting"
            s.sendall(b"and last")
            s.shutdown(socket.SHUT_WR)
            wherry.wait_for("the client's octets", 5, lambda: got)
    assert got == [b"first and last"]


def test_reset_of_the_target_ends_the_client(fleet):
    def reset(s):
        s.recv(1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                     b"\x01\0\0\0\0\0\0\0")

    _, local = fleet.pair()
    with net.Target(reset) as target:
        with net.connect(local.port, "127.0.0.1", target.port) as s:
            s.sendall(b"x")
            try:
                assert s.recv(1) == b""
            except ConnectionResetError:
                pass


def test_names_are_resolved_by_the_server(fleet):
    """localhost stands in the hosts file; no network is asked."""
    _, local = fleet.pair("aes-256-gcm", "-v")
    with net.Target(net.echo) as target:
        with net.connect(local.port, "localhost", target.port) as s:
            s.sendall(b"hello")
            assert net.read_exactly(s, 5) == b"hello"


def test_greeting_in_single_octets(fleet):
    """SOCKS5 comes as it likes: octet by octet here."""
    _, local = fleet.pair()
    with net.Target(net.echo) as target:
        with socket.create_connection(("127.0.0.1", local.port), 20) as s:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for octet in b"\x05\x02\x00\x02":
                s.sendall(bytes([octet]))
            assert net.read_exactly(s, 2) == b"\x05\x00"
            for octet in net.socks_request("127.0.0.1", target.port):
                s.sendall(bytes([octet]))
            assert net.read_reply(s) == 0
            s.sendall(b"hello")
            assert net.read_exactly(s, 5) == b"hello"


def test_greeting_request_and_payload_in_one(fleet):
    _, local = fleet.pair()
    with net.Target(net.echo) as target:
        with socket.create_connection(("127.0.0.1", local.port), 20) as s:
            s.sendall(b"\x05\x01\x00"
                      + net.socks_request("127.0.0.1", target.port) + b"hello")
            assert net.read_exactly(s, 2) == b"\x05\x00"
            assert net.read_reply(s) == 0
            assert net.read_exactly(s, 5) == b"hello"


@pytest.mark.parametrize("request_octets, code", [
    (b"\x05\x02\x00\x01\x7f\x00\x00\x01\x00\x50", 7),      # BIND
    (b"\x05\x01\x00\x02\x7f\x00\x00\x01\x00\x50", 8),      # address type 2
], ids=["bind", "address-type"])
def test_refusals_have_their_codes(fleet, request_octets, code):
    _, local = fleet.pair()
    with socket.create_connection(("127.0.0.1", local.port), 20) as s:
        s.sendall(b"\x05\x01\x00")
        assert net.read_exactly(s, 2) == b"\x05\x00"
        s.sendall(request_octets)
        assert net.read_reply(s) == code
        assert s.recv(1) == b""


def test_no_method_fits(fleet):
    """Who insists on a password is told so (05 FF)."""
    _, local = fleet.pair()
    with socket.create_connection(("127.0.0.1", local.port), 20) as s:
        s.sendall(b"\x05\x01\x02")
        assert net.read_exactly(s, 2) == b"\x05\xff"
        assert s.recv(1) == b""


def test_many_ports_in_one_process(fleet, tmp_path):
    """port_password: each port has its own password, and only that."""
    ports = {}
    while len(ports) < 30:
        ports[wherry.free_port()] = f"password {len(ports)}"
    config = tmp_path / "many.json"
    config.write_text(
        '{"server": "127.0.0.1", "method": "aes-128-gcm",'
        ' "forbidden_ip": "", "port_password": {%s}}'
        % ", ".join(f'"{p}": "{w}"' for p, w in ports.items()))
    server = fleet.wherry("ssserver", "-c", config)
    for port in ports:
        server.expect(r"starting server at 127\.0\.0\.1:%d\b" % port)
    with net.Target(net.echo) as target:
        for port in list(ports)[::10]:
            local = fleet.local(port, "aes-128-gcm", ports[port])
            with net.connect(local.port, "127.0.0.1", target.port) as s:
                s.sendall(b"hello")
                assert net.read_exactly(s, 5) == b"hello"


def test_forbidden_addresses(fleet):
    """What --forbidden-ip names, and by default this machine, is not reached."""
    for more in ([], ["--forbidden-ip", "10.0.0.0/8,127.0.0.1/32"]):
        port = wherry.free_port()
        server = fleet.wherry("ssserver", "-s", "127.0.0.1", "-p", port,
                              "-k", "x", "-m", "aes-256-gcm", "-t", "1", *more)
        server.expect("starting server at")
        local = fleet.local(port, "aes-256-gcm", "x")
        with net.Target(net.echo) as target:
            for host in ("127.0.0.1", "localhost", "::ffff:127.0.0.1"):
                with net.connect(local.port, host, target.port) as s:
                    s.sendall(b"hello")
                    try:
                        assert s.recv(1) == b"", host
                    except ConnectionResetError:
                        pass
            assert target.accepted == 0


@pytest.mark.host
def test_nobody_reads_the_log(fleet):
    """With -vv and a full pipe on stderr the relay goes on; so it does when
    the reader is gone."""
    read_end, write_end = os.pipe()
    port = wherry.free_port()
    server = fleet.wherry("ssserver", "-s", "127.0.0.1", "-p", port, "-k", "x",
                          "-m", "aes-256-gcm", "--forbidden-ip", "", "-vv",
                          stderr=write_end)
    server.listens(port)
    local_port = wherry.free_port()
    local = fleet.wherry("sslocal", "-s", "127.0.0.1", "-p", port,
                         "-b", "127.0.0.1", "-l", local_port, "-k", "x",
                         "-m", "aes-256-gcm", "-vv", stderr=write_end)
    local.listens(local_port)
    os.close(write_end)

    def exchange(times):
        with net.Target(net.echo) as target:
            for _ in range(times):
                with net.connect(local_port, "127.0.0.1", target.port) as s:
                    s.sendall(b"hello")
                    assert net.read_exactly(s, 5) == b"hello"

    exchange(1000)
    os.close(read_end)
    exchange(100)


@pytest.mark.host
def test_memory(fleet):
    """Idle: 1 MiB resident at most. Per idle relayed connection: 2 KiB."""
    server, local = fleet.pair("aes-256-gcm")
    programs = {"ssserver": server.pid, "sslocal": local.pid}
    for name, pid in programs.items():
        resident, _ = wherry.memory(pid)
        print(f"{name}: idle {resident / 1024:.0f} KiB resident")
        assert resident <= 1 << 20

    async def scenario():
        echo, port = await net.echo_server()
        async with echo:
            async def open_one():
                reader, writer = await net.connect_async(
                    local.port, "127.0.0.1", port)
                writer.write(b"x" * 1000)
                await reader.readexactly(1000)
                return reader, writer
            first = await open_one()
            before = {n: wherry.memory(p)[1] for n, p in programs.items()}
            others = [await open_one() for _ in range(1000)]
            after = {n: wherry.memory(p)[1] for n, p in programs.items()}
            for _, writer in [first, *others]:
                writer.close()
            return {n: (after[n] - before[n]) / 1000 for n in programs}

    for name, each in asyncio.run(scenario()).items():
        print(f"{name}: {each:.0f} octets per idle connection")
        assert each <= 2048
