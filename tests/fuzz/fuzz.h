/* fuzz.h - what every fuzzer has: its entry, and its input as other forms. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len);

/* What must hold; the sanitizers see to the rest. */
#define HOLDS(x) do { if (!(x)) abort(); } while (0)

/* A copy with a terminator, of just that size; fuzz_free it. An input holds no
 * NUL then: what follows one is not seen. */
static inline char *fuzz_text(const uint8_t *mem, size_t len)
{
	char *s = malloc(len + 1);

	HOLDS(s != NULL);
	if (len > 0)
		memcpy(s, mem, len);
	s[len] = '\0';
	return s;
}

/* A copy that may be written to. */
static inline uint8_t *fuzz_copy(const uint8_t *mem, size_t len)
{
	return (uint8_t *)fuzz_text(mem, len);
}

/* The first octet, and it is gone from the input; 0 of an empty one. */
static inline uint8_t fuzz_octet(const uint8_t **mem, size_t *len)
{
	if (*len == 0)
		return 0;
	--*len;
	return *(*mem)++;
}

#endif
