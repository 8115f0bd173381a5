/* ss_tcp.h - known answers for the keys and first flights of Shadowsocks. */
#ifndef VECTORS_SS_TCP_H
#define VECTORS_SS_TCP_H

/* EVP_BytesToKey(MD5, no salt, one round). */
static const struct {
	const char *password;
	unsigned key_len;
	const char *key;
} kdf_vectors[] = {
	{ "barfoo!", 16,
	    "b3adc47839e047eb228870526dc8fc30" },
	{ "barfoo!", 24,
	    "b3adc47839e047eb228870526dc8fc30b347287ffca3045d" },
	{ "barfoo!", 32,
	    "b3adc47839e047eb228870526dc8fc30b347287ffca3045dcea06b3fdf09"
	    "0acb" },
	{ "foobar!", 16,
	    "bbc3d52fe5b7b31d6063b1de09b98c80" },
	{ "foobar!", 24,
	    "bbc3d52fe5b7b31d6063b1de09b98c805303596b18237547" },
	{ "foobar!", 32,
	    "bbc3d52fe5b7b31d6063b1de09b98c805303596b18237547f85fa21db11e"
	    "ba62" },
	{ "aes_password", 16,
	    "796af77a9a8165d64424a8c8e052d7b8" },
	{ "aes_password", 24,
	    "796af77a9a8165d64424a8c8e052d7b895f195f42fc849c7" },
	{ "aes_password", 32,
	    "796af77a9a8165d64424a8c8e052d7b895f195f42fc849c797404d6989e3"
	    "a7b9" },
};

/* Password "barfoo!"; the salt is 00 01 02 ... and begins each flight. */
static const char flight_plaintext[] =
    "030b6578616d706c652e636f6d0050474554202f20485454502f312e310d0a"
    "0d0a";

static const struct {
	const char *method;
	const char *subkey;
	const char *flight;
} flight_vectors[] = {
	{ "aes-128-gcm",
	    "9cd21fb890a57fbe98653cbadd4d047c",
	    "000102030405060708090a0b0c0d0e0f6f757744da4bfb6f8151d2084c12"
	    "78d3cac383cb3671df0e3535facc60e35e9eb81f70ee6c6d1b3adebc7d62"
	    "dd602af54845107a54c1dd4f34c9f078c6b0a83d70cf33" },
	{ "aes-192-gcm",
	    "82c46fc4b2354d4ff06a739d295f5a576f8b26709e7f0ece",
	    "000102030405060708090a0b0c0d0e0f1011121314151617d3175c8e798a"
	    "9e76907bd3f65f4f9f85637fff7ddae74a146b0a434c806c729dfabc37a3"
	    "1c2b75a473f60be7ca95056927c59e3114811b6ef046b213c926256ee13e"
	    "6e" },
	{ "aes-256-gcm",
	    "6e62f41174d7879ffea269ebf7805b730f62002e2b461f4dcb2a21dfb6f6"
	    "423e",
	    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d"
	    "1e1ffe16102b180de73bfa6965427f76affe29dfdd9bc51b0d8a83b23161"
	    "3d79afc6f71ad0f73193d418f2c5c3e3fa273e24ae82313bc58241348277"
	    "f8f12b35e70f8ac742" },
	{ "chacha20-ietf-poly1305",
	    "6e62f41174d7879ffea269ebf7805b730f62002e2b461f4dcb2a21dfb6f6"
	    "423e",
	    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d"
	    "1e1fa00e7197d2b6db0eea90ff5dc0f554411e0b4db967f534f21b56fa73"
	    "a5ec1204edfae3fc3e41bad0cad9f6c900487ed933d13d51cef1717b7cf8"
	    "3cb6b4c6b47379d6f0" },
};

#endif
