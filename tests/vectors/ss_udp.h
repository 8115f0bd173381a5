/* ss_udp.h - known answers of Shadowsocks' datagrams. */
#ifndef VECTORS_SS_UDP_H
#define VECTORS_SS_UDP_H

/* Password "barfoo!", the salt counts up from 00; example.com:80, then
 * "GET / HTTP/1.1" and an empty line. */
static const struct {
	const char *method, *packet;
} udp_vectors[] = {
	{ "aes-128-gcm",
	    "000102030405060708090a0b0c0d0e0f6c5fe3c21c41fd0f5cd11099e213"
	    "38efe61de177275f77b5c29b1cbaec1c251e5b44ba002995326013ef20cb"
	    "a9545a7fc4" },
	{ "aes-192-gcm",
	    "000102030405060708090a0b0c0d0e0f1011121314151617d03d90930ce0"
	    "3b73dc5ac497ce89c29d3cdbdba3cb522217b3020d1679af5884dc031e15"
	    "d597616dbeb158e5e50dd95850" },
	{ "aes-256-gcm",
	    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d"
	    "1e1ffd3cc7c65937c4d14a75934a82d8792beb2ede21404a530440ba0de0"
	    "68cb5626250f1c6a65e74ad4a2007eb5e468c3baaf" },
	{ "chacha20-ietf-poly1305",
	    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d"
	    "1e1fa324c1853be2d794757da31a66b12cd9134b2af4a28e4c8337300024"
	    "a8f5506e4c12b309c9c144584166584a86916e2338" },
	{ "xchacha20-ietf-poly1305",
	    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d"
	    "1e1f1abbf484308bf0bdf466b46dc562dfe746c5d9ce65c76838ee4d3150"
	    "5d5504101b0ffe94a721243f859c8e13af11f4f3ca" },
};

/* The pre-shared key counts up from 00, the identity key from 10; the client's
 * session from 01, packet 9; the server's from 21, packet 0; ChaCha20's nonce
 * from 80. No padding. The answer carries "pong". */
#define UDP_2022_TIME 1700000000
static const struct {
	const char *method, *up, *up_by_identity, *down;
} udp_2022_vectors[] = {
	{ "2022-blake3-aes-128-gcm",
	    "fad3db1e8b256c40f71bd52298c06e3c36e221e39c44092c8d657727451b"
	    "823eeb4936b288f4b45c94e7b6b2abb35377c69845b81c226aa8ba7c2370"
	    "5f5b98efa82bda0a7e13f405f1b5a45e",
	    "1aa966409ba9e2959b72703e1ddb90fde0e5145da433982e119d3f213e6d"
	    "b48c36e221e39c44092c8d657727451b823eeb4936b288f4b45c94e7b6b2"
	    "abb35377c69845b81c226aa8ba7c23705f5b98efa82bda0a7e13f405f1b5"
	    "a45e",
	    "b3da85a15376bac79221305516357f836d4f028c331bec97d53e7426c357"
	    "2e2f60c7817f99e06d326949f24a46d6ef0ff84c7d022eeb406757cf2d54"
	    "0e154cb13446be22683a" },
	{ "2022-blake3-aes-256-gcm",
	    "020b5cf0aba81de817543aeb50d0d01795e9b2731bc386d55089385a2a1d"
	    "0e4448ae9e7105f1bbe3faab7066c0f9b3eaab8149bdc8b28451f2cb9aa6"
	    "1cef0eb953f2d17d0ea7280cf652c166",
	    "10408274efb2b5b401d1c79369b359a8eaff26a25f3030199a673342171b"
	    "804895e9b2731bc386d55089385a2a1d0e4448ae9e7105f1bbe3faab7066"
	    "c0f9b3eaab8149bdc8b28451f2cb9aa61cef0eb953f2d17d0ea7280cf652"
	    "c166",
	    "6a142e929894cef40ea0238036a1aee901673fb16fee2c1b864373849498"
	    "1c44ad158142e62b8b33c1de94cec3a0aaa36d5da6d5f2d60d7e15624b2f"
	    "11995af768dde515a3b3" },
	{ "2022-blake3-chacha20-poly1305",
	    "808182838485868788898a8b8c8d8e8f909192939495969743ec5a5de292"
	    "44621c1823fb4fbd18d879915cd1839ee908e06a6ad9bcb76410003c0f74"
	    "56d9efc7b3d5bcff5dc9191263d2e44d3e520c81ebdb566b03fb10c1671d"
	    "8908497082ed72bc9c6f",
	    NULL,
	    NULL },
};

#endif
