"""The clients people have: curl, lftp, Python's ftplib, wget, tnftp."""

import ftplib
import io
import os
import subprocess

import pytest

import ftp
import wherry


@pytest.fixture
def site(fleet):
    return ftp.Site(fleet)


@pytest.fixture
def tool(request):
    """Path of a client."""
    return wherry.peer(request.param)


def needs(name):
    return pytest.mark.parametrize("tool", [name], indirect=True)


def run(*command, **more):
    result = subprocess.run(
        [str(word) for word in command], capture_output=True,
        timeout=60 * wherry.PATIENCE, **more)
    assert result.returncode == 0, (result.stdout[-2000:],
                                    result.stderr[-2000:])
    return result.stdout


@pytest.mark.parametrize("ways", [
    ["--ftp-pasv"], ["--disable-epsv"],
    ["-P", "127.0.0.1"], ["-P", "127.0.0.1", "--disable-eprt"]],
    ids=["epsv", "pasv", "eprt", "port"])
@needs("curl")
def test_curl(site, tmp_path, seeded, tool, ways):
    data = seeded.randbytes(500_000)
    (tmp_path / "data").write_bytes(data)
    user = f"writer:{ftp.PASSWORDS['writer']}"
    url = f"ftp://127.0.0.1:{site.port}"
    curl = [tool, "-sS", "-u", user, *ways]
    run(*curl, "-T", tmp_path / "data", f"{url}/up/data")
    assert (site.root / "up" / "data").read_bytes() == data
    assert run(*curl, f"{url}/up/data") == data
    # The rest of a file that broke off, both ways.
    assert run(*curl, "-r", "400000-", f"{url}/up/data") == data[400000:]
    (tmp_path / "back").write_bytes(data[:1000])
    run(*curl, "-C", "-", "-o", tmp_path / "back", f"{url}/up/data")
    assert (tmp_path / "back").read_bytes() == data
    names = run(*curl, "-l", f"{url}/pub/").decode().split()
    assert "hello.txt" in names
    # Behind what is there; and names changed from the command line.
    run(*curl, "-a", "-T", tmp_path / "back", f"{url}/up/data")
    assert (site.root / "up" / "data").read_bytes() == data + data
    run(*curl, "--ftp-create-dirs", "-T", tmp_path / "data",
        f"{url}/up/new/er/data", "-Q", "-RNFR data", "-Q", "-RNTO moved")
    assert (site.root / "up" / "new" / "er" / "moved").read_bytes() == data
    run(*curl, f"{url}/", "-Q", "DELE up/new/er/moved", "-Q", "RMD up/new/er")
    assert not any((site.root / "up" / "new").iterdir())
    assert b"Content-Length: 6" in run(*curl, "-I", f"{url}/pub/hello.txt")
    assert run(tool, "-sS", f"{url}/pub/a%20name%20with%20%20blanks") == \
        b"blanks\n"


@needs("curl")
def test_curl_reports_what_fails(site, tool):
    url = f"ftp://127.0.0.1:{site.port}"
    for arguments, code in [(["-u", "writer:wrong", f"{url}/"], 67),
                            ([f"{url}/pub/none"], 78),
                            ([f"{url}/none/"], 9)]:
        result = subprocess.run([tool, "-sS", *arguments], check=False,
                                capture_output=True, timeout=60)
        assert result.returncode == code, result.stderr


@needs("lftp")
def test_lftp(site, tmp_path, seeded, tool):
    """Mirror down and up, and both kinds of going on."""
    data = seeded.randbytes(500_000)
    (tmp_path / "data").write_bytes(data)
    (tmp_path / "half").write_bytes(data[:200_000])
    (site.root / "up" / "half").write_bytes(data[:300_000])
    commands = f"""
set net:max-retries 1; set net:timeout {20 * wherry.PATIENCE};
set ftp:ssl-allow no; set cmd:fail-exit yes;
open -u 'writer,{ftp.PASSWORDS['writer']}' ftp://127.0.0.1:{site.port};
cls pub; pwd; put {tmp_path}/data -o up/data;
get -c up/data -o {tmp_path}/half; put -c {tmp_path}/data -o up/half;
mirror pub {tmp_path}/mirror; bye
"""
    run(tool, "-c", commands, env={"HOME": str(tmp_path),
                                   "LC_ALL": "C.UTF-8"})
    assert (site.root / "up" / "data").read_bytes() == data
    assert (site.root / "up" / "half").read_bytes() == data
    assert (tmp_path / "half").read_bytes() == data
    assert {p.name for p in (tmp_path / "mirror").iterdir()} == {
        p.name for p in (site.root / "pub").iterdir()}
    assert (tmp_path / "mirror" / "grüße.txt").read_text() == "grüße\n"


@needs("lftp")
def test_lftp_active(site, tmp_path, seeded, tool):
    data = seeded.randbytes(300_000)
    (tmp_path / "data").write_bytes(data)
    commands = f"""
set net:max-retries 1; set net:timeout {20 * wherry.PATIENCE};
set ftp:ssl-allow no; set ftp:passive-mode no; set cmd:fail-exit yes;
open -u 'writer,{ftp.PASSWORDS['writer']}' ftp://127.0.0.1:{site.port};
put {tmp_path}/data -o up/data; get up/data -o {tmp_path}/back; cls pub/*.txt;
bye
"""
    out = run(tool, "-c", commands, env={"HOME": str(tmp_path),
                                         "LC_ALL": "C.UTF-8"})
    assert (site.root / "up" / "data").read_bytes() == data
    assert (tmp_path / "back").read_bytes() == data
    assert b"hello.txt" in out and b"empty" not in out


@needs("lftp")
def test_lftp_changes(site, tmp_path, seeded, tool):
    """Mirror up, rename, remove a tree."""
    for name in ("one", "two", "deep/three"):
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(seeded.randbytes(20_000))
        path.chmod(0o640)
        os.utime(path, (1e9, 1e9))
    commands = f"""
set net:max-retries 1; set net:timeout {20 * wherry.PATIENCE};
set ftp:ssl-allow no; set cmd:fail-exit yes;
open -u 'writer,{ftp.PASSWORDS['writer']}' ftp://127.0.0.1:{site.port};
mirror -R {tmp_path}/tree up/tree; mkdir -p up/a/b; mv up/tree/one up/a/b/1;
mirror up {tmp_path}/back; rm up/tree/two;
rm -r up/tree; bye
"""
    run(tool, "-c", commands, env={"HOME": str(tmp_path),
                                   "LC_ALL": "C.UTF-8"})
    # lftp gives what it put the times and modes of what it had.
    old = (tmp_path / "tree" / "one").stat()
    new = (site.root / "up" / "a" / "b" / "1").stat()
    assert int(new.st_mtime) == int(old.st_mtime) == 10**9
    assert new.st_mode & 0o777 == 0o640
    back = tmp_path / "back"
    for name, want in (("a/b/1", "one"), ("tree/two", "two"),
                       ("tree/deep/three", "deep/three")):
        assert (back / name).read_bytes() == \
            (tmp_path / "tree" / want).read_bytes()
    assert not (site.root / "up" / "tree").exists()
    assert (site.root / "up" / "a" / "b" / "1").exists()


@needs("wget")
def test_wget(site, tmp_path, tool):
    run(tool, "-q", "-O", tmp_path / "got",
        f"ftp://127.0.0.1:{site.port}/pub/hello.txt")
    assert (tmp_path / "got").read_text() == "hello\n"


@needs("tnftp")
def test_tnftp(site, tmp_path, tool):
    run(tool, "-o", tmp_path / "got",
        f"ftp://127.0.0.1:{site.port}/pub/hello.txt")
    assert (tmp_path / "got").read_text() == "hello\n"


@pytest.mark.parametrize("passive_server", [True, False])
def test_ftplib(site, seeded, passive_server):
    data = seeded.randbytes(500_000)
    with ftplib.FTP() as client:
        client.trust_server_pasv_ipv4_address = passive_server
        client.connect("127.0.0.1", site.port, 20 * wherry.PATIENCE)
        client.login("writer", ftp.PASSWORDS["writer"])
        client.cwd("/up")
        client.storbinary("STOR data", io.BytesIO(data[:200_000]))
        client.storbinary("STOR data", io.BytesIO(data[200_000:]),
                          rest=200_000)
        client.voidcmd("TYPE I")
        assert client.size("data") == len(data)
        back = io.BytesIO()
        client.retrbinary("RETR data", back.write, rest=100_000)
        assert back.getvalue() == data[100_000:]
        assert client.nlst() == ["data"]
        lines = []
        client.dir(lines.append)
        assert len(lines) == 1 and lines[0].endswith(" data")
        assert client.pwd() == "/up"
        assert client.sendcmd("MDTM data").startswith("213 20")
        client.storbinary("APPE data", io.BytesIO(b"end"))
        assert client.size("data") == len(data) + 3
        client.storbinary("STOU", io.BytesIO(b"unique"))
        assert client.size("STOU") == 6
        assert client.mkd('a "dir"') == '/up/a "dir"'
        client.rename("data", 'a "dir"/moved')
        assert client.nlst('a "dir"') == ['a "dir"/moved']
        with pytest.raises(ftplib.error_perm, match="550"):
            client.rmd('a "dir"')
        client.delete('a "dir"/moved')
        client.rmd('a "dir"')
        client.sendcmd("MFMT 20010909014640 STOU")
        assert client.sendcmd("MDTM STOU") == "213 20010909014640"
        client.sendcmd("SITE CHMOD 604 STOU")
        stou = (site.root / "up" / "STOU").stat()
        assert (stou.st_mtime, stou.st_mode & 0o777) == (1e9, 0o604)
        facts = dict(client.mlsd("/pub"))
        assert facts["hello.txt"]["type"] == "file"
        assert facts["hello.txt"]["size"] == "6"
        assert facts["deep"]["type"] == "dir"
        assert facts.keys() == {p.name for p in
                                (site.root / "pub").iterdir()}
        client.delete("STOU")
        assert client.nlst() == []
        client.quit()
