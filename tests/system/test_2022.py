"""What only the 2022 methods have: keys, salts that are remembered, headers
that come in one piece."""

import asyncio
import base64

import pytest

import net
import wherry

METHOD = "2022-blake3-aes-128-gcm"
KEY = wherry.password(METHOD)
HEADER = 16 + 27
TIMEOUT = 2


@pytest.mark.parametrize("method, octets", [*wherry.METHODS_2022.items(),
                                            ("aes-192-gcm", 24)])
def test_keygen(method, octets):
    keys = set()
    for _ in range(3):
        result = wherry.run("keygen", method)
        assert result.returncode == 0 and not result.stderr
        assert result.stdout.endswith("\n")
        keys.add(base64.b64decode(result.stdout, validate=False))
    assert {len(k) for k in keys} == {octets} and len(keys) == 3


@pytest.mark.parametrize("arguments", [(), ("rot13",), ("aes-128-gcm", "x"),
                                       ("--no-such",)])
def test_keygen_refuses(arguments):
    result = wherry.run("keygen", *arguments)
    assert result.returncode == 1
    assert not result.stdout and result.stderr.startswith("ERROR")


@pytest.mark.parametrize("password, text", [
    ("correct horse", "this is none"),
    (base64.b64encode(bytes(32)).decode(), "of another length"),
    (f"{KEY}:{KEY}", "for clients"),
])
def test_wrong_keys(tmp_path, password, text):
    """File, line and the way to a right one; exit code 1, nothing listens."""
    path = tmp_path / "config.json"
    port = wherry.free_port()
    path.write_text(f'{{"server": "127.0.0.1",\n"server_port": {port},\n'
                    f'"password": "{password}",\n"method": "{METHOD}"}}\n')
    result = wherry.run("ssserver", "-c", path)
    assert result.returncode == 1
    assert f"{path}:3: password: " in result.stderr
    assert text in result.stderr
    assert not wherry.listening(port)
    result = wherry.run("ssserver", "-p", port, "-k", password, "-m", METHOD)
    assert result.returncode == 2 and text in result.stderr


async def pipe(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


async def record(local_port, server_port, target_port):
    """Octets that a client sends to a server, taken on their way."""
    got = []

    async def between(reader, writer):
        up = await asyncio.open_connection("127.0.0.1", server_port)
        got.append(await reader.read(65536))
        up[1].write(got[0])
        await asyncio.gather(pipe(reader, up[1]), pipe(up[0], writer))

    async with await asyncio.start_server(between, "127.0.0.1", local_port[1]):
        reader, writer = await net.connect_async(local_port[0], "127.0.0.1",
                                                 target_port)
        writer.write(b"hello")
        writer.write_eof()
        assert await reader.read(-1) == b"hello"
        writer.close()
    return got[0]


async def say(port, pieces):
    """What a server answers to octets that come in these pieces."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(0.05 * wherry.PATIENCE)
    writer.write_eof()
    answer = await reader.read(-1)
    writer.close()
    return answer


def test_sent_again(fleet):
    """The same octets twice: the second time nothing comes back."""
    server = fleet.server(METHOD, KEY, "-t", str(TIMEOUT))
    middle = wherry.free_port()
    local = fleet.local(middle, METHOD, KEY)

    async def scenario(target):
        octets = await record((local.port, middle), server.port, target)
        assert await say(server.port, [octets]) == b""

    with net.Target(net.echo) as target:
        asyncio.run(asyncio.wait_for(scenario(target.port),
                                     20 * wherry.PATIENCE))
        assert target.accepted == 1
    server.expect("a salt that was used before when handling connection from")


@pytest.mark.parametrize("method", [METHOD, "aes-256-gcm"])
def test_sent_again_to_each_worker(fleet, method):
    """They know each other's salts: of many times, also at once, the target
    sees the first."""
    key = wherry.password(method)
    server = fleet.server(method, key, "-t", str(TIMEOUT), "--workers", "3")
    middle = wherry.free_port()
    local = fleet.local(middle, method, key)

    async def scenario(target):
        octets = await record((local.port, middle), server.port, target)
        answers = await asyncio.gather(*(say(server.port, [octets])
                                         for _ in range(24)))
        assert answers == [b""] * 24

    with net.Target(net.echo) as target:
        asyncio.run(asyncio.wait_for(scenario(target.port),
                                     20 * wherry.PATIENCE))
        assert target.accepted == 1
        # And all of them serve.
        direct = fleet.local(server.port, method, key)
        for _ in range(24):
            with net.connect(direct.port, "127.0.0.1", target.port) as s:
                s.sendall(b"x")
                assert net.read_exactly(s, 1) == b"x"


@pytest.mark.parametrize("more, served", [([], 0), (["--split-header"], 1)])
def test_header_in_pieces(fleet, more, served):
    """A header that does not come whole is refused, unless that is allowed:
    the target tells. (The recorded octets may be the address alone.)"""
    server = fleet.server(METHOD, KEY, "-t", str(TIMEOUT))
    lenient = fleet.server(METHOD, KEY, "-t", str(TIMEOUT), *more)
    middle = wherry.free_port()
    local = fleet.local(middle, METHOD, KEY)

    async def scenario(target):
        octets = await record((local.port, middle), server.port, target)
        await say(lenient.port, [octets[:20], octets[20:HEADER - 1],
                                 octets[HEADER - 1:]])

    with net.Target(net.echo) as target:
        asyncio.run(asyncio.wait_for(scenario(target.port),
                                     20 * wherry.PATIENCE))
        assert target.accepted == 1 + served
