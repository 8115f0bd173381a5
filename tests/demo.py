#!/usr/bin/env python3
"""demo.py WHERRY - what `make run` shows: a relay and a file server on
127.0.0.1, with keys made for this run. Ctrl-C (or SIGTERM) stops all of it.
"""

import base64
import functools
import http.server
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
os.environ["WHERRY_BIN"] = sys.argv[1] if len(sys.argv) > 1 else \
    "build/x86-64/wherry"

import wherry  # noqa: E402

FOLDER = wherry.ROOT / "build" / "demo"
METHOD = "chacha20-ietf-poly1305"


def near(port):
    """The first free port from here on."""
    while not wherry.is_free(port):
        port += 1
    return port


def write_files():
    """What there is to fetch."""
    files = FOLDER / "files"
    (files / "upload").mkdir(parents=True, exist_ok=True)
    (files / "index.html").write_text("<h1>wherry carried this page</h1>\n")
    (files / "random.bin").write_bytes(os.urandom(1 << 20))
    return files


def write_config(name, values):
    path = FOLDER / name
    path.touch(mode=0o600)
    path.write_text(json.dumps(values, indent=4) + "\n")
    return path


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def web_server(files):
    """A page to fetch through the relay; its port."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=files))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def start(fleet, files):
    """The three services; their ports."""
    password = base64.urlsafe_b64encode(os.urandom(24)).decode()
    server_port, local_port, ftp_port = near(8388), near(1080), near(2121)
    common = {"server": "127.0.0.1", "server_port": server_port,
              "password": password, "method": METHOD}
    # The page to fetch is on this very machine, which a server refuses to
    # lead to unless told otherwise.
    server = write_config("ssserver.json", {**common, "forbidden_ip": ""})
    local = write_config("sslocal.json", {
        **common, "local_address": "127.0.0.1", "local_port": local_port})
    ftp = FOLDER / "ftpd.conf"
    ftp.write_text("# anonymous: reads files/, uploads new names\n"
                   "listen_address=127.0.0.1\n"
                   f"listen_port={ftp_port}\nanon_root={files}\n"
                   "write_enable=YES\nanon_upload_enable=YES\n"
                   "run_as_launching_user=YES\n")
    fleet.wherry("ssserver", "-c", server).listens(server_port)
    fleet.wherry("sslocal", "-c", local).listens(local_port)
    fleet.wherry("ftpd", ftp).listens(ftp_port)
    return server_port, local_port, ftp_port


def answers(what, command, wanted):
    got = subprocess.run(command, capture_output=True, timeout=20, check=False)
    if got.returncode != 0 or got.stdout != wanted:
        sys.exit(f"{what} does not answer: {got.stderr.decode()}")
    print(f"  checked: {what} answers")


def show(fleet, files):
    web_port = web_server(files)
    server_port, local_port, ftp_port = start(fleet, files)
    page = f"http://127.0.0.1:{web_port}/index.html"
    file = f"ftp://127.0.0.1:{ftp_port}/random.bin"
    print(f"ssserver on 127.0.0.1:{server_port}, "
          f"sslocal on 127.0.0.1:{local_port}, ftpd on 127.0.0.1:{ftp_port}")
    print(f"configuration, logs and files: {FOLDER}")
    answers("the relay", ["curl", "-sS", "--socks5-hostname",
                          f"127.0.0.1:{local_port}", page],
            (files / "index.html").read_bytes())
    answers("the file server", ["curl", "-sS", file],
            (files / "random.bin").read_bytes())
    print(f"""
Paste into another terminal:

  curl --socks5-hostname 127.0.0.1:{local_port} {page}
  curl --socks5-hostname 127.0.0.1:{local_port} https://www.debian.org/
  curl -O {file}
  curl -T README.md ftp://127.0.0.1:{ftp_port}/upload/
  lftp ftp://127.0.0.1:{ftp_port}

Ctrl-C stops all of it.""", flush=True)


def main():
    # However we are asked to stop, the services stop with us.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for log in FOLDER.glob("*.log"):
        log.unlink()
    fleet = wherry.Fleet(FOLDER)
    try:
        show(fleet, write_files())
        while all(p.process.poll() is None for p in fleet.programs):
            time.sleep(0.2)
        dead = [p for p in fleet.programs if p.process.poll() is not None]
        sys.exit(f"{dead[0].command} ended:\n{dead[0].text()}")
    except KeyboardInterrupt:
        print("\nstopping")
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for p in fleet.programs:
            p.process.terminate()
        for p in fleet.programs:
            try:
                p.process.wait(5)
            except subprocess.TimeoutExpired:
                p.process.kill()


if __name__ == "__main__":
    main()
