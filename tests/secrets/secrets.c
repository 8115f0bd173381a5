/* secrets.c - runs each way to compute a cipher under valgrind, with keys and
 * texts that it holds for not yet written: memcheck then reports whatever
 * branch or address depends on them. tests/system/test_secrets.py builds it.
 *
 *	secrets ways		each way of this processor, by name
 *	secrets branch, address	what must be reported: the negative controls */
#include <stdio.h>
#include <string.h>
#include <valgrind/memcheck.h>

#include "src/crypto/alt/ways.h"

#define LEN_MAX 1400

static const size_t lens[] = { 0, 1, 16, 63, 64, 127, 128, 400, LEN_MAX };
static uint8_t key[32], text[LEN_MAX];

/* Has tables, and is not looked at. */
const struct gcm_way gcm_c = { .name = "c" };

static void poison(void *mem, size_t len)
{
	(void)VALGRIND_MAKE_MEM_UNDEFINED(mem, len);
}

static void reveal(void *mem, size_t len)
{
	(void)VALGRIND_MAKE_MEM_DEFINED(mem, len);
}

static void gcm(const struct gcm_way *w)
{
	static const uint8_t iv[12], aad[13];
	union gcm_key k;
	uint8_t tag[16];

	for (size_t i = 0; i < 6 * LEN(lens); i++) {
		struct gcm_text t = { aad, i % 2 * 13, text, text,
			lens[i / 6] };

		poison(key, sizeof(key));
		poison(text, sizeof(text));
		w->set(&k, key, 16 + 8 * (i % 3));
		w->run(&k, i / 3 % 2 == 0, iv, &t, tag);
		reveal(tag, sizeof(tag));
	}
	printf("gcm %s\n", w->name);
}

static void chacha(const struct chacha_way *w)
{
	for (size_t blocks = 0; blocks <= LEN_MAX / CHACHA_BLOCK; blocks++) {
		uint32_t s[16] = { 0 };

		poison(s, 12 * sizeof(*s));
		poison(text, sizeof(text));
		w->run(s, text, text, blocks);
	}
	printf("chacha %s\n", w->name);
}

static void poly(const struct poly_way *w)
{
	for (size_t blocks = 0; blocks <= LEN_MAX / POLY_BLOCK; blocks++) {
		uint32_t acc[5], r[4];

		poison(acc, sizeof(acc));
		poison(r, sizeof(r));
		poison(text, sizeof(text));
		w->run(acc, r, text, blocks, 1);
	}
	printf("poly %s\n", w->name);
}

static void ways(void)
{
	const struct gcm_way *const *g = gcm_ways;
	const struct chacha_way *c = chacha_ways;
	const struct poly_way *p = poly_ways;

	for (; (*g)->there != NULL; g++)
		if ((*g)->there())
			gcm(*g);
	for (;; c++) {
		if (c->there == NULL || c->there())
			chacha(c);
		if (c->there == NULL)
			break;
	}
	for (;; p++) {
		if (p->there == NULL || p->there())
			poly(p);
		if (p->there == NULL)
			break;
	}
}

int main(int argc, char **argv)
{
	static volatile uint8_t table[256];
	const char *what = argc == 2 ? argv[1] : "";

	if (!RUNNING_ON_VALGRIND)
		return 2;
	poison(key, sizeof(key));
	if (strcmp(what, "ways") == 0)
		ways();
	else if (strcmp(what, "address") == 0)
		table[key[0]] = 1;
	else if (strcmp(what, "branch") != 0)
		return 2;
	else if (key[0] != 0)
		table[1] = 1;
	return 0;
}
