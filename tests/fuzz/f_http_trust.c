/* f_http_trust.c - any octets as a file of certificates: what is found in it
 * has the subject that was asked for. */
#include "src/ss/http_trust.c"

#include "port/sim/sim.h"
#include "tests/fuzz/fuzz.h"

#define PATH "/ca"

static struct {
	size_t n, len;
	uint8_t mem[HTTP_TRUST_KEPT];
} first;

static int keep(void *to, const uint8_t *der, size_t len)
{
	(void)to;
	if (first.n++ == 0) {
		HOLDS(len <= sizeof(first.mem));
		memcpy(first.mem, der, len);
		first.len = len;
	}
	return first.n == 3;
}

static int same(void *to, const uint8_t *der, size_t len)
{
	const struct der *want = to;
	struct der is;

	HOLDS(subject(&is, der, len));
	HOLDS(is.end - is.p == want->end - want->p && memcmp(is.p, want->p,
	    (size_t)(is.end - is.p)) == 0);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct der name;
	int found;

	sim_reset(1, NULL);
	sim_put(PATH, octets, len);
	memset(&first, 0, sizeof(first));
	found = each(PATH, NULL, keep, NULL);
	HOLDS(found >= 0 && (size_t)found == first.n);
	if (found == 0)
		return 0;
	HOLDS(subject(&name, first.mem, first.len));
	HOLDS(each(PATH, &name, same, &name) > 0);
	return 0;
}
