/* limits.h - every compile-time limit, with the default of a middling board.
 * board/NAME/limits.h, included first, holds only what differs there. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#ifdef BOARD_LIMITS
#include BOARD_LIMITS
#endif

/* Descriptors the loop can watch: slots of 16 octets. */
#ifndef LIMIT_FDS
#define LIMIT_FDS 6000
#endif

/* Relay sessions of one Shadowsocks process (two descriptors each). */
#ifndef LIMIT_SESSIONS
#define LIMIT_SESSIONS 2000
#endif

/* Of those, how many may not have shown who they are, and from one source. */
#ifndef LIMIT_HALF_OPEN
#define LIMIT_HALF_OPEN 1024
#endif

#ifndef LIMIT_HALF_PER_SOURCE
#define LIMIT_HALF_PER_SOURCE 256
#endif

/* Payload octets a borrowed buffer carries: an AEAD-2017 chunk is 0x3fff. */
#ifndef LIMIT_BUF_PAYLOAD
#define LIMIT_BUF_PAYLOAD 16384
#endif

/* Payload octets of a TLS record of ours, at most 16,384: each connection has
 * memory for one. */
#ifndef LIMIT_TLS_RECORD
#define LIMIT_TLS_RECORD 4096
#endif

/* Borrowed buffers: octets in flight, not connections. */
#ifndef LIMIT_BUFS
#define LIMIT_BUFS 64
#endif

/* Borrowed for chunks of up to 65,535 octets, which some peers send with the
 * 2022 methods; those connections share them. */
#ifndef LIMIT_BIG_BUFS
#define LIMIT_BIG_BUFS 12
#endif

/* Salts a server of a 2022 method remembers for 60 seconds: new connections in
 * that time. A power of two. */
#ifndef LIMIT_SALTS
#define LIMIT_SALTS 8192
#endif

/* UDP associations of one process: a client's session each, with a descriptor
 * or two while it talks. */
#ifndef LIMIT_ASSOCS
#define LIMIT_ASSOCS 1024
#endif

/* Sessions of a 2022 method that are over, remembered for 60 seconds. */
#ifndef LIMIT_GHOSTS
#define LIMIT_GHOSTS (4 * LIMIT_ASSOCS)
#endif

/* Datagrams read and written at once, and the longest of them. */
#ifndef LIMIT_UDP_BATCH
#define LIMIT_UDP_BATCH 7
#endif
#ifndef LIMIT_UDP_OCTETS
#define LIMIT_UDP_OCTETS 65507
#endif

/* Datagrams that wait for the address of a name, of an Ethernet frame each. */
/* Answers of name servers that are remembered for a house, and its questions
 * that are under way. */
#ifndef LIMIT_NAMES
#define LIMIT_NAMES 256
#endif
/* Sockets that answer for the targets of a transparent proxy. */
#ifndef LIMIT_UDP_REPLIES
#define LIMIT_UDP_REPLIES 128
#endif
#ifndef LIMIT_UDP_WAITS
#define LIMIT_UDP_WAITS 32
#endif

/* Salts of SIP004's requests that are known for certain; 8 octets each. A power
 * of two. */
#ifndef LIMIT_SEEN
#define LIMIT_SEEN 16384
#endif

/* Ready AEAD contexts (key schedule and tables), a cache over all sessions. */
#ifndef LIMIT_AEAD_CTX
#define LIMIT_AEAD_CTX 32
#endif

/* Sessions with one-time authentication. */
#ifndef LIMIT_OTA
#define LIMIT_OTA 64
#endif

/* Directions of sessions of rc4-md5 (two each), 258 octets. */
#ifndef LIMIT_RC4
#define LIMIT_RC4 64
#endif

/* Ready AES schedules of ports and users, for the headers of datagrams. */
#ifndef LIMIT_AES_BLOCKS
#define LIMIT_AES_BLOCKS 16
#endif

/* Listening sockets of one process: port_password may name that many. */
#ifndef LIMIT_LISTENERS
#define LIMIT_LISTENERS 256
#endif

/* Servers of a configuration: entries of servers[], or each address with each
 * port. A server listens at all of them. */
#ifndef LIMIT_SERVERS
#define LIMIT_SERVERS LIMIT_LISTENERS
#endif

/* Listeners of sslocal, with a protocol each. */
#ifndef LIMIT_LOCALS
#define LIMIT_LOCALS 16
#endif

/* Users of one port by identity headers, of all ports together. */
#ifndef LIMIT_USERS
#define LIMIT_USERS 1024
#endif

/* Identity keys in front of passwords, of all servers together. */
#ifndef LIMIT_CHAIN_KEYS
#define LIMIT_CHAIN_KEYS 64
#endif

/* Host names, plugins, names of users of a configuration, in octets. */
#ifndef LIMIT_CONF_TEXT
#define LIMIT_CONF_TEXT 16384
#endif

/* Servers that sslocal and its like choose from; 64 at most. */
#ifndef LIMIT_REMOTES
#define LIMIT_REMOTES 32
#endif

/* Small requests through servers, for their latency, at a time. */
#ifndef LIMIT_CHECKS
#define LIMIT_CHECKS 4
#endif

/* Networks and names of an ACL file: 6 octets for a network (IPv6: 18), for a
 * name its length and 8. Not touched beyond what a file needs. */
#ifndef LIMIT_ACL_OCTETS
#define LIMIT_ACL_OCTETS (2048 * 1024)
#endif

/* The head of an HTTP request or answer through sslocal, in octets. */
#ifndef LIMIT_HTTP_HEAD
#define LIMIT_HTTP_HEAD 7168
#endif

/* Names and passwords that clients of sslocal may come with. */
#ifndef LIMIT_LOGINS
#define LIMIT_LOGINS 64
#endif

/* Plugins of one process (SIP003). */
/* Services of one `wherry run`. */
#ifndef LIMIT_SERVICES
#define LIMIT_SERVICES 16
#endif

#ifndef LIMIT_PLUGINS
#define LIMIT_PLUGINS 16
#endif

/* Processes that share the ports of one server. */
#ifndef LIMIT_WORKERS
#define LIMIT_WORKERS 16
#endif

/* DNS: cached names, questions under way, name servers, hosts entries. */
#ifndef LIMIT_DNS_CACHE
#define LIMIT_DNS_CACHE 256
#endif
#ifndef LIMIT_DNS_QUERIES
#define LIMIT_DNS_QUERIES 64
#endif
#ifndef LIMIT_DNS_SERVERS
#define LIMIT_DNS_SERVERS 4
#endif
#ifndef LIMIT_DNS_HOSTS
#define LIMIT_DNS_HOSTS 128
#endif

/* FTP sessions of one process (control, listener and data descriptor). */
#ifndef LIMIT_FTP_SESSIONS
#define LIMIT_FTP_SESSIONS 64
#endif

/* Those of them that may use TLS, in one process: 84 KiB of addresses each, of
 * which only what a session needs becomes memory. */
#ifndef LIMIT_FTP_TLS
#define LIMIT_FTP_TLS 14
#endif

/* A configuration file, in octets (shadowsocks-libev takes 128 KiB). */
#ifndef LIMIT_CONF_FILE
#define LIMIT_CONF_FILE (128 * 1024)
#endif

/* A list of servers that is fetched (SIP008), in octets. */
#ifndef LIMIT_ONLINE_LIST
#define LIMIT_ONLINE_LIST 32768
#endif

/* Keys and values of a JSON file, 16 octets each while it is read. */
#ifndef LIMIT_JSON_TOKENS
#define LIMIT_JSON_TOKENS 8192
#endif

#if LIMIT_BUF_PAYLOAD < 16384
#error "LIMIT_BUF_PAYLOAD: a peer's chunk of 16383 octets must fit"
#endif
#if LIMIT_ACL_OCTETS % 4 != 0
#error "LIMIT_ACL_OCTETS: not whole words"
#endif
#if (LIMIT_SALTS & (LIMIT_SALTS - 1)) != 0
#error "LIMIT_SALTS: not a power of two"
#endif
#if LIMIT_REMOTES > 64
#error "LIMIT_REMOTES: a session has 64 bits for those it tried"
#endif
#if LIMIT_HTTP_HEAD > 7168
#error "LIMIT_HTTP_HEAD: with an address it must fit half a buffer"
#endif
#if LIMIT_FDS < 64
#error "LIMIT_FDS: too few to serve anyone"
#endif

#endif
