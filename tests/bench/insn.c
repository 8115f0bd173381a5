/* insn.c - seals so many records of so many octets with one key, and opens
 * them, for tests/bench/insn.py to count the instructions of.
 *
 *	insn METHOD RECORDS OCTETS */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"

static const struct method {
	const char *name;
	enum aead_kind kind;
	size_t key_len;
} methods[] = {
	{ "aes-128-gcm", AEAD_AES_GCM, 16 },
	{ "aes-256-gcm", AEAD_AES_GCM, 32 },
	{ "chacha20-ietf-poly1305", AEAD_CHACHA20_POLY1305, 32 },
};

int main(int argc, char **argv)
{
	static uint8_t key[KEY_MAX], mem[65536 + AEAD_TAG];
	struct aead_key up, down;
	size_t i, len;
	int records;

	if (argc != 4)
		return 2;
	records = atoi(argv[2]);
	len = (size_t)atoi(argv[3]);
	for (i = 0; i < LEN(methods); i++)
		if (strcmp(methods[i].name, argv[1]) == 0)
			break;
	if (i == LEN(methods) || len > 65536)
		return 2;
	aead_key_set(&up, methods[i].kind, key, methods[i].key_len);
	aead_key_set(&down, methods[i].kind, key, methods[i].key_len);
	for (; records > 0; records--) {
		aead_seal(&up, mem, len);
		if (aead_open(&down, mem, len) != 0)
			return 1;
	}
	return 0;
}
