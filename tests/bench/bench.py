#!/usr/bin/env python3
"""bench.py [PART]... - wherry beside the programs it replaces, in one run.

    relay    ciphers start memory connections throughput workers calls, any of
             which is a part too
    udp      datagrams through tunnels
    acl      lists of networks and names
    ftp      sessions, logins, files and listings of ftpd (as root)

All suites (shadowsocks-libev, shadowsocks-rust, three FTP servers) run on this
machine with the same load, turn by turn and never two at once, so that the ratios
mean something where the figures do not. Ratios above 1 are in wherry's favour. MB is
10^6 octets, KiB 1024.

How the figures are had:

 - "none" is the limit: two relays that copy, with no cipher. The other one is
   the cipher alone: ours and that of `openssl speed`, on one core.
 - Throughput: BENCH_OCTETS (200000000) up or down, by 1 or 16 connections,
   after a twentieth of it that is not counted. CPU: what the kernel counts of
   both processes with all of their threads. wherry is one process of one
   thread on each side; shadowsocks-rust has a thread a core.
 - Workers: of wherry and libev n processes of both programs share a port
   (--workers, --reuse-port), rust has n threads.
 - System calls: strace counts them, and slows what it counts.
 - Connections: 8 clients for BENCH_SECONDS (3), each a SOCKS5 greeting, one
   octet there and back, the end.
 - Memory: private pages (smaps_rollup) before and with so many connections or
   associations that have said one octet each way and are idle; by difference.
   What has been touched once stays touched: few connections look dear. Ten
   thousand need 20,200 descriptors (ulimit -Hn); else as many as it allows.
 - Datagrams: the load (load.c) sends batches of 32, and as many more as have
   come out; at most 64 are under way, fewer than the smallest socket buffer
   holds. So nobody drowns, and what is measured is the relay. One that does
   not come within 50 ms is lost.
 - Start-up: from exec until a connection is taken.
 - Lists: what reading one adds to that, median of 5, and to the private pages
   of the proxy; a million look-ups of addresses anywhere, or of names of which
   half are below one of the list, in a program that does only that.
 - FTP: each server as Debian has it, as root, with one system user; a client
   in Python, the same for all, so MB/s are the client's as much as the
   server's. Files of BENCH_FTP_OCTETS (300000000) in the page cache, best of
   3; CPU of all the server's processes while the session lasts. Memory: private
   pages of ten idle sessions, by difference. Login: from connect until 230, the
   median of BENCH_LOGINS (60), with a password of sha512crypt. vsftpd's own
   filter of system calls is off, as Debian's does not survive it.

Load, relays and target share the cores: leave the machine alone meanwhile.
A short run is for trying the script only: BENCH_OCTETS=2000000
BENCH_SECONDS=0.2.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

import bench_acl  # noqa: E402
import bench_ftp  # noqa: E402
import bench_relay  # noqa: E402
import bench_udp  # noqa: E402
import measure  # noqa: E402

PARTS = {
    "relay": bench_relay.relay,
    "start": bench_relay.start_up,
    "memory": bench_relay.memory,
    "connections": bench_relay.connections,
    "throughput": bench_relay.throughput,
    "workers": bench_relay.workers,
    "calls": bench_relay.system_calls,
    "ciphers": bench_relay.ciphers,
    "udp": bench_udp.udp,
    "acl": bench_acl.acl,
    "ftp": bench_ftp.ftp,
}


def main():
    wanted = sys.argv[1:] or ["relay", "udp", "acl", "ftp"]
    for name in wanted:
        if name not in PARTS:
            sys.exit(f"bench: no part {name!r}: {' '.join(PARTS)}")
    measure.prepare()
    for name in wanted:
        PARTS[name]()


if __name__ == "__main__":
    main()
